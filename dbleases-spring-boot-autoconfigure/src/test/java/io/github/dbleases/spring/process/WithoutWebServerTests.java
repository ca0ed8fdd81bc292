package io.github.dbleases.spring.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.Lease;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;

/** How long an application without a web server lives, of which no thread keeps the JVM alive. */
@Execution(ExecutionMode.CONCURRENT)
class WithoutWebServerTests {

    private static final String LEASE = "--dbleases.leases.orders.partitions=8";

    @Test
    void anApplicationWithALeaseLivesUntilItIsTerminated() throws InterruptedException {
        livesUntilItIsTerminated(LEASE);
    }

    @Test
    void anApplicationWithAnElectionLivesUntilItIsTerminated() throws InterruptedException {
        livesUntilItIsTerminated("--job");
    }

    private static void livesUntilItIsTerminated(String argument) throws InterruptedException {
        try (ApplicationProcess application = ApplicationProcess.of(Application.class, argument)) {
            application.awaitLine("main has ended; alive by [dbleases-keep-alive]");

            int exitCode = application.terminate().awaitEnd();

            assertThat(exitCode).isEqualTo(143);
            assertThat(application.lines()).contains("closed");
        }
    }

    @Test
    void anApplicationThatIsExitedEnds() throws InterruptedException {
        assertThat(ended(LEASE, "--exit")).contains("closed");
    }

    @Test
    void anApplicationThatTakesPartInNothingEnds() throws InterruptedException {
        assertThat(ended()).contains("closed");
    }

    @Test
    void anApplicationThatIsSwitchedOffEnds() throws InterruptedException {
        assertThat(ended(LEASE, "--dbleases.enabled=false")).contains("closed");
    }

    @Test
    void anApplicationThatDoesNotWantToBeKeptAliveEnds() throws InterruptedException {
        assertThat(ended(LEASE, "--dbleases.keep-alive=false")).contains("closed");
    }

    @Test
    void anApplicationThatLeavesItsOnlyLeaseEnds() throws InterruptedException {
        assertThat(ended(LEASE, "--leave")).contains("closed");
    }

    @Test
    void aStartThatFailsAfterTheClientWasStartedEnds() throws InterruptedException {
        assertThat(ended(LEASE, "--fail")).anyMatch(line -> line.contains("planted"));
    }

    @Test
    void aRunnerThatFailsEnds() throws InterruptedException {
        assertThat(ended(LEASE, "--fail-late")).anyMatch(line -> line.contains("planted"));
    }

    @Test
    void aTestContextThatIsCachedDoesNotKeepTheJvmAlive() throws InterruptedException {
        try (ApplicationProcess tests = ApplicationProcess.of(CachedContext.class)) {
            tests.awaitEnd();

            assertThat(tests.lines()).contains("loaded");
        }
    }

    private static List<String> ended(String... arguments) throws InterruptedException {
        try (ApplicationProcess application = ApplicationProcess.of(Application.class, arguments)) {
            application.awaitEnd();
            return application.lines();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(excludeName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
    static class Application {

        public static void main(String[] arguments) {
            SpringApplication application = new SpringApplication(Application.class);
            application.setWebApplicationType(WebApplicationType.NONE);
            application.setDefaultProperties(Map.of("dbleases.store.type", "memory"));
            Thread main = Thread.currentThread();
            Thread observer = new Thread(() -> observe(main));
            observer.setDaemon(true);
            observer.start();
            ConfigurableApplicationContext context = application.run(arguments);
            context.addApplicationListener(event -> {
                if (event instanceof ContextClosedEvent) {
                    System.out.println("closed");
                }
            });
            if (Arrays.asList(arguments).contains("--leave")) {
                context.getBean(Lease.class).leave();
            }
            if (Arrays.asList(arguments).contains("--exit")) {
                SpringApplication.exit(context);
            }
        }

        private static void observe(Thread main) {
            try {
                main.join();
            } catch (InterruptedException ended) {
                return;
            }
            List<String> alive = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> !thread.isDaemon())
                    .map(Thread::getName)
                    .filter(name -> !name.equals("DestroyJavaVM"))
                    .sorted()
                    .toList();
            System.out.println("main has ended; alive by " + alive);
        }

        @Bean
        @ConditionalOnProperty("job")
        Job job() {
            return new Job();
        }

        @Bean
        @ConditionalOnProperty("fail")
        SmartLifecycle failing() {
            return new FailingLifecycle();
        }

        @Bean
        @ConditionalOnProperty("fail-late")
        ApplicationRunner failingRunner() {
            return arguments -> {
                throw new IllegalStateException("planted");
            };
        }
    }

    static class Job {

        @LeaderOnly("reports")
        void run() {}
    }

    static final class FailingLifecycle implements SmartLifecycle {

        @Override
        public void start() {
            throw new IllegalStateException("planted");
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }
    }

    /** Loads a context as a test does, and leaves it in the cache. */
    static final class CachedContext {

        public static void main(String[] arguments) throws Exception {
            new TestContextManager(OfTest.class).prepareTestInstance(new OfTest());
            System.out.println("loaded");
        }
    }

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TestPropertySource(properties = {"dbleases.store.type=memory", "dbleases.leases.orders.partitions=8"})
    static class OfTest {

        @Autowired
        Lease lease;
    }
}
