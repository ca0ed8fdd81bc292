package io.github.dbleases.spring.leader;

import static io.github.dbleases.spring.leader.Applications.application;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaderOnly;
import io.github.dbleases.LeaderOnly.OnLoss;
import io.github.dbleases.LeaderOnly.Otherwise;
import jakarta.annotation.PostConstruct;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Supplier;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/** Methods that cannot be kept to the leader stop the start, with what is wrong, where, and what to do. */
class RefusedMethodTests {

    @Test
    void aPrimitiveResultThatNoSkippedCallHas() {
        refused(ReturnsInt.class, "ReturnsInt.run() cannot be kept to: it returns int", "otherwise = THROW");
        refused(ReturnsBoolean.class, "it returns boolean", "Optional");
    }

    @Test
    void aReactiveResult() {
        refused(ReturnsPublisher.class, "it returns a java.util.concurrent.Flow$Publisher", "CompletableFuture");
        refused(
                ReturnsSubmissionPublisher.class,
                "it returns a java.util.concurrent.SubmissionPublisher",
                "returns when");
    }

    @Test
    void aSuspendingFunction() {
        refused(Suspends.class, "it is a suspending function", "CompletableFuture");
    }

    @Test
    void aFutureOfWhichThereIsNoneForASkippedCall() {
        refused(ReturnsFutureTask.class, "it returns a java.util.concurrent.FutureTask", "Return a CompletableFuture");
    }

    @Test
    void aPrivateMethod() {
        refused(Private.class, "Private.run() cannot be kept to: it is private", "instance method of a bean");
    }

    @Test
    void aStaticMethod() {
        refused(Static.class, "it is static", "instance method of a bean");
    }

    @Test
    void aFinalMethodOfAProxiedClass() {
        refused(FinalMethod.class, "it is final, and a proxy of the class of the bean", "Make the method public");
        refused(FinalOfAnnotatedClass.class, "FinalOfAnnotatedClass.run() cannot be kept to: it is final", "not final");
    }

    @Test
    void aFinalClass() {
        refused(FinalClass.class, "no proxy can be made of the bean", "Make the class neither final nor private");
    }

    @Test
    void aMethodThatNoInterfaceOfTheProxyHas() {
        refused(
                application().withPropertyValues("spring.aop.proxy-target-class=false"),
                NotOfItsInterface.class,
                "is a proxy of the interfaces [java.util.function.Supplier",
                "spring.aop.proxy-target-class=true");
    }

    @Test
    void aMethodThatMakesABean() {
        refused(MakesABean.class, "it creates a bean", "Put @LeaderOnly on the class of that bean");
    }

