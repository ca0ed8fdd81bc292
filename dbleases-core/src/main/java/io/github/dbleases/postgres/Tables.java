package io.github.dbleases.postgres;

import io.github.dbleases.StoreUnusableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables under the names that the configuration gives them. */
final class Tables {

    private static final List<String> ALL = List.of("session", "lease", "member", "partition", "incarnation");

    private final Map<String, String> qualified = new LinkedHashMap<>();
    private final String prefix;
    private final @Nullable String schema;

    Tables(PostgresStoreConfig config) {
        this.prefix = config.tablePrefix();
        this.schema = config.schema();
        String qualifier = schema == null ? "" : quoted(schema) + ".";
        ALL.forEach(table -> qualified.put(table, qualifier + quoted(prefix + table)));
    }

    /** Puts the names of the tables in place of <code>{session}</code>, <code>{lease}</code> and so on. */
    String in(String sql) {
        String resolved = sql;
        for (Map.Entry<String, String> table : qualified.entrySet()) {
            resolved = resolved.replace("{" + table.getKey() + "}", table.getValue());
        }
        return resolved;
    }

    @Nullable
    String schema() {
        return schema;
    }

    /** Returns the name of a table as the catalogue has it, without its schema. */
    String name(String table) {
        return prefix + table;
    }

    /** The channel of the notifications. */
    String channel() {
        return prefix + "hint";
    }

    /** Returns what to say if tables are missing, or null if all are there. */
    @Nullable
    StoreUnusableException missing(Connection connection) throws SQLException {
        List<String> missing = new ArrayList<>();
        String in = schema;
        try (PreparedStatement statement = Jdbc.prepare(
                        connection,
                        "SELECT name, current_schema() FROM unnest(?::text[], ?::text[]) AS wanted (name, qualified)"
                                + " WHERE to_regclass(qualified) IS NULL",
                        ALL.stream().map(prefix::concat).toArray(String[]::new),
                        qualified.values().toArray(String[]::new));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                missing.add(row.getString(1));
                in = schema == null ? row.getString(2) : schema;
            }
        }
        return missing.isEmpty() ? null : missing(String.valueOf(in), missing);
    }

    private static StoreUnusableException missing(String schema, List<String> tables) {
        return new StoreUnusableException(
                "The tables %s do not exist in schema '%s'.".formatted(String.join(", ", tables), schema),
                "Create them with PostgresSchema.create, or run the scripts in io/github/dbleases/migration of dbleases-core on "
                        + "that schema, or set schema and tablePrefix to where the tables are.",
                "schema",
                "tablePrefix");
    }

    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
