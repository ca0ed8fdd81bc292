package io.github.dbleases.postgres;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.internal.jdbc.Sql;
import io.github.dbleases.internal.jdbc.SqlParts;
import io.github.dbleases.internal.jdbc.SqlState;
import io.github.dbleases.internal.jdbc.SqlStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The server behind a connection.
 *
 * @param system the identifier of the database system
 * @param timeline the timeline of the system, which another server of the system may have too: see {@link OpenConnection}
 * @param walReadable whether the position in the write-ahead log, and with it the timeline, can be read
 * @param started when the server was started
 * @param backend the server process that answered
 * @param direct whether the connection is known to lead straight to that process, with no pooler in between
 */
record Server(String system, long timeline, boolean walReadable, Instant started, int backend, boolean direct) {

    private static final int OLDEST_VERSION = 140_000;
    private static final String UNKNOWN = "unknown";

    private static final String IDENTIFY = """
            SELECT current_setting('server_version_num')::int AS version_number, current_setting('server_version') AS version,
                pg_is_in_recovery() AS standby, pg_postmaster_start_time() AS started, pg_backend_pid() AS backend,
                {system} AS system, CASE WHEN NOT pg_is_in_recovery() THEN {wal} END AS wal_file
            """;

    private static final String SYSTEM = "(SELECT system_identifier::text FROM pg_control_system())";
    private static final String WAL = "pg_walfile_name(pg_current_wal_lsn())";
    private static final String NO_TEXT = "NULL::text";

    /** How a server refuses a function: not allowed, not implemented, not there, or not in this state. */
    private static final Set<SqlState> DENIED = Set.of(
            SqlState.INSUFFICIENT_PRIVILEGE,
            SqlState.FEATURE_NOT_SUPPORTED,
            SqlState.UNDEFINED_FUNCTION,
            SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE);

    /** Throws if the database is not PostgreSQL, or too old. */
    static void requirePostgres(Connection connection) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        String product = database.getDatabaseProductName();
        if (!product.equals("PostgreSQL")) {
            throw notPostgres(product);
        }
        if (database.getDatabaseMajorVersion() < OLDEST_VERSION / 10_000) {
            throw notPostgres("PostgreSQL " + database.getDatabaseProductVersion());
        }
    }

    /**
     * Asks the server. Some services deny the functions that return the system and the timeline.
     *
     * @param connection with auto-commit
     * @throws StoreUnusableException if the server is too old
     * @throws StoreUnavailableException if the server is a standby
     */
    static Server behind(Connection connection, @Nullable Driver driver) throws SQLException {
        try {
            return ask(connection, driver, SYSTEM, WAL);
        } catch (SQLException e) {
            if (!SqlState.isOneOf(DENIED, e)) {
                throw e;
            }
        }
        String system = isReadable(connection, SYSTEM) ? SYSTEM : NO_TEXT;
        String wal = isReadable(connection, WAL) ? WAL : NO_TEXT;
        return ask(connection, driver, system, wal);
    }

    private static StoreUnusableException notPostgres(String product) {
        return new StoreUnusableException(
                "The database is %s, but dbleases needs PostgreSQL 14 or newer.".formatted(product),
                "Use a data source of a PostgreSQL database, or keep the leases in a table of this database with a JdbcBackend.",
                "dataSource");
    }

    private static Server ask(Connection connection, @Nullable Driver driver, String system, String wal)
            throws SQLException {
        Sql identify = new SqlParts().text("system", system).text("wal", wal).fill(IDENTIFY);
        return new SqlStatement(connection, identify, Map.of()).query(row -> {
            row.next();
            if (row.getInt("version_number") < OLDEST_VERSION) {
                throw notPostgres("PostgreSQL " + row.getString("version"));
            }
            if (row.getBoolean("standby")) {
                throw new StoreUnavailableException("The server is a standby, which cannot be written to.");
            }
            Instant started = SqlStatement.instant(row, "started");
            String identifier = row.getString("system") == null ? UNKNOWN : row.getString("system");
            String walFile = row.getString("wal_file");
            int backend = row.getInt("backend");
            return new Server(
                    identifier,
                    timeline(identifier, walFile, started),
                    walFile != null,
                    started,
                    backend,
                    driver != null && driver.backend() == backend);
        });
    }

    private static boolean isReadable(Connection connection, String expression) throws SQLException {
        try {
            SqlStatement.of(connection, "SELECT " + expression).execute();
            return true;
        } catch (SQLException e) {
            if (SqlState.isOneOf(DENIED, e)) {
                return false;
            }
            throw e;
        }
    }

    /** The first 8 digits of a WAL file's name are the timeline. Where it cannot be read, each start of the server counts. */
    private static long timeline(String system, @Nullable String walFile, Instant started) {
        return walFile == null || system.equals(UNKNOWN)
                ? ChronoUnit.MICROS.between(Instant.EPOCH, started)
                : Long.parseLong(walFile.substring(0, 8), 16);
    }

    /**
     * Returns the columns that prove that a reply comes from this server. A connection that leads straight to the server is
     * served by one process all its life, and a running server does not change its timeline, so the process is enough. Behind
     * a pooler each reply may come from another server, so the timeline and the start of the server are compared.
     */
    String proof() {
        return direct
                ? "pg_backend_pid() AS backend"
                : (walReadable ? WAL : NO_TEXT) + " AS wal_file, pg_postmaster_start_time() AS started";
    }

    /** Returns whether a reply with the columns of {@link #proof()} comes from this server. */
    boolean sent(ResultSet row) throws SQLException {
        if (direct) {
            return row.getInt("backend") == backend;
        }
        Instant replyStarted = SqlStatement.instant(row, "started");
        return replyStarted.equals(started) && timeline(system, row.getString("wal_file"), replyStarted) == timeline;
    }

    /** A reply came from another server, or another incarnation, than the one behind the connection at its set-up. */
    static final class ChangedException extends SQLException {

        private static final long serialVersionUID = 1L;

        ChangedException() {
            super("Another server is behind the connection than before");
        }
    }
}
