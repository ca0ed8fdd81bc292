package io.github.dbleases.spring.migration;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.spring.migration.MigrationScripts.Script;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Migrates or validates the tables with a Flyway of its own.
 *
 * <p>If the tables are those of this version, one query finds out and Flyway is not started. The Flyway is no bean, because
 * a {@code Flyway} bean would switch off the one of the application. It has its own scripts and its own history table, so
 * neither sees the other. A schema that already has tables gets a baseline of version 0, below the first script.
 */
final class LeaseMigrations {

    private static final String POSTGRES = "PostgreSQL";

    private static final int OLDEST_VERSION = 14;

    /** Flyway only takes its lock once its history exists. Without this lock, instances collide when they create it. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('dbleases migration ' || ?, 0))";

    private static final String LOCK_LIMITS = """
            SELECT set_config('lock_timeout', '2min', true), set_config('idle_in_transaction_session_timeout', '0', true)
            """;

    private static final Set<String> BROKEN_CONNECTION = Set.of("08", "57P");

    private static final Set<String> DENIED = Set.of("42501");

    /** A relation has the name of one that a script creates. */
    private static final Set<String> TAKEN = Set.of("42P07");

    private static final String TABLES = """
            SELECT coalesce(bool_or(tablename = ?), false), count(*)
            FROM pg_catalog.pg_tables WHERE schemaname = ? AND starts_with(tablename, ?)
            """;

    private static final String EXISTING =
            "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = ? AND starts_with(tablename, ?)";

    private final DataSource dataSource;
    private final DataSource application;
    private final @Nullable String configuredSchema;
    private final String tablePrefix;
    private final String historyTable;

    /**
     * Prepares migrations; nothing is connected yet.
     *
     * @param dataSource opens connections of the user that migrates, of which up to three are open at a time
     * @param application opens connections of the user of the leases, whose current schema counts
     * @param schema the schema of the tables, or null for the current schema of the application's connections
     * @param tablePrefix the prefix of their names
     */
    LeaseMigrations(DataSource dataSource, DataSource application, @Nullable String schema, String tablePrefix) {
        this.dataSource = dataSource;
        this.application = application;
        this.configuredSchema = schema;
        this.tablePrefix = tablePrefix;
        this.historyTable = tablePrefix + "schema_history";
    }

    /**
     * Creates or upgrades the tables, and the schema if it does not exist. Tables that were made by other means are adopted
     * as those of the last migration that explains them. Instances that migrate at the same time wait for each other.
     *
     * @throws StoreUnavailableException if the database cannot be reached
     * @throws StoreUnusableException if it is not PostgreSQL, if other migrations than those of this version have been
     *     applied, if only some of the tables exist, or if the user lacks a permission
     * @throws RuntimeException of Flyway, if a migration fails
     */
    void migrate() {
        try (Connection connection = dataSource.getConnection()) {
            requirePostgres(connection);
            if (isComplete(connection)) {
                return;
            }
            String schema = schema();
            String user = connection.getMetaData().getUserName();
            connection.setAutoCommit(false);
            try {
                lock(connection, schema);
                flyway().migrate(schema, Integer.toString(adopted(connection, schema)));
            } catch (RuntimeException failed) {
                DbLeasesException explained = explanation(failed);
                if (explained != null) {
                    throw explained;
                }
                SQLException denied = cause(failed, DENIED);
                if (denied != null) {
                    throw notMigratable(schema, user, denied);
                }
                SQLException taken = cause(failed, TAKEN);
                throw taken != null ? taken(schema, taken) : failed;
            } finally {
                connection.rollback();
            }
        } catch (SQLException failed) {
            throw unavailable("migrate", failed);
        }
    }

    /**
     * Checks that the migrations of this version have been applied to the tables; later ones are accepted. It ignores that
     * there are no tables at all, because the client reports which are missing.
     *
     * @throws StoreUnavailableException if the database cannot be reached
     * @throws StoreUnusableException if it is not PostgreSQL, if migrations are missing or have changed, or if the user
     *     lacks a permission
     */
    void validate() {
        try (Connection connection = dataSource.getConnection()) {
            requirePostgres(connection);
            if (isComplete(connection)) {
                return;
            }
            String schema = schema();
            if (hasHistory(connection, schema)) {
                validate(schema, connection.getMetaData().getUserName());
            }
        } catch (SQLException failed) {
            throw unavailable("validate", failed);
        } catch (RuntimeException failed) {
            DbLeasesException explained = explanation(failed);
            if (explained != null) {
                throw explained;
            }
            SQLException broken = cause(failed, BROKEN_CONNECTION);
            if (broken != null) {
                throw unavailable("validate", broken);
            }
            throw failed;
        }
    }

    private void validate(String schema, String user) {
        try {
            flyway().validate(schema);
        } catch (RuntimeException failed) {
            SQLException denied = cause(failed, DENIED);
            throw denied != null ? unreadable(schema, user, denied) : failed;
        }
    }

    private static StoreUnusableException notMigratable(String schema, String user, SQLException denied) {
        return new StoreUnusableException(
                "The tables of dbleases in schema '%s' cannot be migrated, because the user '%s' lacks a permission: %s"
                        .formatted(schema, user, denied.getMessage()),
                ("Set dbleases.migration.user and dbleases.migration.password to the owner of the tables. If there are no "
                                + "tables yet, this is enough: GRANT USAGE, CREATE ON SCHEMA %s TO %s; Or migrate the tables "
                                + "by other means and set dbleases.migration.mode=validate.")
                        .formatted(SchemaHistory.quoted(schema), SchemaHistory.quoted(user)));
    }

