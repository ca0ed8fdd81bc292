package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.Tasker;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskWork;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A runner without threads: the test takes the steps of its queue loop and of one worker, and drives its clock. */
final class Steps {

    static final long SESSION = 7;

    final MemoryQueue queue;
    final FakeSession session;
    final ManualClock clock = new ManualClock();
    final RecordingListener listener = new RecordingListener();
    final Run<String> run;
    final RunnerReporter<String> reporter;

    Steps(TaskRunnerConfig config, MemoryQueue queue, Tasker<String> tasker) {
        this(config, queue, tasker, 1);
    }

    Steps(TaskRunnerConfig config, MemoryQueue queue, Tasker<String> tasker, long seed) {
        this(config, queue, tasker, null, seed);
    }

    Steps(
            TaskRunnerConfig config,
            MemoryQueue queue,
            Tasker<String> tasker,
            @Nullable MemoryTransactions transactions) {
        this(config, queue, tasker, transactions, 1);
    }

    private Steps(
            TaskRunnerConfig config,
            MemoryQueue queue,
            Tasker<String> tasker,
            @Nullable MemoryTransactions transactions,
            long seed) {
        this.queue = queue;
        queue.clock(clock::nanoTime);
        TaskChannel<String> channel = transactions == null ? queue : transactions;
        this.session = new FakeSession(queue).open(SESSION);
        TaskWork<String> work = new TaskWork<>(channel, tasker, transactions);
        reporter =
                new RunnerReporter<>(new DefaultTaskRunner<>(config, name -> session, work, listener, clock), listener);
        run = new Run<>(config, work, session, reporter, clock, new Random(seed)::nextDouble, true, ended -> {});
    }

    static TaskRunnerConfig config(int tasksPerSession, int batchSize) {
        return TaskRunnerConfig.builder("test")
                .tasksPerSession(tasksPerSession)
                .batchSize(batchSize)
                .build();
    }

    boolean queue() {
        return run.stepQueue();
    }

    boolean work() {
        return run.step();
    }

    /** Takes all steps that are due. */
    Steps run() {
        boolean busy = true;
        for (int turns = 0; busy; turns++) {
            if (turns > 100_000) {
                throw new AssertionError("The runner always has something to do");
            }
            busy = queue() | work();
        }
        return this;
    }

    Steps pass(Duration time) {
        clock.pass(time);
        return this;
    }

    /** Drives the clock in small steps, and takes the steps that are due meanwhile. */
    Steps runFor(Duration time) {
        for (long millis = 0; millis < time.toMillis(); millis += 100) {
            clock.pass(Duration.ofMillis(100));
            run();
        }
        return this;
    }

    void wake() {
        run.wake();
    }

    void close() {
        run.close();
    }

    boolean isEmpty() {
        return run.state().call(RunnerState::isEmpty);
    }

    int held() {
        return run.state().call(RunnerState::held);
    }

    long completed() {
        return reporter.completed();
    }

    long lost() {
        return reporter.lost();
    }
}