    @Test
    void aMethodThatTheContainerCallsWithoutItsProxy() {
        refused(Callback.class, "it is a @PostConstruct method", "LeadershipListener");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${unknown}", "two words", "", "#{null}"})
    void aNameThatIsNone(String written) {
        refused(
                application().withPropertyValues("written=" + written),
                NameOfProperty.class,
                "NameOfProperty.run() cannot be kept to: the name",
                "a default: \"${reports.leader:reports}\"");
    }

    @Test
    void aPlaceholderThatDoesNotResolve() {
        refused(Unresolvable.class, "the name '${unknown}' does not resolve", "set the property");
    }

    @Test
    void anInterruptionOfWorkThatGoesOnAfterTheCall() {
        refused(InterruptsFuture.class, "INTERRUPT cannot interrupt work", "CurrentLeadership.isTrusted()");
        refused(
                asynchronous(),
                InterruptsAsync.class,
                "it is @Async, and onLoss = INTERRUPT",
                "Leave onLoss at FINISH");
    }

    @Test
    void anAsynchronousMethodWithAFutureThatDoesNotTellOfItsEnd() {
        refused(
                asynchronous(),
                AsyncFuture.class,
                "it is @Async and returns a java.util.concurrent.Future",
                "Completable");
    }

    @Test
    void helpersOfAnAnnotatedClassThatNobodyElseCallsAreNoReason() {
        application()
                .withBean(WithHelpers.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aPrimitiveResultIsNoReasonWhereSkippedCallsThrow() {
        application().withBean(Throws.class).run(context -> assertThat(context).hasNotFailed());
    }

    private static ApplicationContextRunner asynchronous() {
        return application().withUserConfiguration(Asynchronous.class);
    }

    private static void refused(Class<?> bean, String problem, String remedy) {
        refused(application(), bean, problem, remedy);
    }

    private static void refused(ApplicationContextRunner application, Class<?> bean, String problem, String remedy) {
        application.withBean(bean).run(context -> {
            assertThat(context).hasFailed();
            assertThat(context.getStartupFailure()).rootCause().isInstanceOf(InvalidConfigurationException.class);
            InvalidConfigurationException refused =
                    (InvalidConfigurationException) context.getStartupFailure().getCause();
            assertThat(refused).hasMessageStartingWith("@LeaderOnly on ").hasMessageContaining(problem);
            assertThat(refused.remedy()).contains(remedy);
        });
    }

    @EnableAsync
    static class Asynchronous {}

    static class ReturnsInt {
        @LeaderOnly
        public int run() {
            return 1;
        }
    }

    static class ReturnsBoolean {
        @LeaderOnly
        public boolean run() {
            return true;
        }
    }

    static class Throws {
        @LeaderOnly(otherwise = Otherwise.THROW)
        public int run() {
            return 1;
        }
    }

    static class ReturnsPublisher {
        @LeaderOnly
        public Flow.Publisher<String> run() {
            throw new UnsupportedOperationException();
        }
    }

    static class ReturnsSubmissionPublisher {
        @LeaderOnly
        public SubmissionPublisher<String> run() {
            throw new UnsupportedOperationException();
        }
    }

    static class Suspends {
        @LeaderOnly
        public Object run(Continuation<String> continuation) {
            return continuation;
        }
    }

    static class ReturnsFutureTask {
        @LeaderOnly
        public FutureTask<String> run() {
            return new FutureTask<>(() -> "ran");
        }
    }

    static class Private {
        @LeaderOnly
        private void run() {}

        public void call() {
            run();
        }
    }

    static class Static {
        @LeaderOnly
        public static void run() {}
    }

    static class FinalMethod {
        @LeaderOnly
        public final void run() {}
    }

    @LeaderOnly
    static class FinalOfAnnotatedClass {
        public final void run() {}
    }

    static final class FinalClass {
        @LeaderOnly
        public void run() {}
    }

    static class NotOfItsInterface implements Supplier<String> {
        @LeaderOnly
        public void run() {}

        @Override
        public String get() {
            return "got";
        }
    }

    static class MakesABean {
        @Bean
        @LeaderOnly
        public String bean() {
            return "bean";
        }
    }

    static class Callback {
        @PostConstruct
        @LeaderOnly
        public void run() {}
    }

    static class NameOfProperty {
        @LeaderOnly("${written}")
        public void run() {}
    }

    static class Unresolvable {
        @LeaderOnly("${unknown}")
        public void run() {}
    }

    static class InterruptsFuture {
        @LeaderOnly(onLoss = OnLoss.INTERRUPT)
        public CompletableFuture<String> run() {
            return new CompletableFuture<>();
        }
    }

    static class InterruptsAsync {
        @Async
        @LeaderOnly(onLoss = OnLoss.INTERRUPT)
        public void run() {}
    }

    static class AsyncFuture {
        @Async
        @LeaderOnly
        public Future<String> run() {
            return new CompletableFuture<>();
        }
    }

    @LeaderOnly
    static class WithHelpers {
        public void run() {
            if (isDue() && isReady()) {
                finish();
            }
        }

        boolean isDue() {
            return true;
        }

        private boolean isReady() {
            return true;
        }

        protected final void finish() {}
    }
}
