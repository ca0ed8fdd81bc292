package io.github.dbleases.postgres.tasks;

import io.github.dbleases.InvalidConfigurationException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a task table. Names are case-sensitive, and quoted in SQL. Conditions and assignments are SQL: they must
 * come from the configuration of the application, never from its users.
 *
 * @param name the name of the table, optionally with a schema and a dot before it
 * @param idColumn the column that identifies a row: the primary key, or a unique column that is not null
 * @param sessionColumn the nullable bigint column for the id of the session that holds the task
 * @param pending the condition for tasks that are not finished; null if all rows are such tasks
 * @param orderBy the order in which tasks are claimed: columns separated by commas, each optionally followed by {@code asc} or
 *     {@code desc} and by {@code nulls first} or {@code nulls last}, in double quotes if the name needs them. Null if the order
 *     does not matter, which is faster; tasks are then claimed roughly by id
 * @param finish {@code delete}, or the assignments that finish a task, such as {@code sent_at = now()}. A finished task must
 *     not be {@code pending}
 * @param failures what a failure records in the row
 * @param createdColumn the column with the time since when a task has been waiting, or null
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
        requireSql("pending", pending, "Leave it out if all rows of the table are pending.");
        requireSql("orderBy", orderBy, "Leave it out if the order does not matter.");
        requireSql("finish", finish, "Set it to delete, or to the assignments that finish a task.");
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
     * Returns a builder with default settings. {@code finish} must be set, and {@code pending} unless finished tasks are
     * deleted.
     *
     * @param name the name of the table, optionally with a schema and a dot before it
     */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Returns whether a finished task is deleted. */
    boolean deletes() {
        return DELETE.equalsIgnoreCase(finish.strip());
    }

    /** Returns the order in which tasks are claimed, empty if it does not matter. */
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
        // The driver would treat it as a parameter.
        if (sql.contains("?")) {
            throw new InvalidConfigurationException(
                    "%s is '%s', but must not contain a question mark.".formatted(setting, sql),
                    "Write the operator as a function.",
                    setting);
        }
    }

    /**
     * What a failure records in the row of its task.
     *
     * @param attemptsColumn the integer column, not null, that counts the failures of a task; null for none
     * @param errorColumn the text column for the last failure of a task; null for none
     * @param dueColumn the timestamptz column, not null, with the time before which a task is not claimed; null for none
     * @param maxAttempts the number of failures after which a task is given up; 0 for no limit. Needs {@code attemptsColumn}
     * @param giveUp the assignments that give a task up, such as {@code status = 'dead'}. The task must not be {@code pending}
     *     then. Null to change nothing: the row stays pending, and its attempts keep it from being claimed
     */
    public record Failures(
            @Nullable String attemptsColumn,
            @Nullable String errorColumn,
            @Nullable String dueColumn,
            int maxAttempts,
            @Nullable String giveUp) {

        /** Records nothing, and tasks are tried forever. */
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
            requireSql("giveUp", giveUp, "Leave it out, or set it to the assignments that give a task up.");
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

    /** Builds a {@link TaskTable}. Not thread-safe. */
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

        /** Sets the column that identifies a row: the primary key, or unique and not null. Default: {@code id}. */
        public Builder idColumn(String idColumn) {
            this.idColumn = Objects.requireNonNull(idColumn, "idColumn");
            return this;
        }

        /** Sets the nullable bigint column for the session. Default: {@code session_id}. */
        public Builder sessionColumn(String sessionColumn) {
            this.sessionColumn = Objects.requireNonNull(sessionColumn, "sessionColumn");
            return this;
        }

        /** Sets the condition for tasks that are not finished. Default: null, all rows are such tasks. */
        public Builder pending(@Nullable String pending) {
            this.pending = pending;
            return this;
        }

        /** Sets the order in which tasks are claimed. Default: null, the order does not matter. */
        public Builder orderBy(@Nullable String orderBy) {
            this.orderBy = orderBy;
            return this;
        }

        /** Sets {@code delete}, or the assignments that finish a task. Must be called. */
        public Builder finish(String finish) {
            this.finish = Objects.requireNonNull(finish, "finish");
            return this;
        }

        /** Sets the integer column that counts the failures of a task. Default: null, none. */
        public Builder attemptsColumn(@Nullable String attemptsColumn) {
            this.attemptsColumn = attemptsColumn;
            return this;
        }

        /** Sets the text column for the last failure of a task. Default: null, none. */
        public Builder errorColumn(@Nullable String errorColumn) {
            this.errorColumn = errorColumn;
            return this;
        }

        /** Sets the timestamptz column with the time before which a task is not claimed. Default: null, none. */
        public Builder dueColumn(@Nullable String dueColumn) {
            this.dueColumn = dueColumn;
            return this;
        }

        /** Sets the number of failures after which a task is given up. Default: 0, no limit. Needs {@code attemptsColumn}. */
        public Builder maxAttempts(int maxAttempts) {
            this.maxAttempts = maxAttempts;
            return this;
        }

        /** Sets the assignments that give a task up. Default: null, its row stays as it is. */
        public Builder giveUp(@Nullable String giveUp) {
            this.giveUp = giveUp;
            return this;
        }

        /** Sets the column with the time since when a task has been waiting. Default: null, none. */
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
