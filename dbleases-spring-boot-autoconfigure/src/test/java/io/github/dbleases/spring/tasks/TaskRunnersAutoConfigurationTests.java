package io.github.dbleases.spring.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskQueue;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.TaskRunnerStatus;
import io.github.dbleases.Tasker;
import io.github.dbleases.spring.FakeLeaseClient;
import io.github.dbleases.spring.MemoryQueue;
import io.github.dbleases.spring.Probe;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import io.github.dbleases.spring.autoconfigure.LeaseStoreAutoConfiguration;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/** The wiring, with a queue in memory. */
@ExtendWith(OutputCaptureExtension.class)
class TaskRunnersAutoConfigurationTests {

    private final FakeLeaseClient client = new FakeLeaseClient();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TaskRunnersAutoConfiguration.class))
            .withBean("client", LeaseClient.class, () -> client);

    private final ApplicationContextRunner emails = application
            .withUserConfiguration(Emails.class)
            .withPropertyValues("dbleases.runners.emails.interval=10ms", "dbleases.runners.emails.retry-delay=10ms");

    @Test
    void withoutRunnersInTheConfigurationThereIsNoBean() {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context).doesNotHaveBean(TaskRunner.class);
        });
    }

    @Test
    void theOnlyTaskerAndTheOnlyQueueBelongToTheOnlyRunner() {
        emails.run(context -> {
            MemoryQueue queue = context.getBean(MemoryQueue.class);
            queue.add("a", "b");
            await().untilAsserted(() -> assertThat(queue.finished()).containsExactlyInAnyOrder("a", "b"));
            assertThat(context.getBean(TaskRunner.class).name()).isEqualTo("emails");
        });
    }

    @Test
    void aRunnerWorksEvenWhenBeansAreLazy() {
        emails.withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    MemoryQueue queue = context.getBean(MemoryQueue.class);
                    queue.add("a");
                    await().untilAsserted(() -> assertThat(queue.finished()).containsExactly("a"));
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Emails {

        @Bean
        Tasker<String> anything() {
            return tasks -> tasks;
        }

        @Bean
        MemoryQueue anyQueue() {
            return new MemoryQueue();
        }
    }

    @Test
    void severalRunnersAreFoundByQualifierAndByTheNameOfTheParameterAsAreTheirParts() {
        application
                .withUserConfiguration(Several.class)
                .withBean(Consumer.class)
                .withPropertyValues(
                        "dbleases.runners.emails.interval=10ms",
                        "dbleases.runners.order-items.interval=10ms",
                        "dbleases.runners[eu/emails].interval=10ms")
                .run(context -> {
                    Consumer consumer = context.getBean(Consumer.class);
                    assertThat(consumer.emails.name()).isEqualTo("emails");
                    assertThat(consumer.ofEurope.name()).isEqualTo("eu/emails");
                    assertThat(consumer.items.name()).isEqualTo("order-items");
                    Several parts = context.getBean(Several.class);
                    parts.emails.add("1");
                    parts.items.add("2");
                    parts.ofEurope.add("3");
                    await().untilAsserted(() ->
                            assertThat(parts.done).containsExactlyInAnyOrder("emails 1", "items 2", "europe 3"));
                });
    }

    static class Consumer {

        final TaskRunner emails;
        final TaskRunner ofEurope;
        final TaskRunner items;

        Consumer(TaskRunner emailsRunner, @Qualifier("eu/emails") TaskRunner other, TaskRunner orderItemsRunner) {
            this.emails = emailsRunner;
            this.ofEurope = other;
            this.items = orderItemsRunner;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Several {

        final List<String> done = new CopyOnWriteArrayList<>();
        final MemoryQueue emails = new MemoryQueue();
        final MemoryQueue items = new MemoryQueue();
        final MemoryQueue ofEurope = new MemoryQueue();

        private Tasker<String> noting(String who) {
            return tasks -> {
                tasks.forEach(task -> done.add(who + " " + task));
                return tasks;
            };
        }

        @Bean
        Tasker<String> emailsTasker() {
            return noting("emails");
        }

        @Bean
        @Lazy
        @Qualifier("order-items")
        Tasker<String> ofItems() {
            return noting("items");
        }

        @Bean
        @Qualifier("eu/emails")
        Tasker<String> ofEurope() {
            return noting("europe");
        }

        @Bean
        @Qualifier("emails")
        TaskQueue<String> one() {
            return emails;
        }

        @Bean
        TaskQueue<String> orderItemsTaskQueue() {
            return items;
        }

        @Bean
        @Qualifier("eu/emails")
        TaskQueue<String> third() {
            return ofEurope;
        }
    }

    @Test
    void aTaskerMayHaveItsOwnRunner() {
        application
                .withBean(SelfWaking.class)
                .withBean(MemoryQueue.class)
                .withPropertyValues("dbleases.runners.emails.interval=1h")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    MemoryQueue queue = context.getBean(MemoryQueue.class);
                    queue.add("a");
                    context.getBean(SelfWaking.class).runner.wake();
                    await().untilAsserted(() -> assertThat(queue.finished()).containsExactly("a"));
                });
    }

    static class SelfWaking implements Tasker<String> {

        final TaskRunner runner;

        SelfWaking(TaskRunner emailsRunner) {
            this.runner = emailsRunner;
        }

        @Override
        public List<String> perform(List<String> tasks) {
            return tasks;
        }
    }

    @Test
    void aTaskerOfTheParentContextIsFoundBehindItsProxy() {
        new ApplicationContextRunner()
                .withBean(
                        "emails",
                        Tasker.class,
                        () -> (Tasker<?>) ProxyFactory.getProxy(Tasker.class, (MethodInterceptor)
                                call -> call.getMethod().getName().equals("perform") ? call.getArguments()[0] : false))
                .withBean(MemoryQueue.class)
                .run(parent -> application
                        .withParent(parent)
                        .withPropertyValues("dbleases.runners.emails.interval=10ms")
                        .run(context -> {
                            MemoryQueue queue = context.getBean(MemoryQueue.class);
                            queue.add("a");
                            await().untilAsserted(
                                            () -> assertThat(queue.finished()).containsExactly("a"));
                        }));
    }

    @Test
    void aRunnerOfTheApplicationReplacesTheConfiguredOne() {
        TaskRunner own = mock();
        when(own.name()).thenReturn("emails");

        application
                .withBean("emailsRunner", TaskRunner.class, () -> own)
                .withPropertyValues("dbleases.runners.emails.interval=10ms")
                .run(context -> assertThat(context).getBean(TaskRunner.class).isSameAs(own));
    }

    @Test
    void listenersOfTheApplicationAndTheObservationAreToldAndDoNotDisturbEachOther() {
        TestObservationRegistry registry = TestObservationRegistry.create();
        AtomicInteger batches = new AtomicInteger();
        emails.withBean(ObservationRegistry.class, () -> registry)
                .withBean("failing", TaskRunnerListener.class, () -> new TaskRunnerListener() {
                    @Override
                    public Activity onBatch(TaskRunner runner, long session, List<?> tasks) {
                        throw new IllegalStateException("of no interest");
                    }
                })
                .withBean("counting", TaskRunnerListener.class, () -> new TaskRunnerListener() {
                    @Override
                    public Activity onBatch(TaskRunner runner, long session, List<?> tasks) {
                        batches.incrementAndGet();
                        return Activity.NONE;
                    }
                })
                .run(context -> {
                    assertThat(context).hasSingleBean(ObservedTasks.class);
                    MemoryQueue queue = context.getBean(MemoryQueue.class);
                    queue.add("a");
                    await().untilAsserted(() -> assertThat(queue.finished()).containsExactly("a"));
                    await().untilAsserted(() -> assertThat(batches).hasValue(1));
                });
        TestObservationRegistryAssert.assertThat(registry)
                .hasObservationWithNameEqualTo("dbleases.tasks.batch")
                .that()
                .hasLowCardinalityKeyValue("runner", "emails")
                .hasLowCardinalityKeyValue("outcome", "accomplished");
    }

    @Test
    void switchedOffRunnersAreThereAndNothingIsTouched() {
        application
                .withPropertyValues("dbleases.enabled=false", "dbleases.runners.emails.table=outbox")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    TaskRunner runner = context.getBean(TaskRunner.class);
                    assertThat(runner.isRunning()).isFalse();
                    runner.start();
                    runner.wake();
                    assertThat(runner.isRunning()).isFalse();
                    assertThat(runner.status()).isEqualTo(TaskRunnerStatus.IDLE);
                    assertThat(runner.oldestPending()).isEmpty();
                });
    }

    @Test
    void aTaskerWithoutARunnerIsToldOf(CapturedOutput output) {
        emails.withBean("letters", Tasker.class, () -> (Tasker<String>) tasks -> tasks)
                .withBean("emails", Tasker.class, () -> (Tasker<String>) tasks -> tasks)
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output).contains("belong to no runner").contains("'anything', 'letters'");
    }

    @Test
    void aTaskerThatIsUsedIsNotToldOf(CapturedOutput output) {
        emails.run(context -> assertThat(context).hasNotFailed());

        assertThat(output).doesNotContain("belong to no runner");
    }

    @Test
    void aRunnerStartsAfterTheWebServerAndIsDrainedBesideItsRequests() {
        assertThat(ManagedTaskRunner.PHASE)
                .isEqualTo(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)
                .isGreaterThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
    }

    @Test
    void anApplicationThatEndsWaitsForItsBatchAndClaimsNoMore() {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        MemoryQueue queue = new MemoryQueue();
        application
                .withBean("queue", MemoryQueue.class, () -> queue)
                .withBean("tasker", Tasker.class, () -> (Tasker<String>) tasks -> {
                    working.countDown();
                    end.await();
                    return tasks;
                })
                .withPropertyValues(
                        "dbleases.runners.emails.interval=10ms", "dbleases.runners.emails.tasks-per-session=1")
                .run(context -> {
                    queue.add("a", "b");
                    working.await();
                    Thread closing = new Thread(context::close);
                    closing.start();
                    TaskRunner runner = context.getBean(TaskRunner.class);
                    await().until(() -> runner.status().sessions() == 0);
                    assertThat(runner.isRunning()).isTrue();
                    end.countDown();
                    closing.join();
                    assertThat(runner.isRunning()).isFalse();
                });
        assertThat(queue.finished()).containsExactly("a");
        assertThat(queue.waiting()).containsExactly("b");
    }

    /** The client retires at the same time, which ends the runner as well. */
    @Test
    void whatABatchMayUseStopsAfterIt() {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        CountDownLatch executorsStop = new CountDownLatch(1);
        AtomicReference<Boolean> stoppedBefore = new AtomicReference<>();
        MemoryQueue queue = new MemoryQueue();
        queue.add("a");
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LeaseStoreAutoConfiguration.class,
                        DbLeasesAutoConfiguration.class,
                        TaskRunnersAutoConfiguration.class))
                .withPropertyValues("dbleases.store.type=memory", "dbleases.runners.emails.interval=10ms")
                .withBean("queue", MemoryQueue.class, () -> queue)
                .withBean("first", Probe.class, () -> new Probe(Integer.MAX_VALUE, closing::countDown))
                .withBean(
                        "executors",
                        Probe.class,
                        () -> new Probe(ExecutorConfigurationSupport.DEFAULT_PHASE, executorsStop::countDown))
                .withBean("tasker", Tasker.class, () -> (Tasker<String>) tasks -> {
                    working.countDown();
                    closing.await();
                    stoppedBefore.set(executorsStop.await(300, TimeUnit.MILLISECONDS));
                    return tasks;
                })
                .run(context -> working.await());

        assertThat(stoppedBefore).hasValue(false);
        assertThat(queue.finished()).containsExactly("a");
    }

    @Test
    void aContextThatIsStoppedAndStartedWorksAgain() {
        emails.run(context -> {
            MemoryQueue queue = context.getBean(MemoryQueue.class);
            TaskRunner runner = context.getBean(TaskRunner.class);
            context.stop();
            assertThat(runner.isRunning()).isFalse();
            queue.add("a");

            context.start();

            assertThat(runner.isRunning()).isTrue();
            await().untilAsserted(() -> assertThat(queue.finished()).containsExactly("a"));
        });
    }

    @Test
    void settingsOutsideTheirLimitsStopTheStart() {
        emails.withPropertyValues("dbleases.runners.emails.threads=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidConfigurationException.class)
                        .hasMessageContaining("Of dbleases.runners.emails: threads is 0"));
        emails.withPropertyValues("dbleases.runners.emails.channel=" + "c".repeat(64))
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidConfigurationException.class)
                        .hasMessageContaining("63 bytes"));
        emails.withPropertyValues("dbleases.runners.emails.tabel=outbox")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidConfigurationException.class)
                        .hasMessageContaining("Did you mean dbleases.runners.emails.table?"));
    }
}
