package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskQueue;
import io.github.dbleases.spi.tasks.TaskChannel;

/** Makes a user's queue what a runner can work with. */
public final class TaskQueues {

    private TaskQueues() {}

    /** Makes a line of a queue: its tasks are told apart by {@code equals}. */
    public static <T> TaskChannel<T> line(TaskQueue<T> queue) {
        return new TaskQueueChannel<>(queue);
    }
}
