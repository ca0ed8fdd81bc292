package io.github.dbleases.spi.tasks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task that a session holds.
 *
 * @param id the key of the task in its queue
 * @param task the task as the tasker gets it, or null if its row could not be mapped
 * @param attempts the number of failed attempts, as far as the queue counts them
 * @param waited how long the task had been due when it was claimed, null if that is unknown
 * @param <T> the type of a task in the application
 */
public record ClaimedTask<T>(
        Object id, @Nullable T task, int attempts, @Nullable Duration waited) {

    /** Creates a task from a queue that does not know how long it has been due. */
    public ClaimedTask(Object id, @Nullable T task, int attempts) {
        this(id, task, attempts, null);
    }

    /** Returns an unmodifiable list of the tasks as the tasker gets them. */
    public static <T> List<T> tasksOf(Collection<ClaimedTask<T>> claimed) {
        List<T> tasks = new ArrayList<>(claimed.size());
        for (ClaimedTask<T> one : claimed) {
            if (one.task() != null) {
                tasks.add(one.task());
            }
        }
        return Collections.unmodifiableList(tasks);
    }
}
