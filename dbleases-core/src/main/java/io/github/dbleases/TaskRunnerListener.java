package io.github.dbleases;

import java.util.List;

/**
 * Is told what a runner does. Called by the threads of the runner, several at once; an exception is logged and changes
 * nothing. Tasks are those that the {@link Tasker} gets.
 */
public interface TaskRunnerListener {

    /** Listens to nothing. */
    TaskRunnerListener NONE = new TaskRunnerListener() {};

    /** The runner is about to claim tasks for a session. The activity is closed by the same thread. */
    default Activity onClaim(TaskRunner runner, long session) {
        return Activity.NONE;
    }

    /** The runner is about to hand a batch to the tasker. The activity is closed by the same thread. */
    default Activity onBatch(TaskRunner runner, long session, List<?> tasks) {
        return Activity.NONE;
    }

    /** Tasks have failed, each with its own cause, and are in the queue again, to be tried later. */
    default void onFailed(TaskRunner runner, List<TaskFailure<?>> failures) {}

    /** Tasks were given up, after their last attempt or because the tasker said so. {@link #onFailed} is not called for these. */
    default void onGivenUp(TaskRunner runner, List<TaskFailure<?>> failures) {}

    /**
     * Something went wrong of which no task is known to be the cause: the tasker has thrown for a batch, or has returned what
     * it was not given, or the queue could not be used.
     *
     * @param tasks those that it concerns; may be empty
     */
    default void onError(TaskRunner runner, List<?> tasks, Throwable failure) {}

    /** Another session had taken these tasks before their outcome could be told to the queue: they may be done twice. */
    default void onLost(TaskRunner runner, List<?> tasks) {}

    /** A claim, or the work on a batch, that has begun. */
    interface Activity extends AutoCloseable {

        Activity NONE = new Activity() {};

        /** It has succeeded for so many tasks: claimed, or accomplished. */
        default void succeeded(int tasks) {}

        /** It has failed. */
        default void failed(Throwable failure) {}

        @Override
        default void close() {}
    }
}
