package io.github.dbleases;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where tasks come from, for who claims them with SQL of his own. Tasks in a table of the usual shape need none: they are
 * declared by properties.
 *
 * <p>A task that a live session holds must not be claimed by another one, and the tasks of a session that is not live must
 * be claimable: read which sessions are live from the table of sessions in the statement that claims. The methods are
 * called by several threads, with {@code finish} in the transaction of the tasker if the runner is transactional; they may
 * throw, which is reported, and the call is repeated later.
 *
 * @param <T> what a task is for the application; tasks are told apart by {@code equals}
 */
public interface TaskQueue<T> {

    /** Claims tasks for a session: none that a live session holds, and not more than the limit. */
    List<T> claim(TaskClaim claim);

    /**
     * Finishes tasks, each only if the session still holds it.
     *
     * @return how many were finished; what is missing was lost to another session, and is reported
     */
    int finish(long session, List<T> tasks);

    /** Gives tasks back unfinished, each only if the session still holds it. */
    void release(long session, List<T> tasks);

    /**
     * Takes note that the work on a task has failed; the session still holds it.
     *
     * @return whether it is to be tried again; when not, the queue has put it aside
     */
    default boolean retry(long session, T task, Throwable failure) {
        return true;
    }

    /**
     * Gives back what a session holds but for some tasks: a claim of it may have been made without its answer having
     * arrived. Without this, such tasks are free only when the session ends.
     */
    default void releaseAllBut(long session, Collection<T> known) {}

    /** Returns for how long the oldest task has been waiting, empty if there is none or this is not known. */
    default Optional<Duration> oldestPending() {
        return Optional.empty();
    }
}
