package io.github.dbleases.spi.tasks;

import java.util.List;

/**
 * The reply to a request.
 *
 * @param claimed the tasks that the session holds from now on
 * @param unmapped rows that the session holds from now on, of which no task could be made
 * @param more whether there may be more to claim: a limit was reached
 * @param lost those of the finished tasks that the session did not hold any more, and that were therefore not finished
 * @param givenUp those of the failed tasks that nobody claims again
 * @param unheld those of the failed tasks that the session did not hold any more before this
 * @param <T> the type of a task in the application
 */
public record TaskReply<T>(
        List<ClaimedTask<T>> claimed,
        List<Unmapped<T>> unmapped,
        boolean more,
        List<ClaimedTask<T>> lost,
        List<ClaimedTask<T>> givenUp,
        List<ClaimedTask<T>> unheld) {

    /** A row of which no task could be made. */
    public record Unmapped<T>(ClaimedTask<T> claimed, Throwable failure) {}
}
