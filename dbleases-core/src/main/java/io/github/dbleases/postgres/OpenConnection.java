package io.github.dbleases.postgres;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.Incarnation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is set up, and what is known of the server behind it.
 *
 * <p>A system and a timeline do not tell an incarnation of the database from every other one. Two standbys of one primary
 * that are promoted one after the other, the second without having followed the first, give themselves the same timeline.
 * So the first client that connects to an incarnation writes a row with a random nonce into it, and all clients read that
 * nonce. A standby that followed the first one has its row, but takes a higher timeline when it is promoted. A row that is
 * missing, or has another nonce than the one that was read at set-up, means that this is another incarnation.
 */
final class OpenConnection {

    /** Safe to put into SQL as text: the server prints both of them as numbers, or the system is unknown. */
    private static final String NONCE =
            "(SELECT nonce::text FROM {incarnation} WHERE system_id = '%s' AND timeline = %d)";

    /**
     * Rule 7: whoever first sees an incarnation starts its quiet time. The newest largest ttl is that of all. If several
     * see it at once, the row of one of them stays. Behind a pooler another server may be there by now, which must not get
     * a row that is not its own.
     */
    private static final String RECORD = """
            INSERT INTO {incarnation} (system_id, timeline, nonce, first_seen, quiet_until, largest_ttl, largest_grace)
            SELECT ?, ?, gen_random_uuid(), seen, seen + ttl + grace, ttl, grace
            FROM (SELECT clock_timestamp() AS seen,
                    greatest(max(largest_ttl), ? * interval '1 microsecond') AS ttl,
                    greatest(max(largest_grace), ? * interval '1 microsecond') AS grace
                FROM {incarnation}) known
            WHERE pg_postmaster_start_time() = ? {condition}
            ON CONFLICT DO NOTHING
            """;

    private final Connection jdbc;
    private final Server server;
    private final Incarnation incarnation;
    private final String proof;
    private final Settings settings;
    private final @Nullable Driver driver;
    private final @Nullable String channel;
    private boolean broken;

    private OpenConnection(
            Connection jdbc,
            Server server,
            Incarnation incarnation,
            String proof,
            Settings settings,
            @Nullable Driver driver,
            @Nullable String channel) {
        this.jdbc = jdbc;
        this.server = server;
        this.incarnation = incarnation;
        this.proof = proof;
        this.settings = settings;
        this.driver = driver;
        this.channel = channel;
    }

    /** What a connection is for. */
    enum Use {
        HEARTBEATS,
        WORK
    }

    /**
     * Sets up a connection: finds out which server and which incarnation is behind it, and listens.
     *
     * @param prepares whether statements may be prepared on the server
     */
    static OpenConnection setUp(Connection jdbc, StoreParts parts, Timing timing, Use use, boolean prepares)
            throws SQLException {
        Server.requirePostgres(jdbc);
        Driver driver = Driver.of(jdbc);
        if (driver != null) {
            driver.prepareNothing();
        }
        Settings settings = Settings.of(jdbc, timing);
        Server server = Server.behind(jdbc, driver);
        if (driver != null && prepares && server.direct()) {
            driver.restore();
        }
        if (server.direct()) {
            settings.applyToSession(use);
        }
        Tables tables = parts.tables();
        String nonceColumn = tables.in(NONCE.formatted(server.system(), server.timeline()));
        String nonce = nonce(jdbc, server, nonceColumn);
        if (nonce == null) {
            Jdbc.update(
                    jdbc,
                    tables.in(RECORD).replace("{condition}", settings.condition()),
                    server.system(),
                    server.timeline(),
                    timing.ttl(),
                    timing.grace(),
                    server.started());
            // Read in a later statement, which sees the row of another client that was faster.
            nonce = nonce(jdbc, server, nonceColumn);
        }
        if (nonce == null) {
            throw new ServerChangedException();
        }
        Incarnation incarnation = new Incarnation(server.system(), server.timeline(), nonce);
        String proof = server.direct() ? server.proof() : server.proof() + ", " + nonceColumn;
        boolean listens = use == Use.HEARTBEATS && parts.notifications() && driver != null;
        if (listens) {
            execute(jdbc, "LISTEN " + Tables.quoted(tables.channel()));
        }
        return new OpenConnection(
                jdbc, server, incarnation, proof, settings, driver, listens ? tables.channel() : null);
    }

    /** Reads the nonce of the incarnation behind a connection, null if no client has seen it before. */
    private static @Nullable String nonce(Connection jdbc, Server server, String nonceColumn) throws SQLException {
        try (PreparedStatement statement = Jdbc.prepare(jdbc, "SELECT " + nonceColumn + ", " + server.proof());
                ResultSet row = statement.executeQuery()) {
            row.next();
            if (!server.sent(row, 2)) {
                throw new ServerChangedException();
            }
            return row.getString(1);
        }
    }

    Connection jdbc() {
        return jdbc;
    }

    /** The driver, if the connection listens for notifications. */
    @Nullable
    Driver listener() {
        return channel == null ? null : driver;
    }

    /** Puts in place what depends on the server and the connection. */
    String adapt(String sql) {
        return sql.replace("{proof}", proof)
                .replace("{condition}", settings.condition())
                .replace("{settings}", settings.columns());
    }

    /** Returns the life of the database that the connection leads to. */
    Incarnation incarnation() {
        return incarnation;
    }

    /**
     * Makes sure that a reply comes from the server that was behind the connection when it was set up, and from the same
     * incarnation. A connection that leads straight to a server needs no proof of the latter: it breaks with its server.
     *
     * @param column the first of the columns <code>{proof}</code>
     */
    void verify(ResultSet row, int column) throws SQLException {
        boolean same = server.sent(row, column)
                && (server.direct() || incarnation.nonce().equals(row.getString(column + server.proofColumns())));
        if (!same) {
            throw new ServerChangedException();
        }
    }

    /** Leaves the connection as it was found, in case it goes back to a pool, and closes it. */
    void close() throws SQLException {
        try (jdbc) {
            if (channel != null) {
                execute(jdbc, "UNLISTEN " + Tables.quoted(channel));
            }
            settings.restore();
            if (driver != null) {
                driver.restore();
            }
        }
    }

    /** Says that the state of the connection is in doubt. */
    void markBroken() {
        broken = true;
    }

    boolean isBroken() {
        return broken;
    }

    private static void execute(Connection jdbc, String sql) throws SQLException {
        try (Statement statement = jdbc.createStatement()) {
            statement.execute(sql);
        }
    }
}
