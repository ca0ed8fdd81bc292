package io.github.dbleases.keyvalue.jdbc;

import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The statements on the table. Each of them is atomic by itself, so autocommit is sufficient. */
final class DocumentTable {

    private static final String SELECT = "SELECT doc_content, doc_version FROM {table} WHERE doc_hash = ?";

    /** Finds at least the keys with the prefix. An underscore in it matches any character, and case may be ignored. */
    private static final String LIST = "SELECT doc_key, doc_version FROM {table} WHERE doc_key LIKE ?";

    private static final String INSERT =
            "INSERT INTO {table} (doc_hash, doc_key, doc_content, doc_version) VALUES (?, ?, ?, ?)";

    private static final String UPDATE =
            "UPDATE {table} SET doc_content = ?, doc_version = ? WHERE doc_hash = ? AND doc_version = ?";

    private static final String DELETE = "DELETE FROM {table} WHERE doc_hash = ? AND doc_version = ?";

    private final String name;
    private final int timeoutSeconds;

    DocumentTable(String name, Duration timeout) {
        this.name = name;
        this.timeoutSeconds = (int) timeout.plusMillis(999).toSeconds();
    }

    Optional<Document> select(Connection connection, String key) throws SQLException {
        try (PreparedStatement statement = prepare(connection, SELECT, Encoding.hash(key));
                ResultSet row = statement.executeQuery()) {
            return row.next()
                    ? Optional.of(new Document(Encoding.decode(row.getString(1)), row.getString(2)))
                    : Optional.empty();
        }
    }

    Map<String, String> list(Connection connection, String prefix) throws SQLException {
        Map<String, String> versions = new TreeMap<>();
        try (PreparedStatement statement = prepare(connection, LIST, prefix + '%');
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                String key = row.getString(1);
                if (key.startsWith(prefix)) {
                    versions.put(key, row.getString(2));
                }
            }
        }
        return versions;
    }

    void insert(Connection connection, String key, Document document) throws SQLException {
        String content = Encoding.encode(document.content());
        update(connection, INSERT, Encoding.hash(key), key, content, document.version());
    }

    boolean update(Connection connection, String key, Document document, String ifVersion) throws SQLException {
        String content = Encoding.encode(document.content());
        return update(connection, UPDATE, content, document.version(), Encoding.hash(key), ifVersion) == 1;
    }

    boolean delete(Connection connection, String key, String ifVersion) throws SQLException {
        return update(connection, DELETE, Encoding.hash(key), ifVersion) == 1;
    }

    private int update(Connection connection, String sql, @Nullable String... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(Connection connection, String sql, @Nullable String... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql.replace("{table}", name));
        try {
            statement.setQueryTimeout(timeoutSeconds);
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }
}
