package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.Tasker;
import io.github.dbleases.tasks.TaskLine;
import io.github.dbleases.tasks.TaskWork;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A runner without threads: the test does the steps of its clerk and its worker, and drives its clock. */
final class Steps {

    static final long SESSION = 7;

    final MemoryQueue queue;
    final FakeSession session;
    final ManualClock clock = new ManualClock();
    final RecordingListener listener = new RecordingListener();
    final Desk<String> desk;
    final SharedDesk<String> shared;
    final Clerk<String> clerk;
    final Worker<String> worker;
    final Reports<String> reports;

    Steps(TaskRunnerConfig config, MemoryQueue queue, Tasker<String> tasker) {
        this(config, queue, tasker, null);
    }

    Steps(
            TaskRunnerConfig config,
            MemoryQueue queue,
            Tasker<String> tasker,
            @Nullable MemoryTransactions transactions) {
        this.queue = queue;
        TaskLine<String> line = transactions == null ? queue : transactions;
        this.session = new FakeSession(queue).open(SESSION);
        TaskWork<String> work = new TaskWork<>(line, tasker, transactions);
        reports = new Reports<>(new DefaultTaskRunner<>(config, name -> session, work, listener, clock), listener);
        desk = new Desk<>(config, () -> 0.5, clock.nanoTime());
        shared = new SharedDesk<>(desk, session, clock);
        clerk = new Clerk<>(line, session, shared, reports, true);
        worker = new Worker<>(shared, new Performer<>(work, reports), reports);
    }

    static TaskRunnerConfig config(int tasksPerSession, int batchSize) {
        return TaskRunnerConfig.of("test").withTasks(tasksPerSession, batchSize);
    }

    /** Does what there is to do now. */
    Steps run() {
        boolean busy = true;
        for (int turns = 0; busy; turns++) {
            if (turns > 10_000) {
                throw new AssertionError("There is no end to it");
            }
            busy = clerk.step() | worker.step();
        }
        return this;
    }

    Steps pass(Duration time) {
        clock.pass(time);
        return this;
    }

    /** Lets the clock go on in small steps and does what there is to do meanwhile. */
    Steps runFor(Duration time) {
        for (long millis = 0; millis < time.toMillis(); millis += 100) {
            clock.pass(Duration.ofMillis(100));
            run();
        }
        return this;
    }

    void close() {
        shared.call(closed -> {
            closed.close(clock.nanoTime());
            return true;
        });
    }
}
