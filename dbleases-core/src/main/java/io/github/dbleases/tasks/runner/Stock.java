package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.tasks.ClaimedTask;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of the present session on which no work is under way: fresh ones, batches that are to be tried again at once,
 * and tasks that have failed and wait for another try.
 */
final class Stock<T> {

    private final int batchSize;
    private final Deque<ClaimedTask<T>> fresh = new ArrayDeque<>();
    private final Deque<Batch<T>> again = new ArrayDeque<>();
    private final Retries<T> retries;
    private int inAgain;

    Stock(TaskRunnerConfig config, DoubleSupplier random) {
        this.batchSize = config.batchSize();
        this.retries = new Retries<>(config.retry(), random);
    }

    void add(Collection<ClaimedTask<T>> claimed) {
        fresh.addAll(claimed);
    }

    /** Has a batch tried again before anything else, as it is. */
    void tryAgain(Batch<T> batch) {
        again.addFirst(batch);
        inAgain += batch.size();
    }

    /** Takes note that work has failed, of which the next delay depends. */
    void failed(long now) {
        retries.failed(now);
    }

    /** Takes note that work has succeeded. */
    void succeeded() {
        retries.succeeded();
    }

    /** Lets a task that has failed wait for another try. */
    void tryLater(ClaimedTask<T> task, long now) {
        retries.add(task, now);
    }

    /** Takes a batch that is ready to be worked on, or returns null if there is none. */
    @Nullable
    Batch<T> take(long session, long now) {
        Batch<T> batch = again.poll();
        if (batch != null) {
            inAgain -= batch.size();
            return batch;
        }
        List<ClaimedTask<T>> tasks = retries.take(batchSize, now);
        while (tasks.size() < batchSize && !fresh.isEmpty()) {
            tasks.add(fresh.remove());
        }
        return tasks.isEmpty() ? null : new Batch<>(session, tasks);
    }

    /** Returns all tasks in it. */
    List<ClaimedTask<T>> tasks() {
        List<ClaimedTask<T>> all = new ArrayList<>(fresh);
        again.forEach(batch -> all.addAll(batch.tasks()));
        all.addAll(retries.all());
        return all;
    }

    /** Takes all tasks out of it. */
    List<ClaimedTask<T>> takeAll() {
        List<ClaimedTask<T>> all = tasks();
        fresh.clear();
        again.clear();
        retries.clear();
        inAgain = 0;
        return all;
    }

    /** Returns how many tasks are ready: those that wait for another try do not count. */
    int ready() {
        return fresh.size() + inAgain;
    }

    /** Returns how many tasks wait for another try. */
    int waiting() {
        return retries.size();
    }

    /** Returns how many batches can be taken now. */
    int readyBatches(long now) {
        int due = retries.nanosUntilDue(now) <= 0 ? 1 : 0;
        return again.size() + due + (fresh.size() + batchSize - 1) / batchSize;
    }

    /** Returns how long until the next task that waits is ready, {@code Long.MAX_VALUE} if one is already or none waits. */
    long nanosUntilReady(long now) {
        long nanos = retries.nanosUntilDue(now);
        return nanos > 0 ? nanos : Long.MAX_VALUE;
    }
}
