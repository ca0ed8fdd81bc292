package io.github.dbleases.keyvalue.jdbc;

import io.github.dbleases.InvalidConfigurationException;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Settings of a {@link JdbcBackend}.
 *
 * @param table the name of the table, optionally with a schema: letters, digits and underscores
 * @param createTable whether to create the table if it doesn't exist
 * @param timeout the time limit of a statement; drivers round it up to seconds
 */
public record JdbcBackendConfig(String table, boolean createTable, Duration timeout) {

    /** The default name of the table. */
    public static final String DEFAULT_TABLE = "dbleases_document";

    private static final Pattern TABLE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*\\.)?[A-Za-z_][A-Za-z0-9_]*");

    private static final int LONGEST_TABLE = 128;

    public JdbcBackendConfig {
        if (!TABLE.matcher(table).matches() || table.length() > LONGEST_TABLE) {
            throw new InvalidConfigurationException(
                    ("table is '%s', but must be a table name of letters, digits and underscores, optionally after a schema "
                                    + "and a dot, with at most %d characters.")
                            .formatted(table, LONGEST_TABLE),
                    "Set table to a table name.",
                    "table");
        }
        if (timeout.compareTo(Duration.ofMillis(1)) < 0) {
            throw new InvalidConfigurationException(
                    "timeout is %s, but must be at least 1 ms.".formatted(timeout), "Set a longer timeout.", "timeout");
        }
    }

    /** Uses the table {@value #DEFAULT_TABLE} and creates it if it doesn't exist. */
    public static JdbcBackendConfig defaults(Duration timeout) {
        return new JdbcBackendConfig(DEFAULT_TABLE, true, timeout);
    }
}
