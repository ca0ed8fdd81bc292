package io.github.dbleases.tasks.runner;

import io.github.dbleases.tasks.ClaimedTask;
import java.util.List;

/**
 * Tasks with which the runner has done.
 *
 * @param completed how many were finished
 * @param lost those that could not be finished, because the session did not hold them any more
 * @param putAside those that were put aside after their last attempt
 */
record Settled<T>(int completed, List<ClaimedTask<T>> lost, List<ClaimedTask<T>> putAside) {

    static <T> Settled<T> nothing() {
        return completed(0);
    }

    static <T> Settled<T> completed(int tasks) {
        return new Settled<>(tasks, List.of(), List.of());
    }
}
