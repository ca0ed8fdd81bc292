package io.github.dbleases.spring.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.Timing;
import io.github.dbleases.WorkDeadline;
import io.github.dbleases.memory.InMemoryLeaseStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/** Calls of {@code @LeaderOnly} methods that hold the leadership for longer than its work deadline. */
class LeaderWorkDeadlineTests {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    PropertyPlaceholderAutoConfiguration.class,
                    LeaderOnlyAutoConfiguration.class))
            .withUserConfiguration(Shop.class);

    @Test
    void theThreadOfACallIsInterrupted() {
        application.run(context -> {
            LeaseClient client = context.getBean(LeaseClient.class);
            await().until(() -> client.leadership("jobs").isLeader());

            assertThat(context.getBean(Jobs.class).hang()).isEqualTo("interrupted");

            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
    }

    @Test
    void theThreadThatDoesTheWorkOfAnAsynchronousCallIsInterruptedAndNotItsCaller() {
        application.run(context -> {
            LeaseClient client = context.getBean(LeaseClient.class);
            await().until(() -> client.leadership("jobs").isLeader());

            CompletableFuture<String> result = context.getBean(Jobs.class).hangElsewhere();

            await().until(result::isDone);
            assertThat(result).isCompletedWithValue("interrupted");
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
    }

    @Test
    void noThreadIsInterruptedWhileAFutureHoldsTheLeadership() {
        application.run(context -> {
            LeaseClient client = context.getBean(LeaseClient.class);
            await().until(() -> client.leadership("jobs").isLeader());

            CompletableFuture<String> pending = context.getBean(Jobs.class).pending();

            await().until(() -> !client.status().overdueWork().isEmpty());
            assertThat(client.status().overdueWork().get(0).thread()).isEqualTo("(none)");
            pending.complete("done");
            await().until(() -> client.status().overdueWork().isEmpty());
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Shop {

        @Bean
        LeaseClient client() {
            return LeaseClient.builder(new InMemoryLeaseStore())
                    .timing(Timing.builder(Duration.ofSeconds(20))
                            .heartbeat(Duration.ofMillis(100))
                            .build())
                    .workDeadline("jobs", WorkDeadline.giveUp(Duration.ofSeconds(1)))
                    .start();
        }

        @Bean
        TaskExecutor taskExecutor() {
            return new SimpleAsyncTaskExecutor("elsewhere-");
        }

        @Bean
        Jobs jobs() {
            return new Jobs();
        }
    }

    static class Jobs {

        @LeaderOnly("jobs")
        public String hang() {
            return untilInterrupted();
        }

        @Async
        @LeaderOnly("jobs")
        public CompletableFuture<String> hangElsewhere() {
            return CompletableFuture.completedFuture(untilInterrupted());
        }

        @LeaderOnly("jobs")
        public CompletableFuture<String> pending() {
            return new CompletableFuture<>();
        }

        private static String untilInterrupted() {
            try {
                new CountDownLatch(1).await();
                return "not reachable";
            } catch (InterruptedException interrupted) {
                return "interrupted";
            }
        }
    }
}
