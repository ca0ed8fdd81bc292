package io.github.dbleases.postgres;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.jdbc.SqlStatement;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.Holdings.GrantedPartition;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.WorkChannel;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;

/** All work of a client except its heartbeats, on a connection that is opened when there is work. */
final class PostgresWorkChannel implements WorkChannel {

    /**
     * The leases of the session and the sessions of their members are looked up one by one, so that only rows that concern
     * the session are read, however many others there are.
     */
    private static final String HOLDINGS = """
            SELECT coalesce(s.state = 'live', false) AS live, coalesce(s.inbox, 0) AS inbox,
                greatest(date_part('epoch', i.quiet_until - clock_timestamp()), 0) AS quiet_seconds,
                (extract(epoch FROM i.quiet_until) * 1000000)::bigint AS token_floor,
                h.lease, h.partition, h.token, h.asked, h.members, {proof}
            FROM (SELECT {?session}::bigint AS id) own
                LEFT JOIN {incarnation} i
                    ON i.system_id = {?system} AND i.timeline = {?timeline} AND i.nonce = {?nonce}::uuid
                LEFT JOIN {session} s ON s.id = own.id
                LEFT JOIN LATERAL (
                    SELECT p.lease, p.partition, p.token, p.pending_session_id <> own.id, NULL::bigint[]
                    FROM {partition} p WHERE p.session_id = own.id
                    UNION ALL
                    SELECT m.lease, NULL, NULL, NULL, ARRAY (
                        SELECT o.session_id FROM {member} o
                        WHERE o.lease = m.lease AND (SELECT state = 'live' FROM {session} WHERE id = o.session_id)
                    )
                    FROM {member} m
                    WHERE m.session_id = own.id AND (SELECT kind = 'tasks' FROM {lease} WHERE name = m.lease)
                ) h (lease, partition, token, asked, members) ON true
            """;

    private static final String NEIGHBOR = "SELECT clock_timestamp() AS now, {neighbor} AS neighbor";

    /**
     * The row is locked and marked in one statement, which sees what others have committed up to the lock. An empty name,
     * which no lease has, reports that the session was marked.
     */
    private static final String MARK_DEAD = """
            WITH doomed AS (
                SELECT id FROM {session}
                WHERE id = {?session} AND state = 'live'
                    AND expires_at + {?grace} * interval '1 microsecond' < clock_timestamp()
                    AND abs(date_part('epoch', clock_timestamp() - {?expectedTime}::timestamptz)) * 1000000 <= {?tolerance}
                    AND ttl <= {?steadyFor} * interval '1 microsecond' {andSettings}
                FOR UPDATE SKIP LOCKED
            ), dead AS (
                UPDATE {session} s SET state = 'dead' FROM doomed d WHERE s.id = d.id
                RETURNING s.id, s.client_id, s.expires_at
            ){recordMarkedDead}
            SELECT ''::text AS lease FROM dead
            UNION SELECT m.lease FROM {member} m JOIN dead d ON d.id = m.session_id
            UNION SELECT p.lease FROM {partition} p JOIN dead d ON d.id = p.session_id
            UNION SELECT p.lease FROM {partition} p JOIN dead d ON d.id = p.pending_session_id
            """;

    private static final String PURGE = """
            DELETE FROM {session} WHERE id IN (
                SELECT s.id FROM {session} s
                WHERE s.state = 'dead' {andSettings}
                    AND NOT EXISTS (SELECT FROM {member} m WHERE m.session_id = s.id)
                    AND NOT EXISTS (SELECT FROM {partition} p WHERE p.session_id = s.id)
                    AND NOT EXISTS (SELECT FROM {partition} p WHERE p.pending_session_id = s.id)
                FOR UPDATE SKIP LOCKED)
            """;

    private static final int SESSION = 1;
    private static final int LEASE = 2;
    private static final int MEMBER = 3;

