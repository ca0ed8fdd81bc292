package io.github.dbleases.postgres;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.Incarnation;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.Renewal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The heartbeats of a client, and between them the wait for notifications, on one connection. */
final class PostgresHeartbeatChannel implements HeartbeatChannel {

    private static final String REPLY = "inbox, clock_timestamp(), " + Neighbours.EXPRESSION + ", {proof}";

    /** One update of one row by its key, in which no indexed column changes. */
    private static final String RENEW = """
            UPDATE {session}
            SET expires_at = clock_timestamp() + ttl
            WHERE id = ? AND state = 'live' {condition}
            RETURNING\s""" + REPLY;

    private static final String OPEN = """
            WITH raised AS (
                UPDATE {incarnation} i
                SET largest_ttl = greatest(largest_ttl, g.ttl), largest_grace = greatest(largest_grace, g.grace)
                FROM (SELECT ? * interval '1 microsecond' AS ttl, ? * interval '1 microsecond' AS grace) g
                WHERE i.system_id = ? AND i.timeline = ? AND i.nonce = ?::uuid
                    AND (i.largest_ttl < g.ttl OR i.largest_grace < g.grace) {condition}
            )
            INSERT INTO {session}
                (id, expires_at, inbox, ttl, grace, started_at, weight, state, client_id, host, pid, version)
            SELECT ?, clock_timestamp() + ttl, 0, ttl, grace, clock_timestamp(), ?, 'live', ?, ?, ?, ?
            FROM (SELECT ? * interval '1 microsecond' AS ttl, ? * interval '1 microsecond' AS grace) given
            RETURNING\s""" + REPLY;

    private final Link link;
    private final RunningProcess process;
    private final String renew;
    private final String open;

    PostgresHeartbeatChannel(StoreParts parts, Timing timing) {
        this.link = new Link(parts, timing, OpenConnection.Use.HEARTBEATS);
        this.process = parts.process();
        this.renew = parts.tables().in(RENEW);
        this.open = parts.tables().in(OPEN);
    }

    @Override
    public Renewal open(NewSession session) {
        long id = session.id();
        return link.call(false, connection -> {
            Incarnation incarnation = connection.incarnation();
            try (PreparedStatement statement = Jdbc.prepare(
                            connection.jdbc(),
                            connection.adapt(open),
                            session.ttl(),
                            session.grace(),
                            incarnation.system(),
                            incarnation.timeline(),
                            incarnation.nonce(),
                            id,
                            session.weight(),
                            session.clientId(),
                            process.host(),
                            process.pid(),
                            process.version(),
                            session.ttl(),
                            session.grace(),
                            id,
                            id);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return renewal(connection, row, id);
            }
        });
    }

    @Override
    public Optional<Renewal> renew(long session) {
        return link.call(true, connection -> {
            try (PreparedStatement statement =
                            Jdbc.prepare(connection.jdbc(), connection.adapt(renew), session, session, session);
                    ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(renewal(connection, row, session)) : Optional.empty();
            }
        });
    }

    @Override
    public boolean awaitHint(long session, Duration atMost) throws InterruptedException {
        return link.awaitHint(session, atMost);
    }

    @Override
    public void close() {
        link.close();
    }

    private static Renewal renewal(OpenConnection connection, ResultSet row, long session) throws SQLException {
        connection.verify(row, 4);
        Instant now = Jdbc.instant(row, 2);
        Optional<Neighbor> neighbor = Neighbours.read(row, 3, now);
        boolean smallest = neighbor.isEmpty() || neighbor.get().session() > session;
        return new Renewal(row.getLong(1), neighbor, smallest, now, connection.incarnation());
    }
}
