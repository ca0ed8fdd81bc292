package io.github.dbleases.spring.migration;

import io.github.dbleases.spring.migration.MigrationScripts.Script;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The history that Flyway keeps of the tables. One query tells whether they are those of this version, in far less time
 * than Flyway needs to start.
 */
final class SchemaHistory {

    /** There is no such table or schema, or the user is not allowed to read it: the migration or validation reports it. */
    private static final Set<String> UNREADABLE = Set.of("42P01", "3F000", "42501");

    private SchemaHistory() {}

    /**
     * Returns whether each script of this version was applied as it is, and nothing failed.
     *
     * @param schema where the history is, null for the current schema of the connection
     * @param table the name of the table with the history
     */
    static boolean isComplete(Connection connection, @Nullable String schema, String table) throws SQLException {
        try {
            List<Entry> entries = read(connection, schema, table);
            return entries.stream().allMatch(Entry::success)
                    && MigrationScripts.ALL.stream()
                            .allMatch(script -> entries.stream().anyMatch(entry -> entry.covers(script)));
        } catch (SQLException failed) {
            if (UNREADABLE.contains(Objects.requireNonNullElse(failed.getSQLState(), ""))) {
                return false;
            }
            throw failed;
        }
    }

    private static List<Entry> read(Connection connection, @Nullable String schema, String table) throws SQLException {
        // Without a schema, a table of that name in another schema of the search path must not be taken for this one.
        String sql = """
                SELECT history.version, history.type, history.checksum, history.success
                FROM %s AS history
                JOIN pg_catalog.pg_class AS relation ON relation.oid = history.tableoid
                JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
                WHERE history.version IS NOT NULL AND namespace.nspname = coalesce(?, current_schema())
                """.formatted(schema == null ? quoted(table) : quoted(schema) + "." + quoted(table));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema);
            try (ResultSet rows = statement.executeQuery()) {
                List<Entry> entries = new ArrayList<>();
                while (rows.next()) {
                    entries.add(new Entry(rows.getString(1), rows.getString(2), rows.getInt(3), rows.getBoolean(4)));
                }
                return entries;
            }
        }
    }

    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A row of the history. */
    private record Entry(String version, String type, int checksum, boolean success) {

        /** A baseline stands for all scripts up to its version, which were applied by other means. */
        private boolean covers(Script script) {
            if (type.equals("BASELINE")) {
                return version.chars().allMatch(Character::isDigit) && Integer.parseInt(version) >= script.version();
            }
            return version.equals(Integer.toString(script.version())) && checksum == script.checksum();
        }
    }
}
