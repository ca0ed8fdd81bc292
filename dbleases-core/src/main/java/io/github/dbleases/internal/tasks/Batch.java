package io.github.dbleases.internal.tasks;

import io.github.dbleases.spi.tasks.ClaimedTask;
import java.util.List;

/** Tasks for one call of the tasker, and the session that claimed them. */
final class Batch<T> {

    private final long session;
    private final List<ClaimedTask<T>> tasks;
    private final boolean retries;
    private long begunAt;
    private boolean overdue;

    /** @param retries whether the tasks have failed before */
    Batch(long session, List<ClaimedTask<T>> tasks, boolean retries, long now) {
        this.session = session;
        this.tasks = tasks;
        this.retries = retries;
        this.begunAt = now;
    }

    long session() {
        return session;
    }

    List<ClaimedTask<T>> tasks() {
        return tasks;
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