    private StoreUnusableException taken(String schema, SQLException taken) {
        return new StoreUnusableException(
                "The tables of dbleases in schema '%s' cannot be created, because some of them exist and others don't: %s"
                        .formatted(schema, taken.getMessage()),
                ("If they are left over from an earlier installation, drop the tables '%s...' in schema '%s' while no instance "
                                + "runs. If they belong to something else, set dbleases.table-prefix or dbleases.schema to keep "
                                + "the tables of dbleases apart from them.")
                        .formatted(tablePrefix, schema));
    }

    private StoreUnusableException unreadable(String schema, String user, SQLException denied) {
        return new StoreUnusableException(
                "The tables of dbleases in schema '%s' cannot be validated, because the user '%s' is not allowed to read their history: %s"
                        .formatted(schema, user, denied.getMessage()),
                ("As their owner, run GRANT SELECT ON %s.%s TO %s; or set dbleases.migration.user and "
                                + "dbleases.migration.password to a user that can read it, or set dbleases.migration.mode=none.")
                        .formatted(
                                SchemaHistory.quoted(schema),
                                SchemaHistory.quoted(historyTable),
                                SchemaHistory.quoted(user)));
    }

    private PrivateFlyway flyway() {
        return new PrivateFlyway(dataSource, tablePrefix, historyTable);
    }

    private boolean isComplete(Connection connection) throws SQLException {
        // The current schema that counts is that of the application.
        String schema = dataSource == application ? configuredSchema : schema();
        return SchemaHistory.isComplete(connection, schema, historyTable);
    }

    /** Before anything is created. */
    private static void requirePostgres(Connection connection) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        String product = database.getDatabaseProductName();
        if (!POSTGRES.equals(product)) {
            throw notPostgres(product);
        }
        if (database.getDatabaseMajorVersion() < OLDEST_VERSION) {
            throw notPostgres("PostgreSQL " + database.getDatabaseProductVersion());
        }
    }

    private static StoreUnusableException notPostgres(String product) {
        return new StoreUnusableException(
                "The database is %s, but dbleases needs PostgreSQL 14 or newer.".formatted(product),
                "Use a DataSource of a PostgreSQL database.",
                "dataSource");
    }

    private String schema() throws SQLException {
        if (configuredSchema != null) {
            return configuredSchema;
        }
        try (Connection connection = application.getConnection()) {
            String current = connection.getSchema();
            if (current == null) {
                throw new StoreUnusableException(
                        "The connection has no current schema: no schema of its search_path exists, or the user may use none "
                                + "of them.",
                        "Set dbleases.schema to the schema of the tables of dbleases, or let the user use it: GRANT USAGE ON "
                                + "SCHEMA ... TO ...;");
            }
            return current;
        }
    }

    private void lock(Connection connection, String schema) throws SQLException {
        try (PreparedStatement limits = connection.prepareStatement(LOCK_LIMITS)) {
            limits.execute();
        }
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setString(1, schema + '.' + historyTable);
            lock.execute();
        }
    }

    /**
     * Returns the version of tables without a history, which were made by PostgresSchema or by a script of the application;
     * 0 if there are none.
     */
    private int adopted(Connection connection, String schema) throws SQLException {
        Set<String> tables = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(EXISTING)) {
            statement.setString(1, schema);
            statement.setString(2, tablePrefix);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    tables.add(found.getString(1));
                }
            }
        }
        int version = 0;
        if (!tables.contains(historyTable)) {
            for (Script script : MigrationScripts.ALL) {
                if (!script.tables().stream().map(tablePrefix::concat).allMatch(tables::contains)) {
                    break;
                }
                version = script.version();
            }
        }
        return version;
    }

    private boolean hasHistory(Connection connection, String schema) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
            statement.setString(1, historyTable);
            statement.setString(2, schema);
            statement.setString(3, tablePrefix);
            try (ResultSet tables = statement.executeQuery()) {
                tables.next();
                boolean history = tables.getBoolean(1);
                if (!history && tables.getInt(2) > 0) {
                    throw new StoreUnusableException(
                            "Schema '%s' has tables of dbleases but no table %s, so it is not known which migrations have been applied to them."
                                    .formatted(schema, historyTable),
                            "Set dbleases.migration.mode=none if the tables are made by other means than dbleases' migrations, "
                                    + "or dbleases.migration.mode=migrate to adopt them if they are all there, "
                                    + "or correct dbleases.schema and dbleases.table-prefix.");
                }
                return history;
            }
        }
    }

    private static @Nullable SQLException cause(Throwable failed, Set<String> states) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && states.stream().anyMatch(sql.getSQLState()::startsWith)) {
                return sql;
            }
        }
        return null;
    }

    /** Returns what the data source reports about a connection that could not be made, or null. */
    private static @Nullable DbLeasesException explanation(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof DbLeasesException explained) {
                return explained;
            }
        }
        return null;
    }

    private static DbLeasesException unavailable(String what, SQLException failed) {
        DbLeasesException explained = explanation(failed);
        return explained != null
                ? explained
                : new StoreUnavailableException(
                        "Cannot %s the tables of dbleases: %s".formatted(what, failed.getMessage()), failed);
    }
}