    /** Rows of four types, in this order, in one snapshot. The placeholder selects all leases or one. */
    private static final String CLUSTER = """
            SELECT 1 AS type, client_id AS name, NULL::text AS kind, NULL::int AS number, id AS session,
                NULL::bigint AS pending, NULL::bigint AS token, weight, state = 'live' AS live, NULL::boolean AS yields,
                started_at AS since, date_part('epoch', expires_at - clock_timestamp()) AS expires_in,
                date_part('epoch', ttl) AS ttl, date_part('epoch', grace) AS grace
            FROM {session}
            UNION ALL
            SELECT 2, l.name, l.kind, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            FROM {lease} l WHERE l.name %1$s
            UNION ALL
            SELECT 3, m.lease, NULL, NULL, m.session_id, NULL, NULL, s.weight, s.id IS NOT NULL,
                coalesce(m.yields_until > clock_timestamp(), false), NULL, NULL, NULL, NULL
            FROM {member} m LEFT JOIN {session} s ON s.id = m.session_id AND s.state = 'live'
            WHERE m.lease %1$s
            UNION ALL
            SELECT 4, p.lease, NULL, p.partition, p.session_id, p.pending_session_id, p.token, NULL, s.id IS NOT NULL, NULL,
                p.since, NULL, NULL, NULL
            FROM {partition} p LEFT JOIN {session} s ON s.id = p.session_id AND s.state = 'live'
            WHERE p.lease %1$s
            ORDER BY type, number, session
            """;

    private static final String ALL_LEASES = CLUSTER.formatted("IS NOT NULL");
    private static final String ONE_LEASE = CLUSTER.formatted("= {?lease}");

    private final PostgresLeaseStore store;
    private final ChannelConnection connection;

    PostgresWorkChannel(PostgresLeaseStore store, Timing timing) {
        this.store = store;
        this.connection = new ChannelConnection(store, timing, OpenConnection.Use.WORK);
    }

    @Override
    public Holdings holdings(long session) {
        return connection.call(
                true, open -> open.sql(HOLDINGS).set("session", session).query(rows -> holdings(open, rows)));
    }

    private static Holdings holdings(OpenConnection open, ResultSet row) throws SQLException {
        row.next();
        open.verify(row);
        Duration quietFor = SqlStatement.seconds(row, "quiet_seconds");
        long tokenFloor = row.getLong("token_floor");
        if (row.wasNull()) {
            // This is another incarnation, or its row was deleted. Setting up a new connection finds or records it.
            throw new Server.ChangedException();
        }
        boolean live = row.getBoolean("live");
        long inbox = row.getLong("inbox");
        List<GrantedPartition> partitions = new ArrayList<>();
        Map<String, Set<Long>> taskMembers = new HashMap<>();
        do {
            String lease = row.getString("lease");
            Array members = row.getArray("members");
            if (members != null) {
                taskMembers.put(lease, Set.of((Long[]) members.getArray()));
            } else if (lease != null) {
                partitions.add(new GrantedPartition(
                        lease, row.getInt("partition"), row.getLong("token"), row.getBoolean("asked")));
            }
        } while (row.next());
        return new Holdings(live, inbox, open.incarnation(), quietFor, tokenFloor, partitions, taskMembers);
    }

    @Override
    public Optional<Neighbor> neighbor(long session) {
        return connection.call(
                true,
                open -> open.sql(NEIGHBOR).set("session", session).query(row -> {
                    row.next();
                    return PostgresHeartbeatChannel.neighbor(row, SqlStatement.instant(row, "now"));
                }));
    }

    @Override
    public Optional<Set<String>> markDead(MarkDeadCondition condition) {
        return connection.call(
                false,
                open -> markDead(open.sql(MARK_DEAD), condition).query(row -> {
                    Set<String> leases = new HashSet<>();
                    while (row.next()) {
                        leases.add(row.getString("lease"));
                    }
                    boolean marked = leases.remove("");
                    return marked ? Optional.of(leases) : Optional.empty();
                }));
    }

    private SqlStatement markDead(SqlStatement statement, MarkDeadCondition condition) {
        statement
                .set("session", condition.session())
                .set("grace", condition.grace())
                .set("expectedTime", condition.expectedTime())
                .set("tolerance", condition.grace().dividedBy(2))
                .set("steadyFor", condition.steadyFor());
        return store.history.isKept() ? statement.set("by", condition.by()) : statement;
    }

    @Override
    public <T> T transact(SortedSet<String> leases, Work<T> work) {
        return inTransaction(open -> run(PostgresTransaction.begin(store, open, leases), work));
    }

    @Override
    public <T> Optional<T> transactUnlessLocked(String lease, Work<T> work) {
        return inTransaction(open -> {
            Optional<PostgresTransaction> begun = PostgresTransaction.beginUnlessLocked(store, open, lease);
            return begun.isPresent() ? Optional.of(run(begun.get(), work)) : Optional.empty();
        });
    }

    private static <T> T run(PostgresTransaction transaction, Work<T> work) throws SQLException {
        T result = work.in(transaction);
        transaction.commit();
        return result;
    }

