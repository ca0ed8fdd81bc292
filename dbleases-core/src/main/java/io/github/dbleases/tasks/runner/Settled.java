package io.github.dbleases.tasks.runner;

import io.github.dbleases.tasks.ClaimedTask;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tasks with which the runner has done.
 *
 * @param completed how many were finished
 * @param lost those that could not be finished, because the session did not hold them any more
 * @param putAside those that were put aside after their last attempt
 */
record Settled<T>(int completed, List<ClaimedTask<T>> lost, List<ClaimedTask<T>> putAside) {

    Settled<T> and(Settled<T> other) {
        return new Settled<>(completed + other.completed, joined(lost, other.lost), joined(putAside, other.putAside));
    }

    private static <T> List<ClaimedTask<T>> joined(List<ClaimedTask<T>> one, List<ClaimedTask<T>> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    static <T> Settled<T> nothing() {
        return completed(0);
    }

    static <T> Settled<T> completed(int tasks) {
        return new Settled<>(tasks, List.of(), List.of());
    }
}
