package io.github.dbleases.postgres;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.internal.jdbc.SqlIdentifiers;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the tables are, and how clients learn of changes.
 *
 * @param schema the schema of the tables, spelled as in the catalog; null for the connection's current schema
 * @param tablePrefix the prefix of the table names: 1 to 30 lower-case letters, digits and underscores, not
 *     beginning with a digit
 * @param notifications whether clients are notified of changes with NOTIFY. Without notifications they see a change at their
 *     next heartbeat. Must be off behind a connection pooler in transaction mode.
 * @param historyRetention how long the history is kept, zero for no history; at most 10 years. If clients have different
 *     settings, the one whose session has the smallest id decides when events are deleted.
 */
public record PostgresStoreConfig(
        @Nullable String schema, String tablePrefix, boolean notifications, Duration historyRetention) {

    private static final Duration DEFAULT_RETENTION = Duration.ofDays(7);
    private static final Duration LONGEST_RETENTION = Duration.ofDays(3_650);

    public PostgresStoreConfig {
        if (schema != null && !SqlIdentifiers.isValid(schema)) {
            throw new InvalidConfigurationException(
                    "schema is '%s', but must have 1 to %d bytes without control characters."
                            .formatted(schema, SqlIdentifiers.MAX_LENGTH),
                    "Set schema to the name of a schema.",
                    "schema");
        }
        if (!SqlIdentifiers.isTablePrefix(tablePrefix)) {
            throw new InvalidConfigurationException(
                    "tablePrefix is '%s', but must be 1 to 30 characters of a-z, 0-9 and _, not beginning with a digit."
                            .formatted(tablePrefix),
                    "Set another tablePrefix.",
                    "tablePrefix");
        }
        if (historyRetention.isNegative() || historyRetention.compareTo(LONGEST_RETENTION) > 0) {
            throw new InvalidConfigurationException(
                    "historyRetention is %s, but must be between 0 and %d days."
                            .formatted(historyRetention, LONGEST_RETENTION.toDays()),
                    "Set another historyRetention, or 0 to keep no history.",
                    "historyRetention");
        }
    }

    /** Creates settings with which the history is kept for 7 days. */
    public PostgresStoreConfig(@Nullable String schema, String tablePrefix, boolean notifications) {
        this(schema, tablePrefix, notifications, DEFAULT_RETENTION);
    }

    /** Returns the defaults: the current schema, the prefix {@code dbleases_}, notifications, 7 days of history. */
    public static PostgresStoreConfig defaults() {
        return builder().build();
    }

    /** Returns a builder that starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link PostgresStoreConfig}. Not thread-safe. */
    public static final class Builder {

        private @Nullable String schema;
        private String tablePrefix = "dbleases_";
        private boolean notifications = true;
        private Duration historyRetention = DEFAULT_RETENTION;

        private Builder() {}

        /** Sets the schema of the tables, spelled as in the catalog. Default: null, the connection's current schema. */
        public Builder schema(@Nullable String schema) {
            this.schema = schema;
            return this;
        }

        /** Sets the prefix of the table names. Default: {@code dbleases_}. */
        public Builder tablePrefix(String tablePrefix) {
            this.tablePrefix = Objects.requireNonNull(tablePrefix, "tablePrefix");
            return this;
        }

        /** Sets whether clients are notified of changes. Default: true. */
        public Builder notifications(boolean notifications) {
            this.notifications = notifications;
            return this;
        }

        /** Sets how long the history is kept, at most 10 years; zero for no history. Default: 7 days. */
        public Builder historyRetention(Duration historyRetention) {
            this.historyRetention = Objects.requireNonNull(historyRetention, "historyRetention");
            return this;
        }

        /**
         * Builds the settings.
         *
         * @throws InvalidConfigurationException if a setting is outside its limits
         */
        public PostgresStoreConfig build() {
            return new PostgresStoreConfig(schema, tablePrefix, notifications, historyRetention);
        }
    }
}
