package io.github.dbleases.internal.tasks;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskQueue;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskWork;

/** Creates task runners, for {@link TaskRunner#builder} and the Spring module. */
public final class TaskRunners {

    private TaskRunners() {}

    /**
     * Makes a runner that has not started.
     *
     * @param client under whose session the tasks are held
     * @param work what the runner works on
     * @param listener learns what the runner does; {@link TaskRunnerListener#NONE} for none
     * @throws IllegalArgumentException if the client was not made by this library
     */
    public static <T> TaskRunner create(
            TaskRunnerConfig config, LeaseClient client, TaskWork<T> work, TaskRunnerListener listener) {
        return new DefaultTaskRunner<>(
                config, InternalLeaseClient.of(client)::taskSession, work, listener, Clock.SYSTEM);
    }

    /** Returns a channel to a queue of the application, whose tasks are compared by {@code equals}. */
    public static <T> TaskChannel<T> channel(TaskQueue<T> queue) {
        return new TaskQueueChannel<>(queue);
    }
}
