package io.github.dbleases.tasks.jdbc;

import io.github.dbleases.InvalidConfigurationException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of tasks. Names are taken as they are written, upper and lower case included; they are quoted in SQL. Conditions
 * and assignments are SQL and must come from who configures the application, never from its users.
 *
 * @param name the name of the table, with or without a schema and a dot before it
 * @param idColumn the column that tells rows apart: the primary key, or unique and never null
 * @param sessionColumn the column, of type bigint and nullable, that holds the id of the session that holds the task
 * @param pending the condition that holds for a task that is not finished; null if a row of the table always is one
 * @param orderBy columns with commas between them, each with {@code asc} or {@code desc} and {@code nulls first} or
 *     {@code nulls last} if need be, and in double quotes if it holds more than letters: tasks are claimed in this order.
 *     Null if the order does not matter, which is faster; then it is about that of the ids
 * @param finish {@code delete}, or what is set when a task is finished, such as {@code sent_at = now()}; after that
 *     {@code pending} must not hold any more
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

    private static final String DELETE = "delete";

    public TaskTable {
        Identifiers.TableName table = Identifiers.TableName.of(name);
        if (table.schema() != null) {
            Identifiers.requireName("the schema in table", table.schema());
        }
        Identifiers.requireName("table", table.table());
        Identifiers.requireName("id-column", idColumn);
        Identifiers.requireName("session-column", sessionColumn);
        requireSql("pending", pending, "leave it out if each row of the table is pending");
        requireSql("order-by", orderBy, "leave it out if the order does not matter");
        requireSql("finish", finish, "set delete, or what to set in a finished row");
        if (orderBy != null) {
            Identifiers.orders(orderBy);
        }
        if (createdColumn != null) {
            Identifiers.requireName("created-column", createdColumn);
        }
        if (pending == null && !DELETE.equalsIgnoreCase(finish.strip())) {
            throw new InvalidConfigurationException(
                    ("finish is '%s' and pending is not set, so that a finished task would be claimed again: set pending to "
                                    + "a condition that no longer holds then, or finish to delete.")
                            .formatted(finish));
        }
    }

    /** Returns whether a finished task is deleted. */
    boolean deletes() {
        return DELETE.equalsIgnoreCase(finish.strip());
    }

    /** Returns in what order tasks are claimed, empty if it does not matter. */
    List<Identifiers.Order> orders() {
        return orderBy == null ? List.of() : Identifiers.orders(orderBy);
    }

    private static void requireSql(String property, @Nullable String sql, String remedy) {
        if (sql == null) {
            return;
        }
        if (sql.isBlank()) {
            throw new InvalidConfigurationException("%s is blank: %s.".formatted(property, remedy));
        }
        // The driver would take it for a parameter.
        if (sql.contains("?")) {
            throw new InvalidConfigurationException(
                    "%s is '%s', but must not contain a question mark: write an operator as a function."
                            .formatted(property, sql));
        }
    }

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

        public Attempts {
            if (column != null) {
                Identifiers.requireName("attempts-column", column);
            }
            if (errorColumn != null) {
                Identifiers.requireName("error-column", errorColumn);
            }
            if (max < 0) {
                throw new InvalidConfigurationException(
                        "max-attempts is %d, but must be 0 (tasks are tried for ever) or more.".formatted(max));
            }
            if (max > 0 && column == null) {
                throw new InvalidConfigurationException(
                        "max-attempts is %d, but no attempts-column counts them: set attempts-column to an integer column."
                                .formatted(max));
            }
        }

        /** Returns whether a failure leaves a trace in the row. */
        boolean noted() {
            return column != null || errorColumn != null;
        }
    }
}
