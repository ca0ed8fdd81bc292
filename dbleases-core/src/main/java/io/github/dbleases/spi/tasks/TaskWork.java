package io.github.dbleases.spi.tasks;

import io.github.dbleases.Tasker;
import org.jspecify.annotations.Nullable;

/**
 * What a runner works on.
 *
 * @param line where its tasks come from
 * @param tasker what works on them
 * @param transactions what runs the tasker and the finish of its tasks in one transaction; null if they are not
 *     transactional
 * @param <T> what a task is for the application
 */
public record TaskWork<T>(
        TaskChannel<T> line, Tasker<T> tasker, @Nullable TaskTransactions transactions) {}
