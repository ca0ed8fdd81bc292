package io.github.dbleases.postgres;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which server is behind a connection.
 *
 * @param system the identifier of the database system
 * @param timeline the timeline of the system, which another server of the system may have too: see {@link OpenConnection}
 * @param walReadable whether the position in the write-ahead log, and with it the timeline, can be read
 * @param started when it was started
 * @param backend the process that answered
 * @param direct whether the connection is known to lead straight to that process, with no pooler between
 */
record Server(String system, long timeline, boolean walReadable, Instant started, int backend, boolean direct) {

    private static final int OLDEST_VERSION = 140_000;
    private static final String UNKNOWN = "unknown";

    private static final String IDENTIFY = """
            SELECT current_setting('server_version_num')::int, current_setting('server_version'),
                pg_is_in_recovery(), pg_postmaster_start_time(), pg_backend_pid(), {system},
                CASE WHEN NOT pg_is_in_recovery() THEN {wal} END
            """;
    private static final String SYSTEM = "(SELECT system_identifier::text FROM pg_control_system())";
    private static final String WAL = "pg_walfile_name(pg_current_wal_lsn())";
    private static final String NO_TEXT = "NULL::text";

    /** Refuses what is no PostgreSQL, and what is too old. */
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
     * Asks the server. Some services deny the functions that tell the system and the timeline.
     *
     * @param connection with auto-commit
     * @throws StoreUnusableException if it is too old
     * @throws StoreUnavailableException if it is a standby
     */
    static Server behind(Connection connection, @Nullable Driver driver) throws SQLException {
        try {
            return ask(connection, driver, SYSTEM, WAL);
        } catch (SQLException e) {
            if (!Failures.isDenied(e)) {
                throw e;
            }
        }
        String system = isReadable(connection, SYSTEM) ? SYSTEM : NO_TEXT;
        String wal = isReadable(connection, WAL) ? WAL : NO_TEXT;
        return ask(connection, driver, system, wal);
    }

    /**
     * The columns of a reply that tell whether it comes from this server. A connection that is known to lead straight to
     * it is served by one process all its life, and a server that runs does not change its timeline: there it is that
     * process. Behind a pooler each reply may come from another server, so there they are two, the file of the write-ahead
     * log, whose first 8 digits are the timeline, and the start of the server.
     */
    String proof() {
        if (direct) {
            return "pg_backend_pid()";
        }
        return (walReadable ? WAL : NO_TEXT) + ", pg_postmaster_start_time()";
    }

    /** How many columns {@link #proof} has. */
    int proofColumns() {
        return direct ? 1 : 2;
    }

    /** Returns whether a reply comes from this server. */
    boolean sent(ResultSet row, int proof) throws SQLException {
        if (direct) {
            return row.getInt(proof) == backend;
        }
        Instant replyStarted = Jdbc.instant(row, proof + 1);
        return replyStarted.equals(started) && timeline(system, row.getString(proof), replyStarted) == timeline;
    }

    private static StoreUnusableException notPostgres(String product) {
        return new StoreUnusableException(
                "The database is %s, but dbleases needs PostgreSQL 14 or newer.".formatted(product),
                "Use a data source of a PostgreSQL database, or keep the leases in a table of this database with a JdbcBackend.",
                "dataSource");
    }

    private static Server ask(Connection connection, @Nullable Driver driver, String system, String wal)
            throws SQLException {
        String sql = IDENTIFY.replace("{system}", system).replace("{wal}", wal);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            if (row.getInt(1) < OLDEST_VERSION) {
                throw notPostgres("PostgreSQL " + row.getString(2));
            }
            if (row.getBoolean(3)) {
                throw new StoreUnavailableException("The server is a standby, which cannot be written to.");
            }
            Instant started = Jdbc.instant(row, 4);
            String identifier = row.getString(6) == null ? UNKNOWN : row.getString(6);
            String walFile = row.getString(7);
            int backend = row.getInt(5);
            return new Server(
                    identifier,
                    timeline(identifier, walFile, started),
                    walFile != null,
                    started,
                    backend,
                    driver != null && driver.backend() == backend);
        }
    }

    private static long timeline(String system, @Nullable String walFile, Instant started) {
        return walFile == null || system.equals(UNKNOWN)
                ? ChronoUnit.MICROS.between(Instant.EPOCH, started)
                : Long.parseLong(walFile.substring(0, 8), 16);
    }

    private static boolean isReadable(Connection connection, String expression) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT " + expression).close();
            return true;
        } catch (SQLException e) {
            if (Failures.isDenied(e)) {
                return false;
            }
            throw e;
        }
    }
}
