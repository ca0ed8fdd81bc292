package io.github.dbleases.store.postgres;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.store.Incarnation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which server is behind a connection. The timeline and the start of the server are part of every reply whose incarnation
 * matters, so that a pooler that goes over to another server is noticed.
 *
 * @param system the system identifier
 * @param walReadable whether the position in the write-ahead log, and with it the timeline, can be read
 * @param started when it was started
 * @param incarnation which life of the database it is
 * @param backend the process that serves the connection
 */
record Server(String system, boolean walReadable, Instant started, Incarnation incarnation, int backend) {

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

    /**
     * Asks the server. Some services deny the functions that tell the system and the timeline.
     *
     * @throws StoreUnusableException if it is not PostgreSQL, or too old
     * @throws StoreUnavailableException if it is a standby
     */
    static Server behind(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        if (!product.equals("PostgreSQL")) {
            throw StoreUnusableException.notPostgres(product);
        }
        try {
            return ask(connection, SYSTEM, WAL);
        } catch (SQLException e) {
            if (!Failures.isDenied(e)) {
                throw e;
            }
        }
        String system = isReadable(connection, SYSTEM) ? SYSTEM : NO_TEXT;
        String wal = isReadable(connection, WAL) ? WAL : NO_TEXT;
        return ask(connection, system, wal);
    }

    /** Returns the life of the database that a reply comes from. */
    Incarnation incarnation(@Nullable String walFile, Instant replyStarted) {
        return incarnation(system, walFile, replyStarted);
    }

    /** An expression for the file of the write-ahead log, whose first 8 digits are the timeline. */
    String walExpression() {
        return walReadable ? WAL : NO_TEXT;
    }

    private static Server ask(Connection connection, String system, String wal) throws SQLException {
        String sql = IDENTIFY.replace("{system}", system).replace("{wal}", wal);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            if (row.getInt(1) < OLDEST_VERSION) {
                throw StoreUnusableException.notPostgres("PostgreSQL " + row.getString(2));
            }
            if (row.getBoolean(3)) {
                throw new StoreUnavailableException("The server is a standby, which cannot be written to.");
            }
            Instant started = Jdbc.instant(row, 4);
            String identifier = row.getString(6) == null ? UNKNOWN : row.getString(6);
            return new Server(
                    identifier,
                    row.getString(7) != null,
                    started,
                    incarnation(identifier, row.getString(7), started),
                    row.getInt(5));
        }
    }

    private static Incarnation incarnation(String system, @Nullable String walFile, Instant started) {
        long timeline = walFile == null || system.equals(UNKNOWN)
                ? ChronoUnit.MICROS.between(Instant.EPOCH, started)
                : Long.parseLong(walFile.substring(0, 8), 16);
        return new Incarnation(system, timeline);
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
