package io.github.dbleases.internal.tasks;

import io.github.dbleases.spi.tasks.ClaimedTask;
import java.time.Duration;
import java.util.List;

/** Tasks for one call of the tasker, and the session that claimed them. */
final class Batch<T> {

    private final long session;
    private final List<ClaimedTask<T>> tasks;
    private final List<Duration> waits;
    private final boolean retries;
    private long begunAt;
    private boolean overdue;

    /**
     * Creates a batch.
     *
     * @param waits how long its tasks have been due, as far as this is known, and except for those that began before
     * @param retries whether the tasks have failed before
     */
    Batch(long session, List<ClaimedTask<T>> tasks, List<Duration> waits, boolean retries, long now) {
        this.session = session;
        this.tasks = tasks;
        this.waits = waits;
        this.retries = retries;
        this.begunAt = now;
    }

    long session() {
        return session;
    }

    List<ClaimedTask<T>> tasks() {
        return tasks;
    }

    List<Duration> waits() {
        return waits;
    }

    int size() {
        return tasks.size();
    }

    boolean isRetries() {
        return retries;
    }

    /** Returns when the tasker began the batch or, where it gets tasks one by one, the present task. */
    long begunAt() {
        return begunAt;
    }

    void beginNext(long now) {
        begunAt = now;
    }

    boolean isOverdue() {
        return overdue;
    }

    void markOverdue() {
        overdue = true;
    }
}
