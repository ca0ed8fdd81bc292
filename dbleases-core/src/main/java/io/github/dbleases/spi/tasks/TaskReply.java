package io.github.dbleases.spi.tasks;

import java.util.List;

/**
 * The reply to a request.
 *
 * @param claimed the claimed tasks
 * @param unmapped claimed rows that could not be mapped to tasks
 * @param more whether a limit was reached, so that there may be more to claim
 * @param lost finished tasks that the session no longer held, so that they were not finished
 * @param givenUp failed tasks that will not be claimed again
 * @param unheld failed tasks that the session no longer held, so that their failure was not recorded
 * @param <T> the type of a task in the application
 */
public record TaskReply<T>(
        List<ClaimedTask<T>> claimed,
        List<Unmapped<T>> unmapped,
        boolean more,
        List<ClaimedTask<T>> lost,
        List<ClaimedTask<T>> givenUp,
        List<ClaimedTask<T>> unheld) {

    /** A row that could not be mapped to a task. */
    public record Unmapped<T>(ClaimedTask<T> claimed, Throwable failure) {}
}
