package io.github.dbleases.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.InvalidTaskTableException;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.Tasker;
import io.github.dbleases.spi.tasks.TaskWork;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A runner with its threads, from start to stop. */
class TaskRunnerTests {

    private static final long SESSION = 7;
    private static final TaskRunnerConfig CONFIG = TaskRunnerConfig.builder("test")
            .tasksPerSession(4)
            .batchSize(1)
            .interval(Duration.ofMillis(20))
            .build();

    private final MemoryQueue queue = new MemoryQueue();
    private final FakeSession session = new FakeSession(queue).open(SESSION);
    private final RecordingListener listener = new RecordingListener();
    private final CountDownLatch release = new CountDownLatch(1);
    private TaskRunner runner = runner(CONFIG, tasks -> tasks);

    private TaskRunner runner(TaskRunnerConfig config, Tasker<String> tasker) {
        runner = new DefaultTaskRunner<>(
                config, name -> session, new TaskWork<>(queue, tasker, null), listener, Clock.SYSTEM);
        return runner;
    }

    @AfterEach
    void stop() {
        release.countDown();
        runner.stop();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void severalBatchesAreInFlightOnThreadsOfItsOwn(boolean virtual) {
        Set<String> names = ConcurrentHashMap.newKeySet();
        queue.with(4);
        runner(CONFIG.toBuilder().threads(3).virtualThreads(virtual).build(), tasks -> {
                    names.add(Thread.currentThread().getName());
                    release.await();
                    return tasks;
                })
                .start();

        await().until(() -> names.size() == 3);
        assertThat(names).containsExactlyInAnyOrder("dbleases-test-1", "dbleases-test-2", "dbleases-test-3");
        assertThat(runner.status().running()).isEqualTo(3);
        assertThat(runner.status().held()).isGreaterThanOrEqualTo(3);
        release.countDown();
        await().until(() -> queue.pending() == 0);
    }

    @Test
    void tasksThatComeLaterAreDoneToo() {
        runner.start();
        queue.with(10);
        await().until(() -> queue.pending() == 0);
        queue.with(10);
        await().until(() -> runner.status().completed() == 20);
    }

    @Test
    void aWakeUpDoesNotWaitForTheInterval() {
        runner(CONFIG.toBuilder().interval(Duration.ofHours(1)).build(), tasks -> tasks)
                .start();
        await().until(() -> queue.exchanges() > 0);
        queue.with(1);

        runner.wake();

        await().until(() -> queue.pending() == 0);
    }

    @Test
    void aChangeOfTheSessionWakesIt() {
        runner(CONFIG.toBuilder().interval(Duration.ofHours(1)).build(), tasks -> tasks)
                .start();
        await().until(() -> queue.exchanges() > 0);
        queue.with(1);

        session.tell();

        await().until(() -> queue.pending() == 0);
    }

    @Test
    void aTaskerThatHangsBlocksOnlyItsOwnThread() {
        queue.with(10);
        runner(CONFIG.toBuilder().threads(2).build(), tasks -> {
                    if (tasks.contains("task 1")) {
                        release.await();
                    }
                    return tasks;
                })
                .start();

        await().until(() -> queue.pending() == 1);
        assertThat(queue.heldBy(SESSION)).isOne();
    }

    @Test
    void stoppingWaitsForTasksInFlightAndReleasesTheOthers() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        queue.with(10);
        runner(CONFIG, tasks -> {
                    begun.countDown();
                    release.await();
                    return tasks;
                })
                .start();
        begun.await();
        Thread stopping = new Thread(runner::stop);
        stopping.start();
        await().until(() -> !runner.isRunning());
        assertThat(session.left()).isZero();
        release.countDown();
        stopping.join();

        assertThat(runner.status().completed()).isOne();
        assertThat(queue.heldBy(SESSION)).isZero();
        assertThat(queue.pending()).isEqualTo(9);
        await().until(() -> session.left() == 1 && session.listening() == 0);
    }

