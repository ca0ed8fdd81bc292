package io.github.dbleases.spi.tasks;

import io.github.dbleases.Tasker;
import org.jspecify.annotations.Nullable;

/**
 * The work of a runner.
 *
 * @param channel the channel to the queue of the tasks
 * @param tasker performs the tasks
 * @param transactions runs the tasker and the finish of its tasks in one transaction; null for a runner without transactions
 * @param <T> the type of a task in the application
 */
public record TaskWork<T>(
        TaskChannel<T> channel, Tasker<T> tasker, @Nullable TaskTransactions transactions) {}
