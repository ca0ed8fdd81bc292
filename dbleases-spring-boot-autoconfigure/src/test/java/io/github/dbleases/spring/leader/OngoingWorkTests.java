package io.github.dbleases.spring.leader;

import static io.github.dbleases.spring.leader.Applications.application;
import static io.github.dbleases.spring.leader.Applications.leadership;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.LeaderOnly;
import io.github.dbleases.LeaderOnly.Otherwise;
import io.github.dbleases.NotLeaderException;
import io.github.dbleases.spring.FakeLeadership;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/** Work that goes on after its call has returned holds the leadership until it has ended. */
class OngoingWorkTests {

    private final ApplicationContextRunner application =
            application().withUserConfiguration(Asynchronous.class).withBean(Jobs.class);

    @Test
    void aFutureHoldsTheLeadershipUntilItIsComplete() {
        application.run(context -> {
            FakeLeadership leadership = elected(leadership(context, "jobs"));
            CompletableFuture<String> report = context.getBean(Jobs.class).report();

            assertThat(leadership.holds()).isEqualTo(1);
            report.complete("written");
            assertThat(leadership.holds()).isZero();
        });
    }

    @Test
    void aFutureThatFailsOrIsCancelledHoldsNothing() {
        application.run(context -> {
            FakeLeadership leadership = elected(leadership(context, "jobs"));
            Jobs jobs = context.getBean(Jobs.class);
            CompletableFuture<String> failed = jobs.report();
            CompletableFuture<String> cancelled = jobs.report();
            assertThat(leadership.holds()).isEqualTo(2);

            failed.completeExceptionally(new IllegalStateException("no paper"));
            cancelled.cancel(true);
            assertThat(leadership.holds()).isZero();
        });
    }

    @Test
    void aCallWithoutAFutureToHoldHoldsNothing() {
        application.run(context -> {
            FakeLeadership leadership = elected(leadership(context, "jobs"));
            Jobs jobs = context.getBean(Jobs.class);

            assertThat(jobs.nothing()).isNull();
            assertThatThrownBy(jobs::fail).hasMessage("no paper");
            assertThat(leadership.holds()).isZero();
        });
    }

    @Test
    void anAsynchronousCallHoldsTheLeadershipFromItsSubmissionToItsEnd() {
        application.run(context -> {
            FakeLeadership leadership = elected(leadership(context, "jobs"));
            Jobs jobs = context.getBean(Jobs.class);
            Worker worker = context.getBean(Worker.class);

            jobs.write(leadership);
            assertThat(leadership.holds()).isEqualTo(1);
            assertThat(CurrentLeadership.get()).isEmpty();

            worker.runAll();
            assertThat(jobs.seen()).containsExactly("token 7, 1 hold");
            assertThat(leadership.holds()).isZero();
        });
    }

    @Test
    void anAsynchronousCallWithAFutureHoldsTheLeadershipToItsEnd() {
        application.run(context -> {
            FakeLeadership leadership = elected(leadership(context, "jobs"));
            CompletableFuture<String> written = context.getBean(Jobs.class).writeWithResult();
            assertThat(leadership.holds()).isEqualTo(1);

            context.getBean(Worker.class).runAll();
            assertThat(written).isCompletedWithValue("token 7");
            assertThat(leadership.holds()).isZero();
        });
    }

    @Test
    void anAsynchronousCallThatFailsHoldsNothing() {
        application.run(context -> {
            FakeLeadership leadership = elected(leadership(context, "jobs"));
            CompletableFuture<String> failed = context.getBean(Jobs.class).failElsewhere();

            context.getBean(Worker.class).runAll();
            assertThat(failed).isCompletedExceptionally();
            assertThat(leadership.holds()).isZero();
        });
    }

