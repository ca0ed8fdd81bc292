package io.github.dbleases.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.Tasker;
import io.github.dbleases.spi.tasks.TaskWork;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A runner that is started again under the same session. */
class RunnerRestartTests {

    private static final long SESSION = 7;
    private static final TaskRunnerConfig CONFIG = TaskRunnerConfig.builder("test")
            .tasksPerSession(4)
            .batchSize(1)
            .interval(Duration.ofMillis(20))
            .drainTimeout(Duration.ZERO)
            .build();

    private final MemoryQueue queue = new MemoryQueue();
    private final FakeSession session = new FakeSession(queue).open(SESSION);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    private TaskRunner runner(Tasker<String> tasker) {
        return runner(CONFIG, tasker);
    }

    private TaskRunner runner(TaskRunnerConfig config, Tasker<String> tasker) {
        return new DefaultTaskRunner<>(
                config, name -> session, new TaskWork<>(queue, tasker, null), TaskRunnerListener.NONE, Clock.SYSTEM);
    }

    @Test
    void aBatchInFlightAtTheStopKeepsItsTasksAfterTheNextStart() throws Exception {
        queue.with(1);
        TaskRunner runner =
                runner(CONFIG.toBuilder().interval(Duration.ofHours(1)).build(), tasks -> {
                    begun.countDown();
                    while (tasks.contains("task 1") && release.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return tasks;
                });
        runner.start();
        begun.await();
        await().until(() -> queue.exchanges() >= 1);
        runner.stop();
        queue.with(3);

        runner.start();
        assertThat(runner.isRunning()).isTrue();
        await().until(() -> queue.pending() == 1);
        assertThat(queue.row(1).session()).isEqualTo(SESSION);
        release.countDown();

        await().until(() -> queue.pending() == 0);
        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(session.left()).isZero();
        runner.stop();
        await().until(() -> session.left() == 1 && session.listening() == 0);
    }

    @Test
    void aRunThatStillWaitsForItsTaskerCanBeFollowedByOthers() throws Exception {
        queue.with(1);
        TaskRunner runner = runner(tasks -> {
            begun.countDown();
            while (tasks.contains("task 1") && release.getCount() > 0) {
                Thread.onSpinWait();
            }
            return tasks;
        });
        runner.start();
        begun.await();
        runner.stop();
        runner.start();
        runner.stop();
        runner.start();
        queue.with(3);
        release.countDown();

        await().until(() -> queue.pending() == 0);
        assertThat(queue.finished().values()).containsOnly(1);
        runner.stop();
        // A run that ended before the next start has left as well.
        await().until(() -> session.left() > 0 && session.listening() == 0);
    }

    @Test
    void tasksThatAStoppedRunnerCouldNotReportAreReleasedAtTheNextStart() {
        AtomicBoolean broken = new AtomicBoolean(true);
        queue.with(1);
        TaskRunner runner = runner(tasks -> {
            queue.refuseAll(broken.get());
            return tasks;
        });
        runner.start();
        await().until(queue::isRefusing);
        runner.stop();
        await().until(() -> session.left() == 1);
        assertThat(queue.heldBy(SESSION)).isOne();
        queue.refuseAll(false);

        broken.set(false);
        runner.start();

        await().until(() -> queue.pending() == 0);
        assertThat(queue.row(1).finished()).isOne();
        runner.stop();
    }
}
