package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskQueue;
import io.github.dbleases.tasks.TaskLine;

/** Makes a user's queue what a runner can work with. */
public final class TaskQueues {

    private TaskQueues() {}

    /** Makes a line of a queue: its tasks are told apart by {@code equals}. */
    public static <T> TaskLine<T> line(TaskQueue<T> queue) {
        return new TaskQueueLine<>(queue);
    }
}
