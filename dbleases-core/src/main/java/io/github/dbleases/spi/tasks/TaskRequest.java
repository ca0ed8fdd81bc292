package io.github.dbleases.spi.tasks;

import io.github.dbleases.TaskFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a runner reports to its queue and claims from it at one time, all under one session.
 *
 * @param session the session that holds the tasks
 * @param finished tasks that were accomplished
 * @param failed tasks that failed, each with the handling of its failure
 * @param released tasks that are returned unchanged
 * @param claim what to claim after that, or null
 * @param <T> the type of a task in the application
 */
public record TaskRequest<T>(
        long session,
        List<ClaimedTask<T>> finished,
        List<Failed<T>> failed,
        List<ClaimedTask<T>> released,
        @Nullable ClaimPlan claim) {

    /** A task that failed. */
    public record Failed<T>(ClaimedTask<T> claimed, TaskFailure<T> failure) {}

    /** Returns the number of reported tasks. */
    public int size() {
        return finished.size() + failed.size() + released.size();
    }

    /** Returns all reported tasks. */
    public List<ClaimedTask<T>> tasks() {
        List<ClaimedTask<T>> tasks = new ArrayList<>(finished);
        failed.forEach(one -> tasks.add(one.claimed()));
        tasks.addAll(released);
        return tasks;
    }

    /** Returns this request with another claim, or without one. */
    public TaskRequest<T> with(@Nullable ClaimPlan other) {
        return new TaskRequest<>(session, finished, failed, released, other);
    }
}
