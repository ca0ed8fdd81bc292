package io.github.dbleases.tasks;

/**
 * A task on which the work has failed once more.
 *
 * @param claimed the task
 * @param failure why
 * @param <T> what a task is for the application
 */
public record FailedTask<T>(ClaimedTask<T> claimed, Throwable failure) {}
