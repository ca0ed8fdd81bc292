package io.github.dbleases.postgres.tasks;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The types of columns that statements refer to, as SQL spells them.
 *
 * @param id the type of the id column, with its length: {@code character} alone would be one character
 * @param error the type of the error column: errors are truncated to its length
 */
record ColumnTypes(String id, String error) {

    private static final String READ = """
            SELECT format_type(a.atttypid, a.atttypmod), a.attname
            FROM pg_attribute a
            WHERE a.attrelid = to_regclass(?) AND a.attname IN (?, ?) AND NOT a.attisdropped
            """;
    private static final String BIGINT = "bigint";
    private static final String INTEGER = "integer";

    /** Reads the types. A missing column counts as text, so that the statements fail with PostgreSQL's own message. */
    static ColumnTypes read(Connection connection, TaskTable table) throws SQLException {
        String id = "text";
        String error = "text";
        String errorColumn = table.failures().errorColumn();
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, Identifiers.TableName.of(table.name()).sql());
            statement.setString(2, table.idColumn());
            statement.setString(3, errorColumn);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (row.getString(2).equals(table.idColumn())) {
                        id = row.getString(1);
                    }
                    if (row.getString(2).equals(errorColumn)) {
                        error = row.getString(1);
                    }
                }
            }
        }
        return new ColumnTypes(id, error);
    }

    /** Returns the type of a parameter with ids: an array of the usual types, or of text for others. */
    String idParameter() {
        return id.equals(BIGINT) || id.equals(INTEGER) ? id + "[]" : "text[]";
    }

    /** Returns ids as a parameter. */
    Array ids(Connection connection, List<?> all) throws SQLException {
        Object[] ids = all.toArray();
        boolean text = idParameter().equals("text[]");
        if (text) {
            for (int i = 0; i < ids.length; i++) {
                ids[i] = text(ids[i]);
            }
        }
        return connection.createArrayOf(text ? "text" : id.equals(BIGINT) ? "int8" : "int4", ids);
    }

    private static String text(Object id) {
        return id instanceof byte[] bytes ? "\\x" + HexFormat.of().formatHex(bytes) : id.toString();
    }

    /** Returns a failure as text for the error column. */
    static @Nullable String error(Throwable failure) {
        String text = String.valueOf(failure);
        // A text in PostgreSQL cannot contain this character.
        return text.substring(0, Math.min(text.length(), 10_000)).replace("\0", "");
    }
}
