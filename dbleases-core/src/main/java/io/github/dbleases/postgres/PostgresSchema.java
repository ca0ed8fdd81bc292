package io.github.dbleases.postgres;

import io.github.dbleases.internal.jdbc.SqlIdentifiers;
import io.github.dbleases.internal.jdbc.SqlStatement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/** Creates or upgrades the tables in applications that do not use Flyway. */
public final class PostgresSchema {

    private static final List<Script> SCRIPTS = List.of(
            new Script("V1__leases.sql", List.of("session", "lease", "member", "partition", "incarnation")),
            new Script("V2__history.sql", List.of("event")));

    private PostgresSchema() {}

    /**
     * Creates the schema and the tables, unless they exist. Adds what is missing to the tables of an older version. Several processes may call this at the same time.
     *
     * @throws SQLException if the database fails; then nothing is created
     * @throws io.github.dbleases.StoreUnusableException if the database is not PostgreSQL, version 14 or newer
     */
    public static void create(DataSource dataSource, PostgresStoreConfig config) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            Server.requirePostgres(connection);
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                create(connection, config);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private static void create(Connection connection, PostgresStoreConfig config) throws SQLException {
        execute(connection, "SELECT pg_advisory_xact_lock(hashtext('%s'))".formatted(config.tablePrefix()));
        if (config.schema() != null) {
            if (!schemaExists(connection, config.schema())) {
                execute(connection, "CREATE SCHEMA " + SqlIdentifiers.quoted(config.schema()));
            }
            execute(connection, "SET LOCAL search_path TO " + SqlIdentifiers.quoted(config.schema()));
        }
        Tables tables = new Tables(config);
        for (Script script : SCRIPTS) {
            if (tables.areMissing(connection, script.tables)) {
                execute(connection, script.sql().replace("${prefix}", config.tablePrefix()));
            }
        }
    }

    private static boolean schemaExists(Connection connection, String schema) throws SQLException {
        return SqlStatement.of(connection, "SELECT FROM pg_catalog.pg_namespace WHERE nspname = {?schema}")
                .set("schema", schema)
                .query(ResultSet::next);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * A script.
     *
     * @param tables the tables that it creates
     */
    private record Script(String fileName, List<String> tables) {

        String sql() {
            String path = "/io/github/dbleases/migration/" + fileName;
            try (InputStream script = PostgresSchema.class.getResourceAsStream(path)) {
                if (script == null) {
                    throw new IllegalStateException(path + " is not on the class path");
                }
                return new String(script.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
