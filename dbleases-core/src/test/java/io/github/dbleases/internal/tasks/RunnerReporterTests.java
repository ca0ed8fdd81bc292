package io.github.dbleases.internal.tasks;

import static io.github.dbleases.internal.tasks.Steps.SESSION;
import static io.github.dbleases.internal.tasks.Steps.config;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.InvalidTaskTableException;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.spi.tasks.TaskWork;
import io.github.dbleases.testing.log.LogCapture;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a runner logs and reports, and that it does so once. */
class RunnerReporterTests {

    private final LogCapture log = LogCapture.of(TaskRunner.class);
    private final MemoryQueue queue = new MemoryQueue();

    @AfterEach
    void closeLog() {
        log.close();
    }

    @Test
    void aTableThatWasDroppedIsReportedOnceAndSoIsItsReturn() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks).run();
        queue.with(1);
        for (int i = 0; i < 6; i++) {
            queue.failNext(dropped(i));
        }

        steps.runFor(Duration.ofMinutes(3));

        assertThat(queue.row(1).finished()).isOne();
        assertThat(steps.listener.errors).hasSize(6);
        assertThat(log.lines())
                .containsExactly(
                        "WARN Runner test could not use its queue and will try again. Affected tasks: []",
                        "INFO Runner test can use its queue again");
    }

    @Test
    void aFailureIsLoggedWithTheTaskOnceForEachKind() {
        Steps steps = new Steps(config(10, 1), queue.with(10), tasks -> {
            throw new IllegalStateException("No post for " + tasks);
        });

        steps.run();

        assertThat(steps.listener.failed).hasSize(10);
        assertThat(log.lines())
                .singleElement()
                .asString()
                .matches(
                        "WARN Runner test: task 1 failed and will be retried in \\d+ ms\\. Further failures of this kind"
                                + " are logged at debug level");
    }

    @Test
    void tasksThatAreGivenUpAreLoggedTogether() {
        queue.withMaxAttempts(1);
        Steps steps = new Steps(config(10, 10), queue.with(10), tasks -> List.of());

        steps.run();

        assertThat(log.lines())
                .containsExactly(
                        "WARN Runner test gave up 10 tasks: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]. Cause of the first one:"
                                + " The tasker did not return the task as accomplished.");
    }

    @Test
    void aFailureOfAnotherKindIsReportedToo() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks);
        queue.failNext(dropped(1));
        queue.failNext(new InvalidTaskTableException("It has another type.", "Change it."));

        steps.runFor(Duration.ofMinutes(1));

        assertThat(log.lines()).hasSize(3);
    }

    @Test
    void aListenerThatThrowsDoesNotAffectTheRunnerAndIsReportedOnce() {
        queue.with(20).failNext();
        TaskRunner runner = new DefaultTaskRunner<>(
                TaskRunnerConfig.builder("test")
                        .tasksPerSession(10)
                        .batchSize(1)
                        .interval(Duration.ofMillis(1))
                        .build(),
                name -> new FakeSession(queue).open(SESSION),
                new TaskWork<>(queue, tasks -> tasks, null),
                new ThrowingListener(),
                Clock.SYSTEM);

        runner.start();
        await().until(() -> queue.pending() == 0);
        runner.stop();

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(log.lines())
                .filteredOn(line -> line.contains("its listener failed"))
                .hasSize(1);
    }

    /** Throws from every method. */
    private static final class ThrowingListener implements TaskRunnerListener {

        @Override
        public Activity onClaim(TaskRunner runner, long session) {
            throw new IllegalStateException("planted");
        }

        @Override
        public Activity onBatch(TaskRunner runner, long session, List<?> tasks) {
            return new Activity() {
                @Override
                public void succeeded(int tasks) {
                    throw new AssertionError("planted");
                }

                @Override
                public void close() {
                    throw new AssertionError("planted");
                }
            };
        }

        @Override
        public void onError(TaskRunner runner, List<?> tasks, Throwable failure) {
            throw new IllegalStateException("planted");
        }
    }

    private static TaskQueueException dropped(int time) {
        return new TaskQueueException(
                "Could not claim tasks of table outbox", new SQLException("There is no table, said for time " + time));
    }
}
