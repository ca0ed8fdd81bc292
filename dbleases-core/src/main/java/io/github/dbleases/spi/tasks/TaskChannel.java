package io.github.dbleases.spi.tasks;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The channel between a runner and its queue. Several threads use it at once.
 *
 * <p>A call that throws a {@link io.github.dbleases.TaskQueueException} had no effect if the exception says that the
 * request was {@linkplain io.github.dbleases.TaskQueueException#isRefused() refused}. Otherwise, it may have taken
 * effect, even in part.
 *
 * @param <T> the type of a task in the application
 */
public interface TaskChannel<T> {

    /**
     * Checks that the queue can be used, and logs problems that would make it slow.
     *
     * @throws io.github.dbleases.InvalidTaskTableException if it cannot be used as it is
     * @throws io.github.dbleases.TaskQueueException if it cannot be reached
     */
    void check();

    /**
     * Returns an object that is equal for runners on the same queue. Such runners of one application don't release each other's
     * tasks.
     */
    Object scope();

    /**
     * Returns whether the queue records the attempts of a task and when it is due. If not, the runner remembers the tasks that
     * failed last.
     */
    boolean keepsFailures();

    /** Finishes, fails, releases and claims tasks in one transaction of its own, with as few round trips as possible. */
    TaskReply<T> exchange(TaskRequest<T> request);

    /**
     * Finishes tasks in the transaction of the calling thread, each only if the session still holds it.
     *
     * @return the tasks that were not finished, because the session no longer holds them
     */
    List<ClaimedTask<T>> finish(long session, List<ClaimedTask<T>> tasks);

    /** Releases all tasks that a session holds, except for known ones. May take as long as reading all pending tasks. */
    void releaseAllBut(long session, Collection<Object> known);

    /** Returns how long the oldest pending task has been waiting, empty if there is none or this is unknown. */
    Optional<Duration> oldestPending();
}