    private <T> T inTransaction(ChannelConnection.Call<T> call) {
        return connection.call(true, open -> {
            open.jdbc().setAutoCommit(false);
            try {
                return call.on(open);
            } catch (PostgresTransaction.FailedException e) {
                throw e.getCause();
            } finally {
                end(open);
            }
        });
    }

    /** Rolls back what is not committed. Throws nothing, so that the exception of the work is passed on. */
    private static void end(OpenConnection open) {
        try {
            open.jdbc().rollback();
            open.jdbc().setAutoCommit(true);
        } catch (SQLException e) {
            open.markBroken();
        }
    }

    @Override
    public Optional<LeaseState> lease(String name) {
        return connection.call(
                true,
                open -> open.sql(PostgresTransaction.STATES)
                        .set("leases", new String[] {name})
                        .query(row -> Optional.ofNullable(
                                PostgresTransaction.states(row).get(name))));
    }

    @Override
    public ClusterSnapshot clusterSnapshot() {
        return connection.call(true, open -> open.sql(ALL_LEASES).query(PostgresWorkChannel::clusterSnapshot));
    }

    @Override
    public ClusterSnapshot clusterSnapshot(String lease) {
        return connection.call(
                true, open -> open.sql(ONE_LEASE).set("lease", lease).query(PostgresWorkChannel::clusterSnapshot));
    }

    private static ClusterSnapshot clusterSnapshot(ResultSet row) throws SQLException {
        List<ClusterSnapshot.Session> sessions = new ArrayList<>();
        Map<String, LeaseRows> leases = new TreeMap<>();
        while (row.next()) {
            int type = row.getInt("type");
            if (type == SESSION) {
                sessions.add(new ClusterSnapshot.Session(
                        row.getLong("session"),
                        row.getString("name"),
                        row.getBoolean("live"),
                        row.getInt("weight"),
                        SqlStatement.instant(row, "since"),
                        SqlStatement.seconds(row, "expires_in"),
                        SqlStatement.seconds(row, "ttl"),
                        SqlStatement.seconds(row, "grace")));
            } else if (type == LEASE) {
                leases.put(row.getString("name"), new LeaseRows(LeaseKind.ofWord(row.getString("kind"))));
            } else {
                LeaseRows lease = leases.get(row.getString("name"));
                if (lease != null && type == MEMBER) {
                    lease.addMember(row);
                } else if (lease != null) {
                    lease.addPartition(row);
                }
            }
        }
        return new ClusterSnapshot(
                sessions,
                leases.entrySet().stream()
                        .map(lease -> lease.getValue().toLease(lease.getKey()))
                        .toList());
    }

    private static final class LeaseRows {

        private final LeaseKind kind;
        private final List<Snapshot.Member> members = new ArrayList<>();
        private final List<Long> deadMembers = new ArrayList<>();
        private final List<Snapshot.Partition> partitions = new ArrayList<>();
        private final List<Instant> since = new ArrayList<>();

        private LeaseRows(LeaseKind kind) {
            this.kind = kind;
        }

        private void addMember(ResultSet row) throws SQLException {
            long session = row.getLong("session");
            if (row.getBoolean("live")) {
                members.add(new Snapshot.Member(session, row.getInt("weight"), 0, row.getBoolean("yields")));
            } else {
                deadMembers.add(session);
            }
        }

        private void addPartition(ResultSet row) throws SQLException {
            partitions.add(new Snapshot.Partition(
                    row.getInt("number"),
                    row.getLong("session"),
                    row.getBoolean("live"),
                    row.getLong("pending"),
                    row.getLong("token")));
            since.add(SqlStatement.instant(row, "since"));
        }

        private ClusterSnapshot.Lease toLease(String name) {
            return new ClusterSnapshot.Lease(new Snapshot(name, kind, members, partitions), since, deadMembers);
        }
    }

    @Override
    public void purge() {
        connection.call(true, open -> open.sql(PURGE).update());
    }

    @Override
    public boolean keepsHistory() {
        return store.history.isKept();
    }

    @Override
    public List<HistoryEvent> history(HistoryQuery query) {
        return connection.call(true, open -> store.history.read(open, query));
    }

    @Override
    public boolean trimHistory() {
        return keepsHistory() && connection.call(true, store.history::trim);
    }

    @Override
    public void idle() {
        connection.close();
    }

    @Override
    public void close() {
        connection.close();
    }
}
