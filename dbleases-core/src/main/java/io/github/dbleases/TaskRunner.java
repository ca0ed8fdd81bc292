package io.github.dbleases;

import io.github.dbleases.internal.tasks.TaskRunners;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskTransactions;
import io.github.dbleases.spi.tasks.TaskWork;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Claims tasks from a queue and passes them to a {@link Tasker}. The runners with the same name in all instances share the
 * tasks. All methods may be called from any thread.
 *
 * <pre>{@code
 * TaskRunner runner = TaskRunner.builder(client, "emails", queue, Tasker.each(this::send)).threads(4).build();
 * runner.start();
 * }</pre>
 *
 * <p>A runner never stops by itself. Exceptions of its tasker and problems with its queue are reported, and the runner
 * continues.
 */
public interface TaskRunner {

    /**
     * Returns a builder for a runner that takes its tasks from a queue of the application.
     *
     * @param client the client under whose session the tasks are held, as {@link LeaseClient#builder} has built it
     * @param name the name under which the runners of all instances share the tasks; a lease name
     * @param <T> the type of a task in the application
     */
    static <T> Builder<T> builder(LeaseClient client, String name, TaskQueue<T> queue, Tasker<T> tasker) {
        return new Builder<>(client, name, TaskRunners.channel(queue), tasker);
    }

    /**
     * Returns a builder for a runner that takes its tasks from a channel, for example a {@code JdbcTaskChannel} to a table.
     *
     * @param client the client under whose session the tasks are held, as {@link LeaseClient#builder} has built it
     * @param name the name under which the runners of all instances share the tasks; a lease name
     * @param <T> the type of a task in the application
     */
    static <T> Builder<T> builder(LeaseClient client, String name, TaskChannel<T> channel, Tasker<T> tasker) {
        return new Builder<>(client, name, channel, tasker);
    }

    /** Returns the name under which the runners of all instances share the tasks. */
    String name();

    /**
     * Starts to claim tasks and to work on them. Starting a running runner has no effect.
     *
     * @throws InvalidTaskTableException if the table of the tasks cannot be used
     */
    void start();

    /**
     * Stops claiming, waits up to the drain timeout for the batches in progress, finishes the tasks that they complete, and
     * releases the others. After the drain timeout, batches in progress are interrupted, and their tasks become free when the
     * session ends. Stopping a stopped runner has no effect. If a tasker stops its own runner, this method does not wait.
     */
    void stop();

    /** Looks for tasks now instead of at the end of the interval. */
    void wake();

    /**
     * Waits until no task can be claimed and this runner holds none. This is useful in tests, and in jobs that end when the
     * work is done. It does not wait for tasks that are due later or that other instances hold.
     *
     * @return false if the time has passed, or immediately if the runner does not run
     */
    boolean drain(Duration atMost) throws InterruptedException;

    /** Returns whether the runner was started and has not been stopped. */
    boolean isRunning();

    /** Returns what this runner does and has done. It is available even if the queue does not answer. */
    TaskRunnerStatus status();

    /**
     * Asks the queue how long the oldest task that is due has been waiting. The result is empty if there is none, or if the
     * queue does not know.
     *
     * @throws TaskQueueException if the queue does not answer
     */
    Optional<Duration> oldestPending();

    /**
     * Sets up a {@link TaskRunner}. Each setting has a default. Not safe for use by several threads.
     *
     * @param <T> the type of a task in the application
     */
    final class Builder<T> {

        private final LeaseClient client;
        private final TaskChannel<T> channel;
        private final Tasker<T> tasker;
        private final TaskRunnerConfig.Builder config;
        private @Nullable TaskTransactions transactions;
        private TaskRunnerListener listener = TaskRunnerListener.NONE;

        private Builder(LeaseClient client, String name, TaskChannel<T> channel, Tasker<T> tasker) {
            this.client = Objects.requireNonNull(client, "client");
            this.channel = Objects.requireNonNull(channel, "channel");
            this.tasker = Objects.requireNonNull(tasker, "tasker");
            this.config = TaskRunnerConfig.builder(name);
        }

        /** Sets the maximum number of tasks that the runner holds, 1 to 100,000. Default: 100. */
        public Builder<T> tasksPerSession(int tasksPerSession) {
            config.tasksPerSession(tasksPerSession);
            return this;
        }

        /**
         * Sets the maximum number of tasks in one call of the tasker, 1 to {@code tasksPerSession}. Default:
         * {@code tasksPerSession} divided by {@code threads}, rounded up.
         */
        public Builder<T> batchSize(int batchSize) {
            config.batchSize(batchSize);
            return this;
        }

        /** Sets the number of batches in progress at once, 1 to 10,000. Default: 1. */
        public Builder<T> threads(int threads) {
            config.threads(threads);
            return this;
        }

        /** Sets whether virtual threads work on the batches, which requires Java 21. Default: false. */
        public Builder<T> virtualThreads(boolean virtualThreads) {
            config.virtualThreads(virtualThreads);
            return this;
        }

        /** Sets how long the runner waits after it has found no task, 1 ms to 24 h. Default: 1 s. */
        public Builder<T> interval(Duration interval) {
            config.interval(interval);
            return this;
        }

        /** Sets how long a task waits after its first failure, 1 ms to 24 h. Default: 1 s. */
        public Builder<T> retryDelay(Duration retryDelay) {
            config.retryDelay(retryDelay);
            return this;
        }

        /** Sets the maximum time that a failed task waits, {@code retryDelay} to 24 h. Default: 1 min. */
        public Builder<T> maxRetryDelay(Duration maxRetryDelay) {
            config.maxRetryDelay(maxRetryDelay);
            return this;
        }

        /** Sets how long a call of the tasker may take before it is interrupted, up to 24 h. Default: 0, no limit. */
        public Builder<T> taskTimeout(Duration taskTimeout) {
            config.taskTimeout(taskTimeout);
            return this;
        }

        /** Sets how long {@link #stop()} waits for batches in progress, 0 to 24 h. Default: 20 s. */
        public Builder<T> drainTimeout(Duration drainTimeout) {
            config.drainTimeout(drainTimeout);
            return this;
        }

        /** Runs the tasker and the finish of its tasks in one transaction. Default: they don't share a transaction. */
        public Builder<T> transactions(TaskTransactions transactions) {
            this.transactions = Objects.requireNonNull(transactions, "transactions");
            return this;
        }

        /** Sets a listener for what the runner does. Default: none. */
        public Builder<T> listener(TaskRunnerListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Builds a runner that has not started.
         *
         * @throws InvalidConfigurationException if a setting is outside its limits
         * @throws InvalidLeaseException if the name is not a valid lease name
         * @throws IllegalArgumentException if the client was not started by {@link LeaseClient#builder}
         */
        public TaskRunner build() {
            return TaskRunners.create(config.build(), client, new TaskWork<>(channel, tasker, transactions), listener);
        }
    }
}
