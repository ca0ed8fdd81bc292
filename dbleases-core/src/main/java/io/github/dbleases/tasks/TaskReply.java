package io.github.dbleases.tasks;

import java.util.List;

/**
 * What has come of a request.
 *
 * @param claimed the tasks that the session holds from now on
 * @param lost those of the finished tasks that the session did not hold any more, and that were therefore not finished
 * @param putAside those of the failed tasks that the session holds no more, because this was their last attempt
 * @param unheld those of the failed tasks that the session did not hold any more before this: they are not to be tried again
 * @param <T> what a task is for the application
 */
public record TaskReply<T>(
        List<ClaimedTask<T>> claimed,
        List<ClaimedTask<T>> lost,
        List<ClaimedTask<T>> putAside,
        List<ClaimedTask<T>> unheld) {}
