package io.github.dbleases;

import java.time.Duration;
import java.util.Objects;

/**
 * The settings of a task runner.
 *
 * @param name the name under which the runners of all instances share the tasks; a lease name
 * @param tasksPerSession how many tasks the runner holds at most, 1 to 100,000
 * @param batchSize how many tasks are handed to the tasker at once at most, 1 to {@code tasksPerSession}
 * @param threads how many batches are worked on at once, 1 to 10,000
 * @param virtualThreads whether the batches are worked on by virtual threads (from Java 21 on; before it, by platform
 *     threads)
 * @param interval how long the runner waits after it has found no task, within 10 % so that runners do not go in step; 1 ms
 *     to 24 h
 * @param retry how long a failed task waits for another attempt
 * @param taskTimeout how long a call of the tasker may take before it is reported and interrupted; 0 for no limit, up to 24 h
 * @param drainTimeout how long {@link TaskRunner#stop()} waits for batches at work; 0 to 24 h
 */
public record TaskRunnerConfig(
        String name,
        int tasksPerSession,
        int batchSize,
        int threads,
        boolean virtualThreads,
        Duration interval,
        Retry retry,
        Duration taskTimeout,
        Duration drainTimeout) {

    private static final int MOST_TASKS = 100_000;
    private static final int MOST_THREADS = 10_000;

    public TaskRunnerConfig {
        new LeaseSpec(name, LeaseKind.TASKS, 0);
        requireInRange("tasks-per-session", tasksPerSession, MOST_TASKS);
        requireInRange("batch-size", batchSize, tasksPerSession);
        requireInRange("threads", threads, MOST_THREADS);
        Timing.requireInRange("interval", interval, Duration.ofMillis(1));
        Objects.requireNonNull(retry, "retry");
        Timing.requireInRange("task-timeout", taskTimeout, Duration.ZERO);
        Timing.requireInRange("drain-timeout", drainTimeout, Duration.ZERO);
    }

    /** The defaults: 100 tasks in one batch, one platform thread, an interval of 1 s, no task timeout, a drain timeout of 20 s. */
    public static TaskRunnerConfig of(String name) {
        return new TaskRunnerConfig(
                name, 100, 100, 1, false, Duration.ofSeconds(1), Retry.DEFAULT, Duration.ZERO, Duration.ofSeconds(20));
    }

    public TaskRunnerConfig withTasks(int tasksPerSession, int batchSize) {
        return new TaskRunnerConfig(
                name, tasksPerSession, batchSize, threads, virtualThreads, interval, retry, taskTimeout, drainTimeout);
    }

    public TaskRunnerConfig withThreads(int threads, boolean virtualThreads) {
        return new TaskRunnerConfig(
                name, tasksPerSession, batchSize, threads, virtualThreads, interval, retry, taskTimeout, drainTimeout);
    }

    public TaskRunnerConfig withInterval(Duration interval) {
        return new TaskRunnerConfig(
                name, tasksPerSession, batchSize, threads, virtualThreads, interval, retry, taskTimeout, drainTimeout);
    }

    public TaskRunnerConfig withRetry(Retry retry) {
        return new TaskRunnerConfig(
                name, tasksPerSession, batchSize, threads, virtualThreads, interval, retry, taskTimeout, drainTimeout);
    }

    public TaskRunnerConfig withTaskTimeout(Duration taskTimeout) {
        return new TaskRunnerConfig(
                name, tasksPerSession, batchSize, threads, virtualThreads, interval, retry, taskTimeout, drainTimeout);
    }

    public TaskRunnerConfig withDrainTimeout(Duration drainTimeout) {
        return new TaskRunnerConfig(
                name, tasksPerSession, batchSize, threads, virtualThreads, interval, retry, taskTimeout, drainTimeout);
    }

    private static void requireInRange(String property, int value, int most) {
        if (value < 1 || value > most) {
            throw new InvalidConfigurationException(
                    "%s is %d, but must be 1 to %d: set another one.".formatted(property, value, most));
        }
    }

    /**
     * How long a failed task waits: {@code first} after its first failure, twice as long after each further one, and {@code
     * longest} at most, each within 20 %. Each task has a delay of its own.
     */
    public record Retry(Duration first, Duration longest) {

        /** 1 s, 1 min. */
        public static final Retry DEFAULT = new Retry(Duration.ofSeconds(1), Duration.ofMinutes(1));

        public Retry {
            Timing.requireInRange("retry-delay", first, Duration.ofMillis(1));
            Timing.requireInRange("max-retry-delay", longest, first);
        }
    }
}
