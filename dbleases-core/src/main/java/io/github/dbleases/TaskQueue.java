package io.github.dbleases;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A source of tasks with SQL of the application's own. Tasks in one ordinary table don't need it: they are declared by
 * properties.
 *
 * <p>A task that a live session holds must not be claimed by another session, and the tasks of a session that is not live must
 * be claimable: read which sessions are live from the session table in the statement that claims. The methods are called
 * by several threads, {@code finish} in the transaction of the tasker if the runner is transactional. They may throw, which
 * is reported, and the call is repeated later: repeating a call must have no further effect.
 *
 * @param <T> the type of a task in the application; tasks are compared by {@code equals}
 */
public interface TaskQueue<T> {

    /** Claims tasks for a session: none that a live session holds, none before its time, and at most the limit. */
    List<T> claim(TaskClaim claim);

    /**
     * Finishes tasks, each only if the session still holds it.
     *
     * @return those that were not finished, because the session does not hold them any more: they are reported as lost
     */
    List<T> finish(long session, List<T> tasks);

    /** Frees tasks unfinished, each only if the session still holds it. No failure is counted. */
    void release(long session, List<T> tasks);

    /**
     * Records that a task has failed, and frees it, only if the session still holds it. A task with the verdict
     * {@code RETRY} or {@code POSTPONE} must not be claimed before the delay has passed.
     *
     * @return whether the task is given up: it is never claimed again
     */
    boolean fail(long session, TaskFailure<T> failure);

    /**
     * Frees what a session holds except for some tasks: a claim may have been made whose reply was lost. Without this, such
     * tasks are free when the session ends.
     */
    default void releaseAllBut(long session, Collection<T> known) {}

    /** Returns for how long the oldest task has been waiting, empty if there is none or this is not known. */
    default Optional<Duration> oldestPending() {
        return Optional.empty();
    }
}
