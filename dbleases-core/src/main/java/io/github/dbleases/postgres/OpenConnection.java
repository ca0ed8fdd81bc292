package io.github.dbleases.postgres;

import io.github.dbleases.Timing;
import io.github.dbleases.internal.jdbc.Sql;
import io.github.dbleases.internal.jdbc.SqlIdentifiers;
import io.github.dbleases.internal.jdbc.SqlParts;
import io.github.dbleases.internal.jdbc.SqlStatement;
import io.github.dbleases.spi.Incarnation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that is set up for the store's statements, and what is known about the server behind it.
 *
 * <p>A system and a timeline do not identify an incarnation of the database. Two standbys of one primary that are promoted
 * one after the other, the second without having followed the first, get the same timeline. So the first client that
 * connects to an incarnation writes a row with a random nonce, and all clients read that nonce. A standby that followed
 * the first one has its row, but gets a higher timeline when it is promoted. A row that is missing, or has another nonce
 * than at set-up, means that this is another incarnation.
 *
 * <p>Statements are templates with these parts:
 *
 * <pre>
 *   {session} {lease} {member} {partition} {incarnation} {event}   the tables
 *   {neighbor}     the session before {?session}, see {@link PostgresHeartbeatChannel}
 *   {proof}        columns that prove that a reply comes from this server and incarnation, see {@link #verify}
 *   {andSettings}  a condition that applies the {@link Settings} to a statement
 *   {settings}     columns that apply them to a transaction
 *   {recordOpened} {recordMarkedDead} {recordEnded} {recordIncarnation}
 *                  further CTEs that add an event to the history, or nothing, see {@link PostgresHistory}
 * </pre>
 *
 * <p>The parameters {@code system}, {@code timeline} and {@code nonce} of the incarnation are always set. The logger of this
 * class prints each statement with its parts inserted at level TRACE.
 */
final class OpenConnection {

    private static final Logger log = LoggerFactory.getLogger(OpenConnection.class);

    private static final String NONCE =
            "(SELECT nonce::text FROM {incarnation} WHERE system_id = {?system} AND timeline = {?timeline}) AS nonce";

    private static final String READ_NONCE = "SELECT {nonce}, {server}";

    /**
     * Rule 7: the first client that sees an incarnation starts its quiet time. The newest row has the largest TTL of all. If
     * several clients see the incarnation at once, the row of one of them stays. Behind a pooler another server may answer by
     * now, which must not get a row of this one.
     */
    private static final String RECORD = """
            WITH found AS (
                INSERT INTO {incarnation} (system_id, timeline, nonce, first_seen, quiet_until, largest_ttl, largest_grace)
                SELECT {?system}, {?timeline}, gen_random_uuid(), seen, seen + ttl + grace, ttl, grace
                FROM (SELECT clock_timestamp() AS seen,
                        greatest(max(largest_ttl), {?ttl} * interval '1 microsecond') AS ttl,
                        greatest(max(largest_grace), {?grace} * interval '1 microsecond') AS grace
                    FROM {incarnation}) known
                WHERE pg_postmaster_start_time() = {?started} {andSettings}
                ON CONFLICT DO NOTHING
                RETURNING system_id, timeline, quiet_until
            ){recordIncarnation}
            SELECT count(*) FROM found
            """;

    private final Connection jdbc;
    private final Server server;
    private final Settings settings;
    private final @Nullable Driver driver;
    private final SqlParts parts;
    private final Map<String, Sql> filled = new HashMap<>();
    private final Incarnation incarnation;
    private final @Nullable String channel;
    private boolean broken;

    /** What a connection is used for. */
    enum Use {
        HEARTBEATS,
        WORK
    }

    /**
     * Sets up a connection: finds out which server and which incarnation is behind it, and listens.
     *
     * @param prepares whether statements may be prepared on the server
     */
    OpenConnection(Connection jdbc, PostgresLeaseStore store, Timing timing, Use use, boolean prepares)
            throws SQLException {
        this.jdbc = jdbc;
        Server.requirePostgres(jdbc);
        driver = Driver.of(jdbc);
        if (driver != null) {
            driver.prepareNothing();
        }
        settings = Settings.of(jdbc, timing);
        server = Server.behind(jdbc, driver);
        if (driver != null && prepares && server.direct()) {
            driver.restore();
        }
        if (server.direct()) {
            settings.applyToSession(use);
        }
        parts = store.history
                .addTo(store.tables.parts())
                .fragment("neighbor", PostgresHeartbeatChannel.NEIGHBOR)
                .fragment("nonce", NONCE)
                .text("server", server.proof())
                .fragment("proof", server.direct() ? "{server}" : "{server}, {nonce}")
                .text("andSettings", settings.condition())
                .text("settings", settings.columns());
        incarnation = new Incarnation(server.system(), server.timeline(), nonce(timing));
        channel = use == Use.HEARTBEATS && store.notifications && driver != null ? store.tables.channel() : null;
        if (channel != null) {
            execute("LISTEN " + SqlIdentifiers.quoted(channel));
        }
    }

    /** Returns the nonce of the incarnation. Records the incarnation if this is the first client to see it. */
    private String nonce(Timing timing) throws SQLException {
        Map<String, Object> known = Map.of("system", server.system(), "timeline", server.timeline());
        String nonce = readNonce(known);
        if (nonce == null) {
            new SqlStatement(jdbc, filled(RECORD), known)
                    .set("ttl", timing.ttl())
                    .set("grace", timing.grace())
                    .set("started", server.started())
                    .execute();
            // A later statement, so that it sees the row of another client that was faster.
            nonce = readNonce(known);
        }
        if (nonce == null) {
            throw new Server.ChangedException();
        }
        return nonce;
    }

    private @Nullable String readNonce(Map<String, Object> known) throws SQLException {
        return new SqlStatement(jdbc, filled(READ_NONCE), known).query(row -> {
            row.next();
            if (!server.sent(row)) {
                throw new Server.ChangedException();
            }
            return row.getString("nonce");
        });
    }

    Connection jdbc() {
        return jdbc;
    }

    /** Returns the incarnation of the database that the connection leads to. */
    Incarnation incarnation() {
        return incarnation;
    }

    /** Returns the driver if the connection listens for notifications. */
    @Nullable
    Driver listener() {
        return channel == null ? null : driver;
    }

    /** Returns a new execution of a statement. */
    SqlStatement sql(String template) {
        return new SqlStatement(
                jdbc,
                filled(template),
                Map.of(
                        "system", incarnation.system(),
                        "timeline", incarnation.timeline(),
                        "nonce", incarnation.nonce()));
    }

    private Sql filled(String template) {
        return filled.computeIfAbsent(template, any -> {
            Sql sql = parts.fill(template);
            log.trace("Statement with the parameters {}:\n{}", sql.parameters(), sql.text());
            return sql;
        });
    }

    /**
     * Makes sure that a reply comes from the server that was behind the connection at set-up, and from the same incarnation.
     * A connection that leads straight to a server needs no proof of the latter, because it breaks when its server stops.
     *
     * @param row with the columns of <code>{proof}</code>
     * @throws Server.ChangedException if it does not
     */
    void verify(ResultSet row) throws SQLException {
        boolean same =
                server.sent(row) && (server.direct() || incarnation.nonce().equals(row.getString("nonce")));
        if (!same) {
            throw new Server.ChangedException();
        }
    }

    /** Restores the state in which the connection was found, in case it goes back to a pool, and closes it. */
    void close() throws SQLException {
        try (jdbc) {
            if (channel != null) {
                execute("UNLISTEN " + SqlIdentifiers.quoted(channel));
            }
            settings.restore();
            if (driver != null) {
                driver.restore();
            }
        }
    }

    /** Records that the state of the connection is in doubt. */
    void markBroken() {
        broken = true;
    }

    boolean isBroken() {
        return broken;
    }

    private void execute(String sql) throws SQLException {
        try (var statement = jdbc.createStatement()) {
            statement.execute(sql);
        }
    }
}
