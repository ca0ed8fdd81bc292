package io.github.dbleases.spi.tasks;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What a runner asks of its queue. Used by several threads at once.
 *
 * <p>A call that throws a {@link io.github.dbleases.TaskQueueException} had no effect if that is {@linkplain
 * io.github.dbleases.TaskQueueException#isRefused() refused}; otherwise it may have had its effect, or a part of it.
 *
 * @param <T> the type of a task in the application
 */
public interface TaskChannel<T> {

    /**
     * Checks that the queue can be used as it is; what is only slow is logged.
     *
     * @throws io.github.dbleases.InvalidTaskTableException if it cannot
     * @throws io.github.dbleases.TaskQueueException if it cannot be asked
     */
    void check();

    /**
     * Returns what two runners have in common that share a queue within one application: they must not give back each other's
     * tasks.
     */
    Object scope();

    /**
     * Returns whether the queue itself counts the attempts of a task and knows when it is due. Otherwise the runner remembers
     * the last tasks that have failed.
     */
    boolean keepsFailures();

    /** Finishes, fails, releases and claims, in one transaction of its own and in as few round trips as possible. */
    TaskReply<T> exchange(TaskRequest<T> request);

    /**
     * Finishes tasks in the transaction of the calling thread, each only if the session still holds it.
     *
     * @return those that were not finished because the session does not hold them any more
     */
    List<ClaimedTask<T>> finish(long session, List<ClaimedTask<T>> tasks);

    /**
     * Gives back all that a session holds except for some ids. May take as long as it takes to look at all that is pending.
     */
    void releaseAllBut(long session, Collection<Object> known);

    /** Returns for how long the oldest task has been waiting, empty if there is none or this is not known. */
    Optional<Duration> oldestPending();
}
