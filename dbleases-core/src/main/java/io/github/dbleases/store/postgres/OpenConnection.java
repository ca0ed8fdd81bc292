package io.github.dbleases.store.postgres;

import io.github.dbleases.Timing;
import io.github.dbleases.store.Incarnation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A connection that is set up, and what is known of the server behind it. */
final class OpenConnection {

    /** Rule 7: whoever first sees an incarnation starts its quiet time. The newest largest ttl is that of all. */
    private static final String RECORD = """
            INSERT INTO {incarnation} (system_id, timeline, first_seen, quiet_until, largest_ttl)
            SELECT ?, ?, seen, seen + largest + ? * interval '1 microsecond', largest
            FROM (SELECT clock_timestamp() AS seen,
                    greatest(max(largest_ttl), ? * interval '1 microsecond') AS largest
                FROM {incarnation}) known
            ON CONFLICT DO NOTHING
            """;

    private final Connection jdbc;
    private final Server server;
    private final Settings settings;
    private final @Nullable Driver driver;
    private final @Nullable String channel;
    private boolean broken;

    private OpenConnection(
            Connection jdbc, Server server, Settings settings, @Nullable Driver driver, @Nullable String channel) {
        this.jdbc = jdbc;
        this.server = server;
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
     * Sets up a connection: finds out which server is behind it, records its incarnation and listens.
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
        Incarnation seen = server.incarnation();
        Tables tables = parts.tables();
        Jdbc.update(jdbc, tables.in(RECORD), seen.system(), seen.timeline(), timing.grace(), timing.ttl());
        boolean listens = use == Use.HEARTBEATS && parts.notifications() && driver != null;
        if (listens) {
            execute(jdbc, "LISTEN " + Tables.quoted(tables.channel()));
        }
        return new OpenConnection(jdbc, server, settings, driver, listens ? tables.channel() : null);
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
        return sql.replace("{proof}", server.proof())
                .replace("{condition}", settings.condition())
                .replace("{settings}", settings.columns());
    }

    /** Returns the life of the database that the connection leads to. */
    Incarnation incarnation() {
        return server.incarnation();
    }

    /**
     * Makes sure that a reply comes from the server that was behind the connection when it was set up.
     *
     * @param proof the first of the columns <code>{proof}</code>
     */
    void verify(ResultSet row, int proof) throws SQLException {
        if (!server.sent(row, proof)) {
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
