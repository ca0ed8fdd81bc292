package io.github.dbleases;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A source of tasks that uses the application's own SQL. If your tasks are in one ordinary table, you don't need it: declare
 * the table with properties.
 *
 * <p>A session must not claim tasks that another live session holds, and must be able to claim those of a session that is not
 * live. To know which sessions are live, the claim reads the session table in the same statement. Several threads call these
 * methods. If the runner is transactional, {@code finish} is called in the transaction of the tasker. Exceptions are
 * reported, and the call is repeated later, so repeating a call must have no further effect.
 *
 * @param <T> the type of a task in the application; tasks are compared by {@code equals}
 */
public interface TaskQueue<T> {

    /** Claims tasks for a session: at most the limit, none that a live session holds, and none that is due later. */
    List<T> claim(TaskClaim claim);

    /**
     * Finishes tasks, each only if the session still holds it.
     *
     * @return the tasks that were not finished because the session no longer holds them. They are reported as lost
     */
    List<T> finish(long session, List<T> tasks);

    /** Releases unfinished tasks, each only if the session still holds it. No failure is counted. */
    void release(long session, List<T> tasks);

    /**
     * Records that a task has failed and releases it, if the session still holds it. A task with the verdict {@code RETRY} or
     * {@code POSTPONE} must not be claimed before the delay has passed.
     *
     * @return whether the task is given up: it is never claimed again
     */
    boolean fail(long session, TaskFailure<T> failure);

    /**
     * Releases all tasks that a session holds, except for some. This is called if the reply to a claim may have been lost. The
     * default does nothing; such tasks then become free when the session ends.
     */
    default void releaseAllBut(long session, Collection<T> known) {}

    /** Returns how long the oldest task has been waiting; empty if there is none, or if that is unknown. */
    default Optional<Duration> oldestPending() {
        return Optional.empty();
    }
}
