package io.github.dbleases;

import java.time.Duration;
import java.util.List;

/**
 * Called when a runner does something, by several of its threads at once. Exceptions are logged and have no other effect. Tasks
 * are the objects that the {@link Tasker} gets.
 */
public interface TaskRunnerListener {

    /** Does nothing. */
    TaskRunnerListener NONE = new TaskRunnerListener() {};

    /** Called before the runner claims tasks for a session. The same thread closes the activity. */
    default Activity onClaim(TaskRunner runner, long session) {
        return Activity.NONE;
    }

    /** Called before the runner passes a batch to the tasker. The same thread closes the activity. */
    default Activity onBatch(TaskRunner runner, long session, List<?> tasks) {
        return Activity.NONE;
    }

    /**
     * Called before tasks begin for the first time since they were claimed.
     *
     * @param waits how long each of them has been due, as far as the queue knows
     */
    default void onBegin(TaskRunner runner, List<Duration> waits) {}

    /** Called after tasks have failed, each with its own cause. They are back in the queue, and are tried again later. */
    default void onFailed(TaskRunner runner, List<TaskFailure<?>> failures) {}

    /**
     * Called after tasks were given up, after their last attempt or by a {@link TaskGivenUpException}. {@link #onFailed} is not
     * called for them.
     */
    default void onGivenUp(TaskRunner runner, List<TaskFailure<?>> failures) {}

    /**
     * Called after a problem that no single task is known to have caused: the tasker has thrown an exception for a batch or has
     * returned a task that it was not given, or the queue could not be used.
     *
     * @param tasks the tasks that are affected; may be empty
     */
    default void onError(TaskRunner runner, List<?> tasks, Throwable failure) {}

    /** Called if another session took tasks before the queue recorded their outcome here. They may be done twice. */
    default void onLost(TaskRunner runner, List<?> tasks) {}

    /** A claim in progress, or the work on a batch. */
    interface Activity extends AutoCloseable {

        Activity NONE = new Activity() {};

        /** Called with the number of tasks that were claimed, or that are done. */
        default void succeeded(int tasks) {}

        /** Called if the claim or the work has failed. */
        default void failed(Throwable failure) {}

        @Override
        default void close() {}
    }
}
