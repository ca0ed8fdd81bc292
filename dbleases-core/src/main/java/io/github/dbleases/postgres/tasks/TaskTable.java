package io.github.dbleases.postgres.tasks;

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
 * @param failures what a failure leaves in the row
 * @param createdColumn the column that tells since when a task waits, or null
 */
public record TaskTable(
        String name,
        String idColumn,
        String sessionColumn,
        @Nullable String pending,
        @Nullable String orderBy,
        String finish,
        Failures failures,
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
     * What a failure leaves in the row of its task.
     *
     * @param attemptsColumn the integer column that counts the failures of a task, not null; or null for none
     * @param errorColumn the text column that holds the last failure of a task, or null for none
     * @param dueColumn the timestamp column before whose time a task is not claimed, not null; or null for none
     * @param maxAttempts after how many failures a task is given up; 0 if never. Needs {@code attemptsColumn}
     * @param giveUp what is set when a task is given up, such as {@code status = 'dead'}; after that {@code pending} must not
     *     hold any more. Null to leave the row as it is: it stays pending, and is not claimed again because of its attempts
     */
    public record Failures(
            @Nullable String attemptsColumn,
            @Nullable String errorColumn,
            @Nullable String dueColumn,
            int maxAttempts,
            @Nullable String giveUp) {

        /** A failure leaves nothing in the row, and tasks are tried forever. */
        public static final Failures UNRECORDED = new Failures(null, null, null, 0, null);

        public Failures {
            if (attemptsColumn != null) {
                Identifiers.requireName("attempts-column", attemptsColumn);
            }
            if (errorColumn != null) {
                Identifiers.requireName("error-column", errorColumn);
            }
            if (dueColumn != null) {
                Identifiers.requireName("due-column", dueColumn);
            }
            requireSql("give-up", giveUp, "leave it out, or set what to set in the row of a task that is given up");
            if (maxAttempts < 0) {
                throw new InvalidConfigurationException(
                        "max-attempts is %d, but must be 0 (tasks are tried forever) or more.".formatted(maxAttempts));
            }
            if (maxAttempts > 0 && attemptsColumn == null) {
                throw new InvalidConfigurationException(
                        "max-attempts is %d, but no attempts-column counts them: set attempts-column to an integer column."
                                .formatted(maxAttempts));
            }
        }

        /** Returns whether the table can keep a task from being claimed again. */
        boolean canGiveUp() {
            return giveUp != null || maxAttempts > 0;
        }
    }
}
