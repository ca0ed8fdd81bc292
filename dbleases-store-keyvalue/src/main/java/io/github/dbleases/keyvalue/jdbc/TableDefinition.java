package io.github.dbleases.keyvalue.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Creates the table. Only the type for long text differs between databases. The driver lists the types. */
final class TableDefinition {

    private static final String CREATE = """
            CREATE TABLE {table} (
                doc_hash VARCHAR(64) NOT NULL PRIMARY KEY,
                doc_key VARCHAR(700) NOT NULL,
                doc_content {text},
                doc_version VARCHAR(32) NOT NULL
            )""";

    /** Types for several megabytes of text, in order of preference. */
    private static final List<String> LONG_TEXTS =
            List.of("CLOB", "CHARACTER LARGE OBJECT", "LONGTEXT", "TEXT", "LONG VARCHAR");

    private final @Nullable String schema;
    private final String qualified;
    private final String name;

    TableDefinition(String table) {
        int dot = table.indexOf('.');
        this.schema = dot < 0 ? null : table.substring(0, dot);
        this.qualified = table;
        this.name = table.substring(dot + 1);
    }

    /** Returns the statement that creates the table in the database of a connection. */
    String statement(Connection connection) throws SQLException {
        return CREATE.replace("{table}", qualified).replace("{text}", longText(connection.getMetaData()));
    }

    void create(Connection connection) throws SQLException {
        String sql = statement(connection);
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    boolean exists(Connection connection) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        String in = schema != null ? schema : connection.getSchema();
        String catalog = schema != null ? null : connection.getCatalog();
        for (String spelling : List.of(name, name.toUpperCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))) {
            try (ResultSet tables = metaData.getTables(catalog, null, spelling, null)) {
                while (tables.next()) {
                    if (isThisOne(tables, in)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Compares the names, because the metadata query treats an underscore as a wildcard. */
    private boolean isThisOne(ResultSet table, @Nullable String in) throws SQLException {
        String tableSchema = table.getString("TABLE_SCHEM");
        // A database without schemas reports catalogs instead.
        String place = tableSchema != null ? tableSchema : table.getString("TABLE_CAT");
        return name.equalsIgnoreCase(table.getString("TABLE_NAME"))
                && (in == null || place == null || in.equalsIgnoreCase(place));
    }

    private static String longText(DatabaseMetaData metaData) throws SQLException {
        Set<String> known = new HashSet<>();
        try (ResultSet types = metaData.getTypeInfo()) {
            while (types.next()) {
                known.add(types.getString("TYPE_NAME").toUpperCase(Locale.ROOT));
            }
        }
        return LONG_TEXTS.stream().filter(known::contains).findFirst().orElse("CLOB");
    }
}
