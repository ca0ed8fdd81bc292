package io.github.dbleases.postgres.tasks;

import io.github.dbleases.InvalidConfigurationException;
import java.util.List;
import java.util.Objects;
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
        Identifiers.requireName("idColumn", idColumn);
        Identifiers.requireName("sessionColumn", sessionColumn);
        requireSql("pending", pending, "Leave it out if each row of the table is pending.");
        requireSql("orderBy", orderBy, "Leave it out if the order does not matter.");
        requireSql("finish", finish, "Set it to delete, or to what is set in the row of a finished task.");
        if (orderBy != null) {
            Identifiers.orders(orderBy);
        }
        if (createdColumn != null) {
            Identifiers.requireName("createdColumn", createdColumn);
        }
        if (pending == null && !DELETE.equalsIgnoreCase(finish.strip())) {
            throw new InvalidConfigurationException(
                    "finish is '%s' and pending is not set, so that a finished task would be claimed again."
                            .formatted(finish),
                    "Set pending to a condition that does not hold for a finished task, or finish to delete.",
                    "pending",
                    "finish");
        }
    }

    /**
     * Returns a builder of which each setting has its default. {@code finish} must be set, and {@code pending} unless a
     * finished task is deleted.
     *
     * @param name the name of the table, with or without a schema and a dot before it
     */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Returns whether a finished task is deleted. */
    boolean deletes() {
        return DELETE.equalsIgnoreCase(finish.strip());
    }

    /** Returns in what order tasks are claimed, empty if it does not matter. */
    List<Identifiers.Order> orders() {
        return orderBy == null ? List.of() : Identifiers.orders(orderBy);
    }

    private static void requireSql(String setting, @Nullable String sql, String remedy) {
        if (sql == null) {
            return;
        }
        if (sql.isBlank()) {
            throw new InvalidConfigurationException("%s is blank.".formatted(setting), remedy, setting);
        }
        // The driver would take it for a parameter.
        if (sql.contains("?")) {
            throw new InvalidConfigurationException(
                    "%s is '%s', but must not contain a question mark.".formatted(setting, sql),
                    "Write the operator as a function.",
                    setting);
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
                Identifiers.requireName("attemptsColumn", attemptsColumn);
            }
            if (errorColumn != null) {
                Identifiers.requireName("errorColumn", errorColumn);
            }
            if (dueColumn != null) {
                Identifiers.requireName("dueColumn", dueColumn);
            }
            requireSql(
                    "giveUp", giveUp, "Leave it out, or set it to what is set in the row of a task that is given up.");
            if (maxAttempts < 0) {
                throw new InvalidConfigurationException(
                        "maxAttempts is %d, but must be 0 (tasks are tried forever) or more.".formatted(maxAttempts),
                        "Set another maxAttempts.",
                        "maxAttempts");
            }
            if (maxAttempts > 0 && attemptsColumn == null) {
                throw new InvalidConfigurationException(
                        "maxAttempts is %d, but no attemptsColumn counts the attempts.".formatted(maxAttempts),
                        "Set attemptsColumn to an integer column.",
                        "attemptsColumn",
                        "maxAttempts");
            }
        }

        /** Returns whether the table can keep a task from being claimed again. */
        boolean canGiveUp() {
            return giveUp != null || maxAttempts > 0;
        }
    }

    /** Builds a {@link TaskTable}. Not safe for use by several threads. */
    public static final class Builder {

        private final String name;
        private String idColumn = "id";
        private String sessionColumn = "session_id";
        private @Nullable String pending;
        private @Nullable String orderBy;
        private String finish = "";
        private @Nullable String attemptsColumn;
        private @Nullable String errorColumn;
        private @Nullable String dueColumn;
        private int maxAttempts;
        private @Nullable String giveUp;
        private @Nullable String createdColumn;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /** Sets the column that tells rows apart: the primary key, or unique and never null. Default: {@code id}. */
        public Builder idColumn(String idColumn) {
            this.idColumn = Objects.requireNonNull(idColumn, "idColumn");
            return this;
        }

        /** Sets the nullable bigint column that holds the session. Default: {@code session_id}. */
        public Builder sessionColumn(String sessionColumn) {
            this.sessionColumn = Objects.requireNonNull(sessionColumn, "sessionColumn");
            return this;
        }

        /** Sets the condition that holds for a task that is not finished. Default: null, each row is such a task. */
        public Builder pending(@Nullable String pending) {
            this.pending = pending;
            return this;
        }

        /** Sets the columns by which tasks are claimed. Default: null, the order does not matter. */
        public Builder orderBy(@Nullable String orderBy) {
            this.orderBy = orderBy;
            return this;
        }

        /** Sets {@code delete}, or what is set in the row of a finished task. Must be called. */
        public Builder finish(String finish) {
            this.finish = Objects.requireNonNull(finish, "finish");
            return this;
        }

        /** Sets the integer column that counts the failures of a task. Default: null, none. */
        public Builder attemptsColumn(@Nullable String attemptsColumn) {
            this.attemptsColumn = attemptsColumn;
            return this;
        }

        /** Sets the text column that holds the last failure of a task. Default: null, none. */
        public Builder errorColumn(@Nullable String errorColumn) {
            this.errorColumn = errorColumn;
            return this;
        }

        /** Sets the timestamptz column before whose time a task is not claimed. Default: null, none. */
        public Builder dueColumn(@Nullable String dueColumn) {
            this.dueColumn = dueColumn;
            return this;
        }

        /** Sets after how many failures a task is given up. Default: 0, never. Needs {@code attemptsColumn}. */
        public Builder maxAttempts(int maxAttempts) {
            this.maxAttempts = maxAttempts;
            return this;
        }

        /** Sets what is set in the row of a task that is given up. Default: null, the row stays as it is. */
        public Builder giveUp(@Nullable String giveUp) {
            this.giveUp = giveUp;
            return this;
        }

        /** Sets the column that tells since when a task waits. Default: null, none. */
        public Builder createdColumn(@Nullable String createdColumn) {
            this.createdColumn = createdColumn;
            return this;
        }

        /**
         * Builds the settings.
         *
         * @throws InvalidConfigurationException if a setting is outside its limits, or settings contradict each other
         */
        public TaskTable build() {
            Failures failures = new Failures(attemptsColumn, errorColumn, dueColumn, maxAttempts, giveUp);
            return new TaskTable(name, idColumn, sessionColumn, pending, orderBy, finish, failures, createdColumn);
        }
    }
}
