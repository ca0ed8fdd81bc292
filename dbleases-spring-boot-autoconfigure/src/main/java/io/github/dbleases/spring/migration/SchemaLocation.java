package io.github.dbleases.spring.migration;

import org.jspecify.annotations.Nullable;

/**
 * Where the tables are.
 *
 * @param schema the schema, or null for the current schema of the application's connections
 * @param tablePrefix the prefix of their names
 */
public record SchemaLocation(@Nullable String schema, String tablePrefix) {

    /** The name of the table that keeps which migrations have been made, apart from the application's own. */
    String historyTable() {
        return tablePrefix + "schema_history";
    }
}