    @Test
    void anAsynchronousCallThatIsCancelledBeforeItBeganIsNotRunAndHoldsNothing() {
        application.run(context -> {
            FakeLeadership leadership = elected(leadership(context, "jobs"));
            context.getBean(Jobs.class).writeWithResult().cancel(true);
            assertThat(leadership.holds()).isZero();

            context.getBean(Worker.class).runAll();
            assertThat(context.getBean(Jobs.class).seen()).isEmpty();
        });
    }

    @Test
    void anAsynchronousCallThatIsRejectedHoldsNothing() {
        application.run(context -> {
            FakeLeadership leadership = elected(leadership(context, "jobs"));
            context.getBean(Worker.class).rejects = true;

            assertThatThrownBy(() -> context.getBean(Jobs.class).write(leadership))
                    .isInstanceOf(TaskRejectedException.class);
            assertThat(leadership.holds()).isZero();
        });
    }

    @Test
    void anAsynchronousCallWhoseLeadershipIsLostWhileItWaitsIsSkipped() {
        application.run(context -> {
            FakeLeadership leadership = elected(leadership(context, "jobs"));
            Jobs jobs = context.getBean(Jobs.class);
            jobs.write(leadership);
            CompletableFuture<String> strict = jobs.writeStrictly();
            CompletableFuture<String> lenient = jobs.writeWithResult();
            leadership.oust();

            context.getBean(Worker.class).runAll();
            assertThat(jobs.seen()).isEmpty();
            assertThat(strict)
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(NotLeaderException.class);
            assertThat(lenient).isCompletedWithValue(null);
            assertThat(leadership.holds()).isZero();
        });
    }

    @Test
    void workThatOutlivesTheCallItWasBegunInHasAHoldOfItsOwn() {
        application.run(context -> {
            FakeLeadership leadership = elected(leadership(context, "jobs"));
            Jobs jobs = context.getBean(Jobs.class);
            jobs.begin(jobs, leadership);
            assertThat(leadership.holds()).isEqualTo(1);

            context.getBean(Worker.class).runAll();
            assertThat(leadership.holds()).isZero();
        });
    }

    private static FakeLeadership elected(FakeLeadership leadership) {
        leadership.elect(7);
        return leadership;
    }

    static class Jobs {

        private final List<String> seen = new ArrayList<>();

        public List<String> seen() {
            return seen;
        }

        @LeaderOnly("jobs")
        public CompletableFuture<String> report() {
            return new CompletableFuture<>();
        }

        @LeaderOnly("jobs")
        public CompletableFuture<String> nothing() {
            return null;
        }

        @LeaderOnly("jobs")
        public CompletableFuture<String> fail() {
            throw new IllegalStateException("no paper");
        }

        @LeaderOnly("jobs")
        public void begin(Jobs self, FakeLeadership leadership) {
            self.write(leadership);
        }

        @Async
        @LeaderOnly("jobs")
        public void write(FakeLeadership leadership) {
            seen.add(token() + ", " + leadership.holds() + " hold");
        }

        @Async
        @LeaderOnly("jobs")
        public CompletableFuture<String> writeWithResult() {
            seen.add(token());
            return CompletableFuture.completedFuture(token());
        }

        @Async
        @LeaderOnly(value = "jobs", otherwise = Otherwise.THROW)
        public CompletableFuture<String> writeStrictly() {
            return writeWithResult();
        }

        @Async
        @LeaderOnly("jobs")
        public CompletableFuture<String> failElsewhere() {
            throw new IllegalStateException("no paper");
        }

        private static String token() {
            return "token " + CurrentLeadership.get().orElseThrow().token();
        }
    }

    /** Keeps tasks until the test lets them run. */
    static class Worker implements Executor {

        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean rejects;

        @Override
        public void execute(Runnable task) {
            if (rejects) {
                throw new TaskRejectedException("no more");
            }
            tasks.add(task);
        }

        void runAll() {
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        }
    }

    @EnableAsync
    static class Asynchronous {
        @Bean
        Worker taskExecutor() {
            return new Worker();
        }
    }
}
