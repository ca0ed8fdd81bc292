package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.postgres.tasks.TaskTable;
import io.github.dbleases.spring.tasks.RefusedTaskRunnerException;
import io.github.dbleases.spring.tasks.RunnerDeclaration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * A task runner. Names of tables and columns are taken as they are written, upper and lower case included; conditions and
 * assignments are SQL. A text that is blank counts as not set.
 *
 * @param enabled Whether the runner works. When false, its TaskRunner bean exists and claims nothing.
 * @param table Table of the tasks, with or without a schema and a dot before it. None if a TaskQueue bean gives the tasks.
 * @param idColumn Column that tells the tasks apart: the primary key or unique.
 * @param sessionColumn Column of type bigint, nullable, that holds the id of the session which holds the task.
 * @param pending Condition, in SQL, that holds for a task that is not finished. Not set if each row is one.
 * @param orderBy Columns, with commas between them, by which tasks are claimed. Not set if the order does not matter,
 *     which is faster.
 * @param finish What becomes of a finished task: "delete", or what is set in its row, in SQL.
 * @param tasksPerSession How many tasks this instance holds at most, 1 to 100,000.
 * @param batchSize How many tasks are handed to the tasker at once at most. The tasks per session divided by the
 *     threads by default.
 * @param interval How long the runner waits after it has found no task, within 10 %.
 * @param threads How many batches are worked on at once, 1 to 10,000. They are virtual threads with
 *     spring.threads.virtual.enabled.
 * @param transactional Whether the work of the tasker and the finish of its tasks commit together.
 * @param maxAttempts After how many failures a task is given up, which needs the attempts column; 0 for never.
 * @param giveUp What is set in the row of a task that is given up, in SQL. If not set, the row stays as it is, and is not
 *     claimed again because of its attempts.
 * @param attemptsColumn Column of a number, not null, that counts the failures of a task.
 * @param dueColumn Column of a timestamptz, not null, before whose time a task is not claimed. A failure sets it.
 * @param errorColumn Column of a text that holds the last failure of a task.
 * @param createdColumn Column of a time that tells since when a task waits, for the age of the oldest one.
 * @param retryDelay How long a task waits after its first failure, within 20 %; doubled with each further one.
 * @param maxRetryDelay How long a failed task waits at most.
 * @param taskTimeout How long a call of the tasker may take before it is reported and interrupted; 0 for no limit.
 * @param drainTimeout How long a shutdown waits for batches at work before it interrupts them.
 * @param channel Channel of PostgreSQL on which a notification wakes the runner.
 */
