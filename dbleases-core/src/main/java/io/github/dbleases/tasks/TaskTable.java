package io.github.dbleases.tasks;

import org.jspecify.annotations.Nullable;

/**
 * A table of tasks. Names are taken as they are written, upper and lower case included; they are quoted in SQL. Conditions
 * and assignments are SQL and must come from who configures the application, never from its users.
 *
 * @param name the name of the table, with or without a schema and a dot before it
 * @param idColumn the column that tells rows apart: the primary key or unique
 * @param sessionColumn the column, of type bigint and nullable, that holds the id of the session that holds the task
 * @param pending the condition that holds for a task that is not finished; null if a row of the table always is one
 * @param orderBy columns with commas between them, each with {@code asc} or {@code desc} if need be: tasks are claimed in
 *     this order. Null if the order does not matter, which is faster; then it is about that of the ids
 * @param finish {@code delete}, or what is set when a task is finished, such as {@code sent_at = now()}
 * @param attempts how failures are counted
 * @param createdColumn the column that tells since when a task waits, or null
 */
public record TaskTable(
        String name,
        String idColumn,
        String sessionColumn,
        @Nullable String pending,
        @Nullable String orderBy,
        String finish,
        Attempts attempts,
        @Nullable String createdColumn) {

    /**
     * How failures are counted.
     *
     * @param column the column that counts the failures of a task, or null
     * @param errorColumn the column that holds the last failure of a task, or null
     * @param max after how many failures a task is put aside; 0 if never. Needs {@code column}
     */
    public record Attempts(
            @Nullable String column, @Nullable String errorColumn, int max) {

        /** Failures are not counted, and tasks are tried again for ever. */
        public static final Attempts UNCOUNTED = new Attempts(null, null, 0);
    }
}
