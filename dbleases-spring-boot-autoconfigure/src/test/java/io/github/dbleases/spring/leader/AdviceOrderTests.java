package io.github.dbleases.spring.leader;

import static io.github.dbleases.spring.leader.Applications.application;
import static io.github.dbleases.spring.leader.Applications.leadership;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.LeaderOnly.Otherwise;
import io.github.dbleases.NotLeaderException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.aopalliance.aop.Advice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** Who leads is checked before any other advice of a method does anything. */
class AdviceOrderTests {

    @ParameterizedTest
    @ValueSource(classes = {Transactions.class, TransactionsFirst.class})
    void beforeATransactionIsBegunAndHeldUntilItIsCommitted(Class<?> configuration) {
        application()
                .withUserConfiguration(configuration)
                .withBean(InTransaction.class)
                .run(context -> {
                    Manager manager = context.getBean(Manager.class);
                    InTransaction bean = context.getBean(InTransaction.class);
                    assertFirst(bean);

                    bean.run();
                    assertThat(manager.begun).hasValue(0);

                    leadership(context, "default").elect(1);
                    manager.holdsAtCommit = () -> leadership(context, "default").holds();
                    bean.run();
                    assertThat(manager.begun).hasValue(1);
                    assertThat(manager.heldAtCommit).hasValue(1);
                });
    }

    @ParameterizedTest
    @ValueSource(classes = {Asynchronous.class, AsynchronousFirst.class, AsynchronousLast.class})
    void beforeACallIsHandedToAnotherThread(Class<?> configuration) {
        application()
                .withUserConfiguration(configuration)
                .withBean(Elsewhere.class)
                .run(context -> {
                    Elsewhere bean = context.getBean(Elsewhere.class);
                    assertFirst(bean);

                    assertThatThrownBy(bean::run).isInstanceOf(NotLeaderException.class);
                    assertThat(context.getBean(Submitted.class).tasks).hasValue(0);

                    leadership(context, "default").elect(1);
                    assertThat(bean.run()).isCompletedWithValue("ran");
                    assertThat(context.getBean(Submitted.class).tasks).hasValue(1);
                });
    }

    @ParameterizedTest
    @ValueSource(classes = {Resilient.class, ResilientFirst.class, ResilientLast.class})
    void beforeACallIsRetriedOrLimited(Class<?> configuration) {
        application().withUserConfiguration(configuration).withBean(Flaky.class).run(context -> {
            Flaky bean = context.getBean(Flaky.class);
            assertFirst(bean);

            assertThatThrownBy(bean::run).isInstanceOf(NotLeaderException.class);
            assertThat(bean.attempts()).hasValue(0);

            leadership(context, "default").elect(1);
            assertThat(bean.run()).isEqualTo("ran");
            assertThat(bean.attempts()).hasValue(3);
            assertThat(leadership(context, "default").holds()).isZero();
        });
    }

    @Test
    void beforeAllOfThemTogether() {
        application()
                .withUserConfiguration(Asynchronous.class, Resilient.class, Transactions.class)
                .withBean(All.class)
                .run(context -> {
                    All bean = context.getBean(All.class);
                    assertFirst(bean);

                    assertThat(bean.run()).isCompletedWithValue(null);
                    assertThat(context.getBean(Submitted.class).tasks).hasValue(0);

                    leadership(context, "default").elect(1);
                    assertThat(bean.run()).isCompletedWithValue("ran");
                    assertThat(bean.attempts()).hasValue(3);
                    assertThat(context.getBean(Manager.class).begun).hasPositiveValue();
                    assertThat(leadership(context, "default").holds()).isZero();
                });
    }

    private static void assertFirst(Object bean) {
        Advice first = Arrays.stream(((Advised) bean).getAdvisors())
                .map(Advisor::getAdvice)
                .findFirst()
                .orElseThrow();
        assertThat(first).isInstanceOfAny(LeaderOnlyInterceptor.class, OngoingLeaderOnlyInterceptor.class);
    }

    static class InTransaction {
        @Transactional
        @LeaderOnly
        public void run() {}
    }

    static class Elsewhere {
        @Async
        @LeaderOnly(otherwise = Otherwise.THROW)
        public CompletableFuture<String> run() {
            return CompletableFuture.completedFuture("ran");
        }
    }

    static class Flaky {

        private final AtomicInteger attempts = new AtomicInteger();

        public AtomicInteger attempts() {
            return attempts;
        }

        @Retryable(maxRetries = 3, delay = 0)
        @ConcurrencyLimit(1)
        @LeaderOnly(otherwise = Otherwise.THROW)
        public String run() {
            if (attempts.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            return "ran";
        }
    }

    static class All {

        private final AtomicInteger attempts = new AtomicInteger();

        public AtomicInteger attempts() {
            return attempts;
        }

        @Async
        @Retryable(maxRetries = 3, delay = 0)
        @ConcurrencyLimit(1)
        @Transactional
        @LeaderOnly
        public CompletableFuture<String> run() {
            if (attempts.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            return CompletableFuture.completedFuture("ran");
        }
    }

    static class ManagerConfiguration {
        @Bean
        Manager manager() {
            return new Manager();
        }
    }

    @EnableTransactionManagement(proxyTargetClass = true)
    static class Transactions extends ManagerConfiguration {}

    @EnableTransactionManagement(proxyTargetClass = true, order = Ordered.HIGHEST_PRECEDENCE)
    static class TransactionsFirst extends ManagerConfiguration {}

    /** Runs in the calling thread, and counts. */
    static class Submitted implements Executor {

        final AtomicInteger tasks = new AtomicInteger();

        @Override
        public void execute(Runnable task) {
            tasks.incrementAndGet();
            task.run();
        }
    }

    static class ExecutorConfiguration {
        @Bean
        Submitted taskExecutor() {
            return new Submitted();
        }
    }

    @EnableAsync
    static class Asynchronous extends ExecutorConfiguration {}

    @EnableAsync(order = Ordered.HIGHEST_PRECEDENCE)
    static class AsynchronousFirst extends ExecutorConfiguration {}

    @EnableAsync(order = Ordered.LOWEST_PRECEDENCE)
    static class AsynchronousLast extends ExecutorConfiguration {}

    @EnableResilientMethods
    static class Resilient {}

    @EnableResilientMethods(order = Ordered.HIGHEST_PRECEDENCE)
    static class ResilientFirst {}

    @EnableResilientMethods(order = Ordered.LOWEST_PRECEDENCE)
    static class ResilientLast {}

    /** Counts transactions. */
    static class Manager extends AbstractPlatformTransactionManager {

        private static final long serialVersionUID = 1L;

        final transient AtomicInteger begun = new AtomicInteger();
        final transient AtomicInteger heldAtCommit = new AtomicInteger();
        transient IntSupplier holdsAtCommit = () -> 0;

        @Override
        protected Object doGetTransaction() {
            return new Object();
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            begun.incrementAndGet();
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            heldAtCommit.set(holdsAtCommit.getAsInt());
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {}
    }
}
