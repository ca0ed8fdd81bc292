package io.github.dbleases.postgres;

import io.github.dbleases.InvalidConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the tables are, and how clients learn of changes.
 *
 * @param schema the schema of the tables, spelled as in the catalogue; null for the connection's current schema
 * @param tablePrefix what the names of the tables begin with: 1 to 30 lower-case letters, digits and underscores, not
 *     beginning with a digit
 * @param notifications whether clients are notified of changes with NOTIFY. Without notifications they see a change at their
 *     next heartbeat. Must be off behind a connection pooler in transaction mode.
 */
public record PostgresStoreConfig(@Nullable String schema, String tablePrefix, boolean notifications) {

    private static final Pattern PREFIX = Pattern.compile("[a-z_][a-z0-9_]{0,29}");
    private static final int LONGEST_IDENTIFIER = 63;

    public PostgresStoreConfig {
        if (schema != null && !isIdentifier(schema)) {
            throw new InvalidConfigurationException(
                    "schema is '%s', but must have 1 to %d bytes without control characters."
                            .formatted(schema, LONGEST_IDENTIFIER),
                    "Set schema to the name of a schema.",
                    "schema");
        }
        if (!PREFIX.matcher(tablePrefix).matches()) {
            throw new InvalidConfigurationException(
                    "tablePrefix is '%s', but must be 1 to 30 characters of a-z, 0-9 and _, not beginning with a digit."
                            .formatted(tablePrefix),
                    "Set another tablePrefix.",
                    "tablePrefix");
        }
    }

    /** Returns the defaults: the current schema, the prefix {@code dbleases_}, notifications. */
    public static PostgresStoreConfig defaults() {
        return builder().build();
    }

    /** Returns a builder of which each setting has its default. */
    public static Builder builder() {
        return new Builder();
    }

    private static boolean isIdentifier(String name) {
        return !name.isBlank()
                && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_IDENTIFIER
                && name.chars().noneMatch(Character::isISOControl);
    }

    /** Builds a {@link PostgresStoreConfig}. Not safe for use by several threads. */
    public static final class Builder {

        private @Nullable String schema;
        private String tablePrefix = "dbleases_";
        private boolean notifications = true;

        private Builder() {}

        /** Sets the schema of the tables, spelled as in the catalogue. Default: null, the connection's current schema. */
        public Builder schema(@Nullable String schema) {
            this.schema = schema;
            return this;
        }

        /** Sets what the names of the tables begin with. Default: {@code dbleases_}. */
        public Builder tablePrefix(String tablePrefix) {
            this.tablePrefix = Objects.requireNonNull(tablePrefix, "tablePrefix");
            return this;
        }

        /** Sets whether clients are notified of changes. Default: true. */
        public Builder notifications(boolean notifications) {
            this.notifications = notifications;
            return this;
        }

        /**
         * Builds the settings.
         *
         * @throws InvalidConfigurationException if a setting is outside its limits
         */
        public PostgresStoreConfig build() {
            return new PostgresStoreConfig(schema, tablePrefix, notifications);
        }
    }
}