public record RunnerProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String table,
        @DefaultValue("id") String idColumn,
        @DefaultValue("session_id") String sessionColumn,
        @Nullable String pending,
        @Nullable String orderBy,
        @Nullable String finish,
        @DefaultValue("100") int tasksPerSession,
        @Nullable Integer batchSize,
        @DefaultValue("1s") Duration interval,
        @DefaultValue("1") int threads,
        @DefaultValue("false") boolean transactional,
        @DefaultValue("0") int maxAttempts,
        @Nullable String giveUp,
        @Nullable String attemptsColumn,
        @Nullable String dueColumn,
        @Nullable String errorColumn,
        @Nullable String createdColumn,
        @DefaultValue("1s") Duration retryDelay,
        @DefaultValue("1m") Duration maxRetryDelay,
        @DefaultValue("0s") Duration taskTimeout,
        @DefaultValue("20s") Duration drainTimeout,
        @Nullable String channel) {

    /** The longest name that PostgreSQL has, in bytes. */
    private static final int LONGEST_NAME = 63;

    public RunnerProperties {
        table = textOrNull(table);
        pending = textOrNull(pending);
        orderBy = textOrNull(orderBy);
        finish = textOrNull(finish);
        giveUp = textOrNull(giveUp);
        attemptsColumn = textOrNull(attemptsColumn);
        dueColumn = textOrNull(dueColumn);
        errorColumn = textOrNull(errorColumn);
        createdColumn = textOrNull(createdColumn);
        channel = textOrNull(channel);
    }

    /**
     * Returns what is declared.
     *
     * @param virtual whether the application uses virtual threads
     * @throws InvalidConfigurationException if something is outside its limits
     */
    RunnerDeclaration declaration(String name, boolean virtual) {
        requireChannel(name);
        try {
            return new RunnerDeclaration(
                    config(name, virtual), taskTable(name), tableSettings(), transactional, channel);
        } catch (InvalidConfigurationException invalid) {
            String properties = invalid.settings().stream()
                    .map(setting -> property(name) + "." + DataObjectPropertyName.toDashedForm(setting))
                    .collect(Collectors.joining(", "));
            throw new InvalidConfigurationException(
                    "Of %s: %s".formatted(property(name), invalid.problem()),
                    "%s Change %s.".formatted(invalid.remedy(), properties));
        }
    }

    private TaskRunnerConfig config(String name, boolean virtual) {
        TaskRunnerConfig.Builder config = TaskRunnerConfig.builder(name)
                .tasksPerSession(tasksPerSession)
                .threads(threads)
                .virtualThreads(virtual)
                .interval(interval)
                .retryDelay(retryDelay)
                .maxRetryDelay(maxRetryDelay)
                .taskTimeout(taskTimeout)
                .drainTimeout(drainTimeout);
        if (batchSize != null) {
            config.batchSize(batchSize);
        }
        return config.build();
    }

    private @Nullable TaskTable taskTable(String name) {
        if (table == null) {
            return null;
        }
        if (finish == null) {
            throw new RefusedTaskRunnerException(
                    "Runner '%s' has the table '%s', but nothing says what becomes of a finished task."
                            .formatted(name, table),
                    "Set %1$s.finish to \"delete\", or to what is set in the row of a finished task, for example "
                                    .formatted(property(name))
                            + "\"done_at = now()\", together with %1$s.pending, for example \"done_at IS NULL\"."
                                    .formatted(property(name)));
        }
        return TaskTable.builder(table)
                .idColumn(idColumn)
                .sessionColumn(sessionColumn)
                .pending(pending)
                .orderBy(orderBy)
                .finish(finish)
                .attemptsColumn(attemptsColumn)
                .errorColumn(errorColumn)
                .dueColumn(dueColumn)
                .maxAttempts(maxAttempts)
                .giveUp(giveUp)
                .createdColumn(createdColumn)
                .build();
    }

    /** The settings of the table that differ from their defaults. */
    private List<String> tableSettings() {
        Map<String, Boolean> settings = new LinkedHashMap<>();
        settings.put("table", table != null);
        settings.put("id-column", !idColumn.equals("id"));
        settings.put("session-column", !sessionColumn.equals("session_id"));
        settings.put("pending", pending != null);
        settings.put("order-by", orderBy != null);
        settings.put("finish", finish != null);
        settings.put("max-attempts", maxAttempts != 0);
        settings.put("give-up", giveUp != null);
        settings.put("attempts-column", attemptsColumn != null);
        settings.put("due-column", dueColumn != null);
        settings.put("error-column", errorColumn != null);
        settings.put("created-column", createdColumn != null);
        settings.values().removeIf(set -> !set);
        return List.copyOf(settings.keySet());
    }

    private void requireChannel(String name) {
        if (channel != null && channel.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            throw new InvalidConfigurationException(
                    "%s.channel is '%s', which is longer than the %d bytes that a name may have in PostgreSQL."
                            .formatted(property(name), channel, LONGEST_NAME),
                    "Use a shorter name.");
        }
    }

    private static String property(String name) {
        return "dbleases.runners." + name;
    }

    private static @Nullable String textOrNull(@Nullable String value) {
        return StringUtils.hasText(value) ? value : null;
    }
}
