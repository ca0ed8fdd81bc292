package io.github.dbleases.tasks;

import java.util.Collection;
import java.util.List;

/**
 * A task that a session holds.
 *
 * @param id what tells it from others in its queue
 * @param task what it is for the application
 * @param <T> what a task is for the application
 */
public record ClaimedTask<T>(Object id, T task) {

    /** Returns what tasks are for the application. */
    public static <T> List<T> tasksOf(Collection<ClaimedTask<T>> claimed) {
        return claimed.stream().map(ClaimedTask::task).toList();
    }
}
