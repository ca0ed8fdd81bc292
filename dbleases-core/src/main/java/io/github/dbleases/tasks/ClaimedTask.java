package io.github.dbleases.tasks;

/**
 * A task that a session holds.
 *
 * @param id what tells it from others in its queue
 * @param task what it is for the application
 * @param <T> what a task is for the application
 */
public record ClaimedTask<T>(Object id, T task) {}
