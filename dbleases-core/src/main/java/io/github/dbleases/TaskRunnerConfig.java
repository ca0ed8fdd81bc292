package io.github.dbleases;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a task runner. Most applications set them with {@link TaskRunner#builder}.
 *
 * <p>A failed task waits for {@code retryDelay} after its first failure. The delay doubles with each further failure, up to
 * {@code maxRetryDelay}, and is jittered by 20 %. Each task has its own delay.
 *
 * @param name the name under which the runners of all instances share the tasks; a lease name
 * @param tasksPerSession the maximum number of tasks that the runner holds, 1 to 100,000
 * @param batchSize the maximum number of tasks in one call of the tasker, 1 to {@code tasksPerSession}
 * @param threads the number of batches in progress at once, 1 to 10,000
 * @param virtualThreads whether virtual threads work on the batches, which requires Java 21
 * @param interval how long the runner waits after it has found no task, 1 ms to 24 h; jittered by 10 % so that runners don't
 *     claim at the same time
 * @param retryDelay how long a task waits after its first failure, 1 ms to 24 h
 * @param maxRetryDelay the maximum time that a failed task waits, {@code retryDelay} to 24 h
 * @param taskTimeout how long a call of the tasker may take before it is reported and interrupted; 0 for no limit, up to 24 h
 * @param drainTimeout how long {@link TaskRunner#stop()} waits for batches in progress; 0 to 24 h
 */
public record TaskRunnerConfig(
        String name,
        int tasksPerSession,
        int batchSize,
        int threads,
        boolean virtualThreads,
        Duration interval,
        Duration retryDelay,
        Duration maxRetryDelay,
        Duration taskTimeout,
        Duration drainTimeout) {

    private static final int MOST_TASKS = 100_000;
    private static final int MOST_THREADS = 10_000;
    private static final Duration SHORTEST = Duration.ofMillis(1);

    public TaskRunnerConfig {
        LeaseSpec.tasks(name);
        requireInRange("tasksPerSession", tasksPerSession, MOST_TASKS);
        requireInRange("batchSize", batchSize, tasksPerSession);
        requireInRange("threads", threads, MOST_THREADS);
        Timing.requireInRange("interval", interval, SHORTEST);
        Timing.requireInRange("retryDelay", retryDelay, SHORTEST);
        Timing.requireInRange("maxRetryDelay", maxRetryDelay, retryDelay);
        Timing.requireInRange("taskTimeout", taskTimeout, Duration.ZERO);
        Timing.requireInRange("drainTimeout", drainTimeout, Duration.ZERO);
    }

    /** Returns the defaults, see {@link Builder}. */
    public static TaskRunnerConfig of(String name) {
        return builder(name).build();
    }

    /**
     * Returns a builder with the default settings.
     *
     * @param name the name under which the runners of all instances share the tasks; a lease name
     */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Returns a builder that has these settings. */
    public Builder toBuilder() {
        return new Builder(name)
                .tasksPerSession(tasksPerSession)
                .batchSize(batchSize)
                .threads(threads)
                .virtualThreads(virtualThreads)
                .interval(interval)
                .retryDelay(retryDelay)
                .maxRetryDelay(maxRetryDelay)
                .taskTimeout(taskTimeout)
                .drainTimeout(drainTimeout);
    }

    private static void requireInRange(String setting, int value, int most) {
        if (value < 1 || value > most) {
            throw new InvalidConfigurationException(
                    String.format(Locale.ROOT, "%s is %d, but must be 1 to %,d.", setting, value, most),
                    "Set another %s.".formatted(setting),
                    setting);
        }
    }

    /** Builds a {@link TaskRunnerConfig}. Not safe for use by several threads. */
    public static final class Builder {

        private final String name;
        private int tasksPerSession = 100;
        private @Nullable Integer batchSize;
        private int threads = 1;
        private boolean virtualThreads;
        private Duration interval = Duration.ofSeconds(1);
        private Duration retryDelay = Duration.ofSeconds(1);
        private Duration maxRetryDelay = Duration.ofMinutes(1);
        private Duration taskTimeout = Duration.ZERO;
        private Duration drainTimeout = Duration.ofSeconds(20);

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /** Sets the maximum number of tasks that the runner holds, 1 to 100,000. Default: 100. */
        public Builder tasksPerSession(int tasksPerSession) {
            this.tasksPerSession = tasksPerSession;
            return this;
        }

        /**
         * Sets the maximum number of tasks in one call of the tasker, 1 to {@code tasksPerSession}. Default:
         * {@code tasksPerSession} divided by {@code threads}, rounded up.
         */
        public Builder batchSize(int batchSize) {
            this.batchSize = batchSize;
            return this;
        }

        /** Sets the number of batches in progress at once, 1 to 10,000. Default: 1. */
        public Builder threads(int threads) {
            this.threads = threads;
            return this;
        }

        /** Sets whether virtual threads work on the batches, which requires Java 21. Default: false. */
        public Builder virtualThreads(boolean virtualThreads) {
            this.virtualThreads = virtualThreads;
            return this;
        }

        /** Sets how long the runner waits after it has found no task, 1 ms to 24 h. Default: 1 s. */
        public Builder interval(Duration interval) {
            this.interval = Objects.requireNonNull(interval, "interval");
            return this;
        }

        /** Sets how long a task waits after its first failure, 1 ms to 24 h. Default: 1 s. */
        public Builder retryDelay(Duration retryDelay) {
            this.retryDelay = Objects.requireNonNull(retryDelay, "retryDelay");
            return this;
        }

        /** Sets the maximum time that a failed task waits, {@code retryDelay} to 24 h. Default: 1 min. */
        public Builder maxRetryDelay(Duration maxRetryDelay) {
            this.maxRetryDelay = Objects.requireNonNull(maxRetryDelay, "maxRetryDelay");
            return this;
        }

        /** Sets how long a call of the tasker may take before it is interrupted, up to 24 h. Default: 0, no limit. */
        public Builder taskTimeout(Duration taskTimeout) {
            this.taskTimeout = Objects.requireNonNull(taskTimeout, "taskTimeout");
            return this;
        }

        /** Sets how long {@link TaskRunner#stop()} waits for batches in progress, 0 to 24 h. Default: 20 s. */
        public Builder drainTimeout(Duration drainTimeout) {
            this.drainTimeout = Objects.requireNonNull(drainTimeout, "drainTimeout");
            return this;
        }

        /**
         * Builds the settings.
         *
         * @throws InvalidConfigurationException if a setting is outside its limits
         * @throws InvalidLeaseException if the name is not a valid lease name
         */
        public TaskRunnerConfig build() {
            int batch = batchSize != null ? batchSize : defaultBatchSize();
            return new TaskRunnerConfig(
                    name,
                    tasksPerSession,
                    batch,
                    threads,
                    virtualThreads,
                    interval,
                    retryDelay,
                    maxRetryDelay,
                    taskTimeout,
                    drainTimeout);
        }

        private int defaultBatchSize() {
            int workers = Math.max(1, threads);
            return Math.max(1, (int) (((long) tasksPerSession + workers - 1) / workers));
        }
    }
}
