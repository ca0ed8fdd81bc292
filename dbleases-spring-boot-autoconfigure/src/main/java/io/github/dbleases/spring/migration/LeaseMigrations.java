package io.github.dbleases.spring.migration;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.ValidateResult;
import org.jspecify.annotations.Nullable;

/**
 * Migrates or validates the tables with a Flyway of its own.
 *
 * <p>When the tables are those of this version, one query says so and Flyway is not started. It is no bean, as a {@code Flyway} bean would switch off the application's; it has its own scripts and its own
 * history table, so neither sees the other. A schema that already has tables gets a baseline of version 0, below the
 * first script.
 */
public final class LeaseMigrations {

    private static final String POSTGRES = "PostgreSQL";

    private static final int OLDEST_VERSION = 14;

    /** Flyway takes its lock only once its history exists, so without this one instances collide in creating it. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('dbleases migration ' || ?, 0))";

    private static final String LOCK_LIMITS = """
            SELECT set_config('lock_timeout', '2min', true), set_config('idle_in_transaction_session_timeout', '0', true)
            """;

    private static final Set<String> BROKEN_CONNECTION = Set.of("08", "57P");

    private static final Set<String> DENIED = Set.of("42501");

    private static final String TABLES = """
            SELECT coalesce(bool_or(tablename = ?), false), count(*)
            FROM pg_catalog.pg_tables WHERE schemaname = ? AND starts_with(tablename, ?)
            """;

    /** Tables that PostgresSchema or somebody's own script made are those of the first migration. */
    private static final String WITHOUT_HISTORY = """
            SELECT NOT bool_or(tablename = ?) AND count(*) FILTER (WHERE tablename = ANY (?)) = cardinality(?)
            FROM pg_catalog.pg_tables WHERE schemaname = ?
            """;

    private static final String[] MADE_BY_FIRST = {"session", "lease", "member", "partition", "incarnation"};

    private final DataSource dataSource;
    private final DataSource application;
    private final SchemaLocation location;

    /**
     * Prepares migrations; nothing is connected yet.
     *
     * @param dataSource gives connections of the user that migrates; each call opens one, and two are open at a time
     *     beside that of the lock
     * @param application gives connections of the user of the leases, whose current schema counts
     */
    public LeaseMigrations(DataSource dataSource, DataSource application, SchemaLocation location) {
        this.dataSource = dataSource;
        this.application = application;
        this.location = location;
    }

    /**
     * Creates or upgrades the tables, and the schema if it does not exist. Tables that were made by other means are adopted
     * as those of the first migration. Instances that do so at the same time wait for each other.
     *
     * @throws StoreUnavailableException if the database cannot be reached
     * @throws StoreUnusableException if it is of another product
     * @throws InvalidSchemaException if the user lacks a right for it
     * @throws FlywayException if a migration fails
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
                new PrivateFlyway(dataSource, location)
                        .migrate(schema, isWithoutHistory(connection, schema) ? "1" : "0");
            } catch (FlywayException failed) {
                DbLeasesException explained = explanation(failed);
                if (explained != null) {
                    throw explained;
                }
                SQLException denied = cause(failed, DENIED);
                throw denied != null ? InvalidSchemaException.notMigratable(schema, user, denied) : failed;
            } finally {
                connection.rollback();
            }
        } catch (SQLException failed) {
            throw unavailable("migrate", failed);
        }
    }

    /**
     * Checks that the tables have had the migrations of this version; later ones are accepted. When there are no tables
     * at all it says nothing: the client that looks for them says which are missing.
     *
     * @throws StoreUnavailableException if the database cannot be reached
     * @throws StoreUnusableException if it is of another product
     * @throws InvalidSchemaException if migrations are missing or have changed
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
        } catch (FlywayException failed) {
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
        ValidateResult result;
        try {
            result = new PrivateFlyway(dataSource, location).validate(schema);
        } catch (FlywayException failed) {
            SQLException denied = cause(failed, DENIED);
            throw denied != null
                    ? InvalidSchemaException.unreadable(schema, location.historyTable(), user, denied)
                    : failed;
        }
        if (!result.validationSuccessful) {
            throw InvalidSchemaException.notValid(schema, result.getAllErrorMessages());
        }
    }

    private boolean isComplete(Connection connection) throws SQLException {
        // The current schema that counts is that of the application.
        String schema = dataSource == application ? location.schema() : schema();
        return SchemaHistory.isComplete(connection, schema, location.historyTable());
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
        if (location.schema() != null) {
            return location.schema();
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
            lock.setString(1, schema + '.' + location.historyTable());
            lock.execute();
        }
    }

    private boolean isWithoutHistory(Connection connection, String schema) throws SQLException {
        Array tables = connection.createArrayOf(
                "text",
                Arrays.stream(MADE_BY_FIRST).map(location.tablePrefix()::concat).toArray());
        try (PreparedStatement statement = connection.prepareStatement(WITHOUT_HISTORY)) {
            statement.setString(1, location.historyTable());
            statement.setArray(2, tables);
            statement.setArray(3, tables);
            statement.setString(4, schema);
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                return found.getBoolean(1);
            }
        }
    }

    private boolean hasHistory(Connection connection, String schema) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
            statement.setString(1, location.historyTable());
            statement.setString(2, schema);
            statement.setString(3, location.tablePrefix());
            try (ResultSet tables = statement.executeQuery()) {
                tables.next();
                boolean history = tables.getBoolean(1);
                if (!history && tables.getInt(2) > 0) {
                    throw InvalidSchemaException.withoutHistory(schema, location.historyTable());
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

    /** Returns what the data source says of a connection that could not be made, or null. */
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
