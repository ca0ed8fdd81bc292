package io.github.dbleases.spring.tasks;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.postgres.tasks.TaskTable;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

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
     * @throws InvalidConfigurationException if a setting is missing or outside its limits
     */
    static RunnerDeclaration of(String name, DbLeasesProperties.Runner configured, boolean virtual) {
        requireFinish(name, configured);
        requireChannel(name, configured.channel());
        try {
            return new RunnerDeclaration(
                    config(name, configured, virtual),
                    table(configured),
                    tableSettings(configured),
                    configured.transactional());
        } catch (InvalidConfigurationException invalid) {
            String prefix = "dbleases.runners." + name;
            String properties = invalid.settings().stream()
                    .map(setting -> prefix + "." + DataObjectPropertyName.toDashedForm(setting))
                    .collect(Collectors.joining(", "));
            throw new InvalidConfigurationException(
                    "Of %s: %s".formatted(prefix, invalid.problem()),
                    "%s Change %s.".formatted(invalid.remedy(), properties));
        }
    }

    private static TaskRunnerConfig config(String name, DbLeasesProperties.Runner configured, boolean virtual) {
        TaskRunnerConfig.Builder config = TaskRunnerConfig.builder(name)
                .tasksPerSession(configured.tasksPerSession())
                .threads(configured.threads())
                .virtualThreads(virtual)
                .interval(configured.interval())
                .retryDelay(configured.retryDelay())
                .maxRetryDelay(configured.maxRetryDelay())
                .taskTimeout(configured.taskTimeout())
                .drainTimeout(configured.drainTimeout());
        if (configured.batchSize() != null) {
            config.batchSize(configured.batchSize());
        }
        return config.build();
    }

    private static @Nullable TaskTable table(DbLeasesProperties.Runner configured) {
        if (configured.table() == null || configured.finish() == null) {
            return null;
        }
        return TaskTable.builder(configured.table())
                .idColumn(configured.idColumn())
                .sessionColumn(configured.sessionColumn())
                .pending(configured.pending())
                .orderBy(configured.orderBy())
                .finish(configured.finish())
                .attemptsColumn(configured.attemptsColumn())
                .errorColumn(configured.errorColumn())
                .dueColumn(configured.dueColumn())
                .maxAttempts(configured.maxAttempts())
                .giveUp(configured.giveUp())
                .createdColumn(configured.createdColumn())
                .build();
    }

    private static void requireFinish(String name, DbLeasesProperties.Runner configured) {
        if (configured.table() != null && configured.finish() == null) {
            throw new InvalidConfigurationException(
                    "Runner '%s' has the table '%s', but no setting tells how a task is finished."
                            .formatted(name, configured.table()),
                    ("Set %1$s.finish to \"delete\", or to the assignment that marks the row of a finished task, for example "
                                    + "\"done_at = now()\", together with %1$s.pending, for example \"done_at IS NULL\".")
                            .formatted("dbleases.runners." + name));
        }
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
            throw new InvalidConfigurationException(
                    "dbleases.runners.%s.channel is '%s', which is longer than the %d bytes that a name may have in PostgreSQL."
                            .formatted(name, channel, LONGEST_NAME),
                    "Use a shorter name.");
        }
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
