package io.github.dbleases.tasks;

import io.github.dbleases.TaskClaim;
import java.util.List;
import java.util.Optional;

/**
 * What a runner has for its queue at one time. All of it concerns one session.
 *
 * @param session the session that holds the tasks
 * @param finished tasks that were accomplished
 * @param failed tasks on which the work has failed
 * @param released tasks that are given back unfinished
 * @param claim what is claimed after that, or empty
 * @param <T> what a task is for the application
 */
public record TaskRequest<T>(
        long session,
        List<ClaimedTask<T>> finished,
        List<FailedTask<T>> failed,
        List<ClaimedTask<T>> released,
        Optional<TaskClaim> claim) {}
