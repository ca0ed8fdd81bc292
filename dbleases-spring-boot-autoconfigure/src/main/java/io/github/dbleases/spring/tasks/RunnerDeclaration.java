package io.github.dbleases.spring.tasks;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.postgres.tasks.TaskTable;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a runner.
 *
 * @param table the table of its tasks, or null if a queue bean gives them
 * @param tableSettings the properties of a table that are set, without their prefix
 * @param transactional whether the work and the finish of tasks commit together
 */
record RunnerDeclaration(
        TaskRunnerConfig config, @Nullable TaskTable table, List<String> tableSettings, boolean transactional) {

    /** The longest name that PostgreSQL allows, in bytes. */
    private static final int LONGEST_NAME = 63;

    /**
     * Reads the configuration of a runner.
     *
     * @param virtual whether the application uses virtual threads
     * @throws InvalidConfigurationException if a setting is outside its limits
     * @throws RefusedTaskRunnerException if a setting is missing
     */
    static RunnerDeclaration of(String name, DbLeasesProperties.Runner configured, boolean virtual) {
        requireChannel(name, configured.channel());
        int tasks = configured.tasksPerSession();
        int threads = configured.threads();
        Integer batchSize = configured.batchSize();
        int batch = batchSize != null ? batchSize : Math.max(1, (tasks + threads - 1) / Math.max(1, threads));
        try {
            TaskRunnerConfig config = new TaskRunnerConfig(
                    name,
                    tasks,
                    batch,
                    threads,
                    virtual,
                    configured.interval(),
                    new TaskRunnerConfig.Retry(configured.retryDelay(), configured.maxRetryDelay()),
                    configured.taskTimeout(),
                    configured.drainTimeout());
            return new RunnerDeclaration(
                    config, table(name, configured), tableSettings(configured), configured.transactional());
        } catch (InvalidConfigurationException invalid) {
            throw invalid(name, invalid.getMessage());
        }
    }

    private static @Nullable TaskTable table(String name, DbLeasesProperties.Runner configured) {
        if (configured.table() == null) {
            return null;
        }
        if (configured.finish() == null) {
            String prefix = "dbleases.runners." + name;
            throw new RefusedTaskRunnerException(
                    "Runner '%s' has the table '%s', but no setting tells how a task is finished."
                            .formatted(name, configured.table()),
                    ("Set %1$s.finish to \"delete\", or to the assignment that marks the row of a finished task, for example "
                                    + "\"done_at = now()\", together with %1$s.pending, for example \"done_at IS NULL\".")
                            .formatted(prefix));
        }
        return new TaskTable(
                configured.table(),
                configured.idColumn(),
                configured.sessionColumn(),
                configured.pending(),
                configured.orderBy(),
                configured.finish(),
                new TaskTable.Failures(
                        configured.attemptsColumn(),
                        configured.errorColumn(),
                        configured.dueColumn(),
                        configured.maxAttempts(),
                        configured.giveUp()),
                configured.createdColumn());
    }

    /** Returns the settings of a table that differ from their defaults. */
    private static List<String> tableSettings(DbLeasesProperties.Runner configured) {
        Map<String, Boolean> settings = new LinkedHashMap<>();
        settings.put("table", configured.table() != null);
        settings.put("id-column", !configured.idColumn().equals("id"));
        settings.put("session-column", !configured.sessionColumn().equals("session_id"));
        settings.put("pending", configured.pending() != null);
        settings.put("order-by", configured.orderBy() != null);
        settings.put("finish", configured.finish() != null);
        settings.put("max-attempts", configured.maxAttempts() != 0);
        settings.put("give-up", configured.giveUp() != null);
        settings.put("attempts-column", configured.attemptsColumn() != null);
        settings.put("due-column", configured.dueColumn() != null);
        settings.put("error-column", configured.errorColumn() != null);
        settings.put("created-column", configured.createdColumn() != null);
        settings.values().removeIf(set -> !set);
        return List.copyOf(settings.keySet());
    }

    private static void requireChannel(String name, @Nullable String channel) {
        if (channel != null && channel.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            throw invalid(
                    name,
                    "channel is '%s', which is longer than the %d bytes that a name may have in PostgreSQL: use a shorter one."
                            .formatted(channel, LONGEST_NAME));
        }
    }

    private static InvalidConfigurationException invalid(String name, @Nullable String problem) {
        return new InvalidConfigurationException("Of dbleases.runners.%s, %s".formatted(name, problem));
    }

    /** Returns the name of the runner. */
    String name() {
        return config.name();
    }

    /** Returns the name of one of its properties. */
    String property(String setting) {
        return "dbleases.runners." + name() + "." + setting;
    }
}
