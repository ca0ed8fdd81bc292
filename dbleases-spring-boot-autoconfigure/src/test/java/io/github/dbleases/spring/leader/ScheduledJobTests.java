package io.github.dbleases.spring.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaderOnly;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.FakeLeaseClient;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import io.github.dbleases.testing.log.LogCapture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Scheduled methods of applications that elect their leader on a store in memory. */
@ExtendWith(OutputCaptureExtension.class)
class ScheduledJobTests {

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    LifecycleAutoConfiguration.class,
                    TaskSchedulingAutoConfiguration.class,
                    DbLeasesAutoConfiguration.class,
                    LeaderOnlyAutoConfiguration.class))
            .withUserConfiguration(Scheduling.class)
            .withBean("store", LeaseStore.class, () -> store)
            .withPropertyValues("dbleases.debounce=0");

    @Test
    void amongThreeInstancesTheFirstRunOfAnHourlyJobHappensOnce() {
        ApplicationContextRunner hourly = application.withBean(Hourly.class);
        hourly.run(one -> hourly.run(two -> hourly.run(three -> {
            await().until(() -> one.getBean(Hourly.class).runs().get() == 1);
            awaitAllCallsOf(two, three);

            assertThat(List.of(one, two, three))
                    .extracting(context -> context.getBean(Hourly.class).runs().get())
                    .containsExactly(1, 0, 0);
        })));
    }

    @Test
    void nothingIsScheduledBeforeItIsKnownWhoLeads() {
        FakeLeaseClient client = new FakeLeaseClient();
        client.leadership("hourly").whenAwaited(atMost -> {
            client.leadership("hourly").elect(1);
            return true;
        });
        application
                .withBean(FakeLeaseClient.class, () -> client)
                .withBean(Hourly.class)
                .run(context -> {
                    awaitAllCallsOf(context);
                    assertThat(context.getBean(Hourly.class).runs()).hasValue(1);
                });
    }

    @Test
    void theStartDoesNotWaitLongerThanItShall(CapturedOutput output) {
        FakeLeaseClient client = new FakeLeaseClient();
        List<Duration> waits = new CopyOnWriteArrayList<>();
        client.leadership("hourly").whenAwaited(atMost -> !waits.add(atMost));
        application
                .withPropertyValues("dbleases.leaders.start-wait=123ms")
                .withBean(FakeLeaseClient.class, () -> client)
                .withBean(Hourly.class)
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(waits)
                .singleElement()
                .satisfies(wait -> assertThat(wait).isPositive().isLessThanOrEqualTo(Duration.ofMillis(123)));
        assertThat(output).contains("After 123 ms it is not known whether this instance leads 'hourly'");
    }

    @Test
    void aSkippedCallIsToldOnceForEachJob() {
        try (LogCapture log = LogCapture.of(Candidacy.class)) {
            application
                    .withBean(FakeLeaseClient.class, FakeLeaseClient::new)
                    .withBean(Kinds.class)
                    .run(context -> {
                        await().until(() ->
                                context.getBean(Kinds.class).everywhere().get() > 4);

                        assertThat(log.lines())
                                .filteredOn(line -> line.contains("fixedRate()"))
                                .singleElement()
                                .satisfies(line -> assertThat(line)
                                        .startsWith("INFO A call of " + Kinds.class.getName()
                                                + ".fixedRate() was skipped, because this instance does not lead"));
                    });
        }
    }

    /** The other job runs after the one before it in the same thread. */
    private static void awaitAllCallsOf(ConfigurableApplicationContext... contexts) {
        for (ConfigurableApplicationContext context : contexts) {
            await().until(() -> context.getBean(Hourly.class).everywhere().get() == 1);
        }
    }

    @Test
    void eachKindOfScheduleIsKeptToTheLeader() {
        eachKindIsKeptToTheLeader(application);
    }

    @Test
    void eachKindOfScheduleIsKeptToTheLeaderOnVirtualThreadsWhereThereAreSome() {
        eachKindIsKeptToTheLeader(application.withPropertyValues("spring.threads.virtual.enabled=true"));
    }

    private static void eachKindIsKeptToTheLeader(ApplicationContextRunner runner) {
        ApplicationContextRunner kinds = runner.withBean(Kinds.class);
        kinds.run(leading -> kinds.run(standby -> {
            Map<String, AtomicInteger> ran = leading.getBean(Kinds.class).ran();
            await().untilAsserted(() -> assertThat(ran).containsOnlyKeys("fixedRate", "fixedDelay", "cron"));
            await().until(() -> standby.getBean(Kinds.class).everywhere().get() > 2);
            assertThat(standby.getBean(Kinds.class).ran()).isEmpty();
        }));
    }

    @Test
    void withTwoSchedulersTheJobsOfBothAreKeptToTheLeader() {
        ApplicationContextRunner two =
                application.withUserConfiguration(TwoSchedulers.class).withBean(OnTwo.class);
        two.run(leading -> two.run(standby -> {
            Map<String, String> threads = leading.getBean(OnTwo.class).threads();
            await().untilAsserted(() -> assertThat(threads).containsOnlyKeys("one", "two"));
            assertThat(threads.get("one")).startsWith("one-");
            assertThat(threads.get("two")).startsWith("two-");
            assertThat(standby.getBean(OnTwo.class).threads()).isEmpty();
        }));
    }

    @Test
    void aJobThatRunsWhileItsApplicationEndsKeepsTheNextLeaderWaiting() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        try (LeaseClient other = LeaseClients.start(LeaseClientConfig.defaults(), store)) {
            application.withBean(Inner.class).withBean(Slow.class, order).run(context -> {
                context.getBean(Slow.class).running().await();
                Leadership next = other.leadership("slow");
                next.addListener(new LeadershipListener() {
                    @Override
                    public void onElected(long token) {
                        order.add("next leader");
                    }
                });
            });
            await().until(() -> order.contains("next leader"));
        }

        assertThat(order)
                .containsExactly("application ends", "inner call ran", "job ends, trusted: true", "next leader");
    }

    @Test
    void onceAnApplicationEndsNoCallBegins() {
        AtomicBoolean ledAtTheEnd = new AtomicBoolean();
        AtomicBoolean ranAtTheEnd = new AtomicBoolean();
        application
                .withBean(AtTheEnd.class, () -> new AtTheEnd(ledAtTheEnd, ranAtTheEnd))
                .withBean(Plain.class)
                .run(context -> assertThat(context.getBean(Plain.class).run()).isEqualTo("ran"));

        assertThat(ledAtTheEnd).isTrue();
        assertThat(ranAtTheEnd).isFalse();
    }

    @Test
    void anApplicationWithoutSuchMethodsTakesPartInNoElection() {
        application.run(context -> {
            assertThat(context.getBean(LeaseClient.class).leaderships()).isEmpty();
            assertThat(context.getBean(LeaseClient.class).cluster().leases()).isEmpty();
        });
    }

    @Test
    void switchedOffNoInstanceRunsTheJob() {
        application
                .withPropertyValues("dbleases.enabled=false")
                .withBean(Hourly.class)
                .run(context -> {
                    awaitAllCallsOf(context);
                    assertThat(context.getBean(Hourly.class).runs()).hasValue(0);
                });
    }

    @Test
    void withoutAPlaceToKeepLeasesTheApplicationDoesNotStart() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class, DbLeasesAutoConfiguration.class, LeaderOnlyAutoConfiguration.class))
                .withBean(Plain.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidConfigurationException.class)
                        .hasMessageContaining("leader of 'plain'")
                        .hasMessageContaining("there is no LeaseClient"));
    }

    @Test
    void aContextThatIsStoppedAndStartedRunsItsJobsAgain() {
        application.withBean(Plain.class).run(context -> {
            Plain plain = context.getBean(Plain.class);
            context.stop();
            assertThat(plain.run()).isNull();

            context.start();
            assertThat(plain.run()).isEqualTo("ran");
        });
    }

    @EnableScheduling
    static class Scheduling {}

    static class Hourly {

        private final AtomicInteger runs = new AtomicInteger();
        private final AtomicInteger everywhere = new AtomicInteger();

        @LeaderOnly("hourly")
        @Scheduled(fixedRateString = "1h")
        void run() {
            runs.incrementAndGet();
        }

        @Scheduled(fixedRateString = "1h", initialDelay = 50)
        void runEverywhere() {
            everywhere.incrementAndGet();
        }

        AtomicInteger runs() {
            return runs;
        }

        AtomicInteger everywhere() {
            return everywhere;
        }
    }

    static class Kinds {

        private final Map<String, AtomicInteger> ran = new ConcurrentHashMap<>();
        private final AtomicInteger everywhere = new AtomicInteger();

        @LeaderOnly("kinds")
        @Scheduled(fixedRate = 20)
        public void fixedRate() {
            count("fixedRate");
        }

        @LeaderOnly("kinds")
        @Scheduled(fixedDelay = 20)
        public void fixedDelay() {
            count("fixedDelay");
        }

        @LeaderOnly("kinds")
        @Scheduled(cron = "* * * * * *")
        public void cron() {
            count("cron");
        }

        @Scheduled(fixedRate = 300)
        public void runEverywhere() {
            everywhere.incrementAndGet();
        }

        private void count(String kind) {
            assertThat(CurrentLeadership.get()).isPresent();
            ran.computeIfAbsent(kind, absent -> new AtomicInteger()).incrementAndGet();
        }

        Map<String, AtomicInteger> ran() {
            return ran;
        }

        AtomicInteger everywhere() {
            return everywhere;
        }
    }

    static class TwoSchedulers {

        @Bean
        ThreadPoolTaskScheduler one() {
            return scheduler("one-");
        }

        @Bean
        ThreadPoolTaskScheduler two() {
            return scheduler("two-");
        }

        private static ThreadPoolTaskScheduler scheduler(String prefix) {
            ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
            scheduler.setThreadNamePrefix(prefix);
            return scheduler;
        }
    }

    static class OnTwo {

        private final Map<String, String> threads = new ConcurrentHashMap<>();

        @LeaderOnly("two")
        @Scheduled(fixedRate = 20, scheduler = "one")
        public void one() {
            threads.put("one", Thread.currentThread().getName());
        }

        @LeaderOnly("two")
        @Scheduled(fixedRate = 20, scheduler = "two")
        public void two() {
            threads.put("two", Thread.currentThread().getName());
        }

        Map<String, String> threads() {
            return threads;
        }
    }

    /** Begins before the application ends, and returns after that. */
    static class Slow {

        private final List<String> order;
        private final CountDownLatch running = new CountDownLatch(1);
        private final CountDownLatch ending = new CountDownLatch(1);
        private final Inner inner;

        Slow(List<String> order, Inner inner) {
            this.order = order;
            this.inner = inner;
        }

        CountDownLatch running() {
            return running;
        }

        @EventListener(ContextClosedEvent.class)
        public void end() {
            order.add("application ends");
            ending.countDown();
        }

        @LeaderOnly("slow")
        @Scheduled(fixedRateString = "1h")
        public void run() throws InterruptedException {
            running.countDown();
            ending.await();
            CurrentLeadership leading = CurrentLeadership.get().orElseThrow();
            order.add("inner call " + inner.run());
            order.add("job ends, trusted: " + leading.isTrusted());
        }
    }

    /** Is called by a call of the same election. */
    static class Inner {

        @LeaderOnly("slow")
        public String run() {
            return "ran";
        }
    }

    static class Plain {

        @LeaderOnly("plain")
        public String run() {
            return "ran";
        }
    }

    /** Calls when the application ends, while it still leads. */
    static class AtTheEnd {

        private final AtomicBoolean led;
        private final AtomicBoolean ran;

        AtTheEnd(AtomicBoolean led, AtomicBoolean ran) {
            this.led = led;
            this.ran = ran;
        }

        @EventListener
        public void end(ContextClosedEvent event) {
            led.set(event.getApplicationContext()
                    .getBean(LeaseClient.class)
                    .leadership("plain")
                    .isLeader());
            ran.set(event.getApplicationContext().getBean(Plain.class).run() != null);
        }
    }
}
