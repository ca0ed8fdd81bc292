package io.github.dbleases.keyvalue.jdbc;

import io.github.dbleases.InvalidConfigurationException;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Settings of a {@link JdbcBackend}.
 *
 * @param table name of the table, with or without a schema before it: letters, digits and underscores
 * @param createTable whether the table is created when it does not exist
 * @param timeout how long the database may take for a statement; drivers round it up to seconds
 */
public record JdbcBackendConfig(String table, boolean createTable, Duration timeout) {

    /** The table unless another one is set. */
    public static final String DEFAULT_TABLE = "dbleases_document";

    private static final Pattern TABLE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*\\.)?[A-Za-z_][A-Za-z0-9_]*");

    private static final int LONGEST_TABLE = 128;

    public JdbcBackendConfig {
        if (!TABLE.matcher(table).matches() || table.length() > LONGEST_TABLE) {
            throw new InvalidConfigurationException(
                    ("table is '%s', but must be the name of a table of letters, digits and underscores, with or without a "
                                    + "schema and a dot before it, of at most %d characters.")
                            .formatted(table, LONGEST_TABLE),
                    "Set table to the name of a table.",
                    "table");
        }
        if (timeout.compareTo(Duration.ofMillis(1)) < 0) {
            throw new InvalidConfigurationException(
                    "timeout is %s, but must be at least 1 ms.".formatted(timeout), "Set a longer timeout.", "timeout");
        }
    }

    /** The table {@value #DEFAULT_TABLE}, created when it does not exist. */
    public static JdbcBackendConfig defaults(Duration timeout) {
        return new JdbcBackendConfig(DEFAULT_TABLE, true, timeout);
    }
}
