package io.github.dbleases.postgres;

import io.github.dbleases.Timing;
import io.github.dbleases.internal.jdbc.SqlStatement;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.Renewal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens and renews the session of a client, and waits for notifications in between, all on one connection. */
final class PostgresHeartbeatChannel implements HeartbeatChannel {

    /** A heartbeat: one update of one row by its key. No indexed column changes. */
    private static final String RENEW = """
            UPDATE {session}
            SET expires_at = clock_timestamp() + ttl
            WHERE id = {?session} AND state = 'live' {andSettings}
            RETURNING inbox, clock_timestamp() AS now, {neighbor} AS neighbor, {proof}
            """;

    /** The incarnation remembers the largest TTL and grace of all sessions: the quiet time after a failover depends on them. */
    private static final String OPEN = """
            WITH raised AS (
                UPDATE {incarnation} i
                SET largest_ttl = greatest(largest_ttl, g.ttl), largest_grace = greatest(largest_grace, g.grace)
                FROM (SELECT {?ttl} * interval '1 microsecond' AS ttl, {?grace} * interval '1 microsecond' AS grace) g
                WHERE i.system_id = {?system} AND i.timeline = {?timeline} AND i.nonce = {?nonce}::uuid
                    AND (i.largest_ttl < g.ttl OR i.largest_grace < g.grace) {andSettings}
            ){recordOpened}
            INSERT INTO {session}
                (id, expires_at, inbox, ttl, grace, started_at, weight, state, client_id, host, pid, version, drained)
            SELECT {?session}, clock_timestamp() + ttl, 0, ttl, grace, clock_timestamp(), {?weight}, 'live',
                {?clientId}, {?host}, {?pid}, {?version}, {?drained}
            FROM (SELECT {?ttl} * interval '1 microsecond' AS ttl, {?grace} * interval '1 microsecond' AS grace) given
            RETURNING inbox, clock_timestamp() AS now, {neighbor} AS neighbor, {proof}
            """;

    /**
     * The live session with the largest id below that of the session, or else the largest above it: its id, expiry, TTL and
     * grace, as PostgreSQL sends them in binary. The id and the time take 8 bytes each, an interval takes 16 (microseconds,
     * days and months; the library writes only microseconds). This is the cheapest way to get several values out
     * of one look at the row, and unlike numbers and times as text it does not depend on a setting. The second half is
     * evaluated only for the session with the smallest id.
     */
    static final String NEIGHBOR = """
            coalesce(
                (SELECT int8send(n.id) || timestamptz_send(n.expires_at) || interval_send(n.ttl) || interval_send(n.grace)
                    FROM {session} n WHERE n.id < {?session} AND n.state = 'live' ORDER BY n.id DESC LIMIT 1),
                (SELECT int8send(n.id) || timestamptz_send(n.expires_at) || interval_send(n.ttl) || interval_send(n.grace)
                    FROM {session} n WHERE n.id > {?session} AND n.state = 'live' ORDER BY n.id DESC LIMIT 1))""";

    /** The instant from which PostgreSQL counts microseconds. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final ChannelConnection connection;
    private final @Nullable String host = hostName();

    PostgresHeartbeatChannel(PostgresLeaseStore store, Timing timing) {
        this.connection = new ChannelConnection(store, timing, OpenConnection.Use.HEARTBEATS);
    }

    @Override
    public Renewal open(NewSession session) {
        return connection.call(
                false,
                open -> open.sql(OPEN)
                        .set("session", session.id())
                        .set("weight", session.weight())
                        .set("ttl", session.ttl())
                        .set("grace", session.grace())
                        .set("clientId", session.clientId())
                        .set("host", host)
                        .set("pid", ProcessHandle.current().pid())
                        .set(
                                "version",
                                PostgresHeartbeatChannel.class.getPackage().getImplementationVersion())
                        .set("drained", session.drained())
                        .query(row -> {
                            row.next();
                            return renewal(open, row, session.id());
                        }));
    }

    @Override
    public Optional<Renewal> renew(long session) {
        return connection.call(
                true,
                open -> open.sql(RENEW)
                        .set("session", session)
                        .query(row -> row.next() ? Optional.of(renewal(open, row, session)) : Optional.empty()));
    }

    private static Renewal renewal(OpenConnection open, ResultSet row, long session) throws SQLException {
        open.verify(row);
        Instant now = SqlStatement.instant(row, "now");
        Optional<Neighbor> neighbor = neighbor(row, now);
        boolean smallest = neighbor.isEmpty() || neighbor.get().session() > session;
        return new Renewal(row.getLong("inbox"), neighbor, smallest, now, open.incarnation());
    }

    /**
     * Reads the column {@code neighbor}, the value of {@link #NEIGHBOR}.
     *
     * @param now the database's clock at that moment
     */
    static Optional<Neighbor> neighbor(ResultSet row, Instant now) throws SQLException {
        byte[] bytes = row.getBytes("neighbor");
        if (bytes == null) {
            return Optional.empty();
        }
        ByteBuffer sent = ByteBuffer.wrap(bytes);
        long session = sent.getLong();
        Instant expiry = EPOCH.plus(sent.getLong(), ChronoUnit.MICROS);
        Duration ttl = interval(sent);
        return Optional.of(new Neighbor(session, Duration.between(now, expiry), ttl, interval(sent)));
    }

    private static Duration interval(ByteBuffer sent) {
        Duration micros = Duration.of(sent.getLong(), ChronoUnit.MICROS);
        sent.getLong();
        return micros;
    }

    /** Returns the name of this machine, for people. May ask a name server. */
    private static @Nullable String hostName() {
        String name = System.getenv("HOSTNAME");
        if (name != null && !name.isBlank()) {
            return name;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    @Override
    public boolean awaitHint(long session, Duration atMost) throws InterruptedException {
        return connection.awaitHint(session, atMost);
    }

    @Override
    public void close() {
        connection.close();
    }
}
