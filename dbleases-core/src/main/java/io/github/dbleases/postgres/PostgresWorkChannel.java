package io.github.dbleases.postgres;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.WorkChannel;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/** All work of a client but its heartbeats, on a connection that is made when there is some. */
final class PostgresWorkChannel implements WorkChannel {

    private static final String NEIGHBOUR = "SELECT clock_timestamp(), " + Neighbours.EXPRESSION;

    /** The row is locked and marked in one statement, which looks at what others have committed up to the lock. */
    private static final String MARK_DEAD = """
            WITH doomed AS (
                SELECT id FROM {session}
                WHERE id = ? AND state = 'live' AND expires_at + ? * interval '1 microsecond' < clock_timestamp()
                    AND abs(date_part('epoch', clock_timestamp() - ?::timestamptz)) * 1000000 <= ?
                    AND ttl <= ? * interval '1 microsecond' {condition}
                FOR UPDATE SKIP LOCKED
            ), dead AS (
                UPDATE {session} s SET state = 'dead' FROM doomed d WHERE s.id = d.id RETURNING s.id
            )
            SELECT ''::text FROM dead
            UNION SELECT m.lease FROM {member} m JOIN dead d ON d.id = m.session_id
            UNION SELECT p.lease FROM {partition} p JOIN dead d ON d.id = p.session_id
            UNION SELECT p.lease FROM {partition} p JOIN dead d ON d.id = p.pending_session_id
            """;

    private static final String PURGE = """
            DELETE FROM {session} WHERE id IN (
                SELECT s.id FROM {session} s
                WHERE s.state = 'dead' {condition}
                    AND NOT EXISTS (SELECT FROM {member} m WHERE m.session_id = s.id)
                    AND NOT EXISTS (SELECT FROM {partition} p WHERE p.session_id = s.id)
                    AND NOT EXISTS (SELECT FROM {partition} p WHERE p.pending_session_id = s.id)
                FOR UPDATE SKIP LOCKED)
            """;

    private final Link link;
    private final HoldingsQuery holdings;
    private final CensusQuery census;
    private final TransactionParts transaction;
    private final String neighbor;
    private final String markDead;
    private final String purge;

    PostgresWorkChannel(StoreParts parts, Timing timing) {
        this.link = new Link(parts, timing, OpenConnection.Use.WORK);
        this.holdings = new HoldingsQuery(parts.tables());
        this.census = new CensusQuery(parts.tables());
        this.transaction = TransactionParts.of(parts);
        this.neighbor = parts.tables().in(NEIGHBOUR);
        this.markDead = parts.tables().in(MARK_DEAD);
        this.purge = parts.tables().in(PURGE);
    }

    @Override
    public Holdings holdings(long session) {
        return link.call(true, connection -> holdings.read(connection, session));
    }

    @Override
    public Optional<Neighbor> neighbor(long session) {
        return link.call(true, connection -> {
            try (PreparedStatement statement = Jdbc.prepare(connection.jdbc(), neighbor, session, session);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return Neighbours.read(row, 2, Jdbc.instant(row, 1));
            }
        });
    }

    @Override
    public Optional<Set<String>> markDead(MarkDeadCondition condition) {
        Duration tolerance = condition.grace().dividedBy(2);
        return link.call(false, connection -> {
            try (PreparedStatement statement = Jdbc.prepare(
                            connection.jdbc(),
                            connection.adapt(markDead),
                            condition.session(),
                            condition.grace(),
                            condition.expectedTime(),
                            tolerance,
                            condition.steadyFor());
                    ResultSet row = statement.executeQuery()) {
                Set<String> found = new HashSet<>();
                while (row.next()) {
                    found.add(row.getString(1));
                }
                // The empty name, which no lease has, says that the session was marked.
                return found.remove("") ? Optional.of(found) : Optional.empty();
            }
        });
    }

    @Override
    public <T> T transact(SortedSet<String> leases, Work<T> work) {
        return link.call(true, connection -> {
            Connection jdbc = connection.jdbc();
            boolean committed = false;
            jdbc.setAutoCommit(false);
            try {
                PostgresTransaction open = PostgresTransaction.begin(transaction, connection, leases);
                T result = work.in(open);
                open.commit();
                committed = true;
                return result;
            } catch (UncheckedSqlException e) {
                throw e.getCause();
            } finally {
                end(connection, committed);
            }
        });
    }

    /** Throws nothing, so that what the work threw is passed on. */
    private static void end(OpenConnection connection, boolean committed) {
        try {
            if (!committed) {
                connection.jdbc().rollback();
            }
            connection.jdbc().setAutoCommit(true);
        } catch (SQLException e) {
            connection.markBroken();
        }
    }

    @Override
    public ClusterSnapshot clusterSnapshot() {
        return link.call(true, census::read);
    }

    @Override
    public ClusterSnapshot clusterSnapshot(String lease) {
        return link.call(true, connection -> census.read(connection, lease));
    }

    @Override
    public void purge() {
        link.call(true, connection -> Jdbc.update(connection.jdbc(), connection.adapt(purge)));
    }

    @Override
    public void idle() {
        link.close();
    }

    @Override
    public void close() {
        link.close();
    }
}
