package io.github.dbleases.internal.tasks;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.spi.tasks.TaskWork;

/** Creates task runners. */
public final class TaskRunners {

    private TaskRunners() {}

    /**
     * Makes a runner that is yet to be started.
     *
     * @param client under whose session the tasks are held
     * @param work what the runner works on
     * @param listener is told what it does; {@link TaskRunnerListener#NONE} if nobody is to be
     */
    public static <T> TaskRunner create(
            TaskRunnerConfig config, LeaseClient client, TaskWork<T> work, TaskRunnerListener listener) {
        return new DefaultTaskRunner<>(config, client::taskSession, work, listener, Clock.SYSTEM);
    }
}
