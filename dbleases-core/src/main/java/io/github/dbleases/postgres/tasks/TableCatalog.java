package io.github.dbleases.postgres.tasks;

import io.github.dbleases.postgres.tasks.Identifiers.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the description of a table from PostgreSQL's catalog. */
final class TableCatalog {

    private static final String TABLE = """
            SELECT c.oid, c.relkind, EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid),
                EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
            FROM pg_class c WHERE c.oid = to_regclass(?)
            """;

    /** A column is unique by itself if an index on all rows has only this column. */
    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, NULL), a.attnotnull, t.typcategory = 'S',
                EXISTS (
                    SELECT FROM pg_index i
                    WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
                    AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum
                )
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = ?::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """;

    private static final String SIMILAR = """
            SELECT n.nspname || '.' || c.relname
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            AND (lower(c.relname) = lower(?) OR lower(n.nspname || '.' || c.relname) = lower(?))
            ORDER BY 1 LIMIT 5
            """;

    private static final String PLACES = "SELECT array_to_string(current_schemas(false), ', ')";

    private static final String SCHEMA = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = ?)";

    private final Connection connection;

    TableCatalog(Connection connection) {
        this.connection = connection;
    }

    /**
     * A table.
     *
     * @param kind the kind, as in {@code pg_class.relkind}
     * @param hasChildren whether other tables inherit from it
     */
    record Table(long oid, String kind, boolean hasChildren, boolean hasPrimaryKey) {}

    /**
     * A column.
     *
     * @param type the type without its length
     * @param isText whether the type is one of the string types
     * @param isUnique whether a unique index has only this column
     */
    record Column(String name, String type, boolean isNotNull, boolean isText, boolean isUnique) {}

    Optional<Table> table(TableName name) throws SQLException {
        return first(
                TABLE,
                row -> new Table(row.getLong(1), row.getString(2), row.getBoolean(3), row.getBoolean(4)),
                name.sql());
    }

    Map<String, Column> columns(Table table) throws SQLException {
        Map<String, Column> columns = new LinkedHashMap<>();
        all(
                        COLUMNS,
                        row -> new Column(
                                row.getString(1),
                                row.getString(2),
                                row.getBoolean(3),
                                row.getBoolean(4),
                                row.getBoolean(5)),
                        table.oid())
                .forEach(column -> columns.put(column.name(), column));
        return columns;
    }

    /** Returns tables whose names differ only in case or schema, with their schemas. */
    List<String> similarTo(String name) throws SQLException {
        return all(SIMILAR, row -> row.getString(1), TableName.of(name).table(), name);
    }

    /** Returns the schemas that are searched for a table without a schema. */
    String searchPath() throws SQLException {
        return first(PLACES, row -> row.getString(1)).orElse("");
    }

    boolean hasSchema(String schema) throws SQLException {
        return first(SCHEMA, row -> row.getBoolean(1), schema).orElse(false);
    }

    private <R> Optional<R> first(String sql, RowMapper<R> mapper, @Nullable Object... parameters) throws SQLException {
        return all(sql, mapper, parameters).stream().findFirst();
    }

    private <R> List<R> all(String sql, RowMapper<R> mapper, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                List<R> found = new ArrayList<>();
                while (row.next()) {
                    found.add(mapper.map(row));
                }
                return found;
            }
        }
    }
}
