package io.github.dbleases.tasks;

import io.github.dbleases.TaskQueue;

/** Makes a user's queue what a runner can work with. */
public final class TaskQueues {

    private TaskQueues() {}

    /** Makes a line of a queue: its tasks are told apart by {@code equals}. */
    public static <T> TaskLine<T> line(TaskQueue<T> queue) {
        return new TaskQueueLine<>(queue);
    }
}
