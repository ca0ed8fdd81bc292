package io.github.dbleases.spring.tasks;

import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.postgres.tasks.TaskTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is configured for a runner.
 *
 * @param table where its tasks are, or null
 * @param tableSettings the properties that are set of a table, without their prefix
 * @param transactional whether the work and the finish of tasks commit together
 * @param channel the channel on which a notification wakes it, or null
 */
public record RunnerDeclaration(
        TaskRunnerConfig config,
        @Nullable TaskTable table,
        List<String> tableSettings,
        boolean transactional,
        @Nullable String channel) {

    public RunnerDeclaration {
        tableSettings = List.copyOf(tableSettings);
    }

    /** Returns the name of the runner. */
    public String name() {
        return config.name();
    }

    /** Returns the name of one of its properties. */
    public String property(String setting) {
        return "dbleases.runners." + name() + "." + setting;
    }
}