    @Test
    void aTaskInFlightAfterTheDrainTimeoutIsInterruptedAndReleased() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        queue.with(1);
        runner(CONFIG.toBuilder().drainTimeout(Duration.ZERO).build(), tasks -> {
                    begun.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException interrupt) {
                        interrupted.set(true);
                        throw interrupt;
                    }
                    return tasks;
                })
                .start();
        begun.await();

        runner.stop();

        await().untilTrue(interrupted);
        await().until(() -> session.left() == 1);
        assertThat(queue.heldBy(SESSION)).isZero();
        assertThat(queue.row(1).attempts()).isZero();
    }

    @Test
    void stoppingDoesNotWaitForATaskerThatHangsAndKeepsItsSession() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        queue.with(1);
        runner(CONFIG.toBuilder().drainTimeout(Duration.ofMillis(10)).build(), tasks -> {
                    begun.countDown();
                    while (release.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return tasks;
                })
                .start();
        begun.await();

        runner.stop();

        assertThat(session.left()).isZero();
        release.countDown();
        await().until(() -> session.left() == 1);
        assertThat(queue.row(1).finished()).isOne();
    }

    @Test
    void outcomesAreReportedAtTheEndEvenIfTheQueueFailsOnce() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        queue.with(1);
        runner(CONFIG.toBuilder().interval(Duration.ofHours(1)).build(), tasks -> {
                    begun.countDown();
                    release.await();
                    return tasks;
                })
                .start();
        begun.await();
        queue.failNext();
        release.countDown();

        runner.stop();

        assertThat(queue.row(1).finished()).isOne();
        assertThat(runner.status().completed()).isOne();
    }

    @Test
    void aQueueThatIsGoneDoesNotDelayAStopPastItsTimeout() {
        queue.with(1);
        runner(CONFIG.toBuilder().drainTimeout(Duration.ZERO).build(), tasks -> {
                    for (int i = 0; i < 1_000; i++) {
                        queue.failNext();
                    }
                    return tasks;
                })
                .start();
        await().until(() -> !listener.errors.isEmpty());

        runner.stop();

        await().until(() -> session.left() == 1);
        assertThat(queue.heldBy(SESSION)).isOne();
    }

    @Test
    void aTaskThatCannotBeFinishedDoesNotKeepAStoppedRunnerFromEnding() {
        queue.with(2);
        queue.refuseToFinish(2);
        runner(CONFIG.toBuilder().drainTimeout(Duration.ZERO).build(), tasks -> tasks)
                .start();
        await().until(() -> queue.row(1).finished() == 1 && queue.exchanges() > 3);

        runner.stop();

        await().until(() -> session.left() == 1);
    }

    @Test
    void aRestartReleasesWhatCouldNotBeReportedBefore() {
        queue.with(1);
        queue.refuseToFinish(1);
        runner(CONFIG.toBuilder().drainTimeout(Duration.ZERO).build(), tasks -> tasks)
                .start();
        await().until(() -> queue.exchanges() > 3);
        runner.stop();
        await().until(() -> session.left() == 1);
        assertThat(queue.heldBy(SESSION)).isOne();
        queue.refuseToFinish(-1);

        runner.start();

        await().until(() -> queue.row(1).finished() == 1);
    }

    @Test
    void afterARestartABatchThatStillHangsKeepsItsTasks() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        queue.with(1);
        runner(CONFIG.toBuilder().drainTimeout(Duration.ZERO).build(), tasks -> {
                    begun.countDown();
                    while (release.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return tasks;
                })
                .start();
        begun.await();
        runner.stop();

        runner.start();

        await().until(() -> queue.sweeps() > 0);
        assertThat(queue.heldBy(SESSION)).isOne();
        release.countDown();
        await().until(() -> queue.row(1).finished() == 1);
    }

    @Test
    void anInterruptByAStopIsNoFailedAttemptHoweverTheTaskerWrapsIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        queue.with(1);
        runner(CONFIG.toBuilder().drainTimeout(Duration.ZERO).build(), tasks -> {
                    begun.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException interrupt) {
                        throw new IllegalStateException("Not sent", interrupt);
                    }
                    return tasks;
                })
                .start();
        begun.await();

        runner.stop();

        await().until(() -> session.left() == 1);
        assertThat(queue.row(1).attempts()).isZero();
        assertThat(queue.heldBy(SESSION)).isZero();
    }

    @Test
    void aTaskerThatStopsItsOwnRunnerDoesNotWait() {
        queue.with(1);
        AtomicReference<TaskRunner> stopped = new AtomicReference<>();
        stopped.set(runner(CONFIG, tasks -> {
            stopped.get().stop();
            return tasks;
        }));
        runner.start();

        await().until(() -> session.left() == 1);
        assertThat(queue.row(1).finished()).isOne();
    }

    @Test
    void itCanBeStartedAgain() {
        runner.start();
        runner.start();
        runner.stop();
        assertThat(runner.isRunning()).isFalse();
        queue.with(3);
        runner.start();

        await().until(() -> queue.pending() == 0);
        assertThat(runner.isRunning()).isTrue();
        assertThat(runner.status().sessions()).isOne();
    }

    @Test
    void itStopsAndLeavesWhenTheClientCloses() {
        queue.with(100);
        runner.start();

        session.close();

        await().until(() -> session.left() == 1);
        assertThat(runner.isRunning()).isFalse();
        assertThat(queue.heldBy(SESSION)).isZero();
    }

    @Test
    void anInvalidTableFailsTheStart() {
        queue.failNextCheck(new InvalidTaskTableException("There is no such table.", "Create it."));

        assertThatThrownBy(runner::start).isInstanceOf(InvalidTaskTableException.class);

        assertThat(runner.isRunning()).isFalse();
        assertThat(session.listening()).isZero();
    }

    @Test
    void aQueueThatIsUnavailableAtTheStartIsCheckedAgainBeforeTheFirstClaim() {
        queue.with(1);
        queue.failNextCheck(new TaskQueueException("The queue is unavailable.", new IllegalStateException()));
        queue.failNextCheck(new InvalidTaskTableException("There is no such table yet.", "Create it."));

        runner.start();

        await().until(() -> queue.pending() == 0);
        assertThat(listener.errors).hasSize(2);
    }

    @Test
    void concurrentStartsAndStopsLeaveNothingBehind() {
        queue.with(1_000);
        List<Thread> threads = List.of(
                new Thread(() -> repeat(runner::start)),
                new Thread(() -> repeat(runner::stop)),
                new Thread(() -> repeat(runner::start)));
        threads.forEach(Thread::start);
        threads.forEach(thread -> await().until(() -> !thread.isAlive()));
        runner.start();

        await().until(() -> queue.pending() == 0);
        runner.stop();
        await().until(() -> session.listening() == 0);
        assertThat(queue.finished().values()).containsOnly(1);
    }

    private static void repeat(Runnable action) {
        for (int i = 0; i < 50; i++) {
            action.run();
        }
    }
}
