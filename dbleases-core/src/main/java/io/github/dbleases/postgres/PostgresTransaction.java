package io.github.dbleases.postgres;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.jdbc.SqlStatement;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.NewEvent;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A transaction under the locks of leases. The locks are taken in the order: leases by name, partitions by number, sessions
 * by id. What the transaction does to session rows is collected and written last, so that a heartbeat waits only for that
 * statement and the commit.
 */
final class PostgresTransaction implements LeaseTransaction {

    private static final String LOCK =
            "SELECT name FROM {lease} WHERE name = ANY ({?leases}) ORDER BY name FOR NO KEY UPDATE";

    /** A statement of its own, because a statement that waits for locks reads what was there before it got them. */
    static final String STATES = """
            SELECT name, kind, partitions, assigned, abs(date_part('epoch', clock_timestamp() - changed_at)) AS settled_for
            FROM {lease} WHERE name = ANY ({?leases}) AND (kind = 'tasks' OR partitions > 0)
            """;

    /** Every transaction begins with these four statements, in one round trip. */
    private static final String BEGIN = """
            SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
            SELECT (
                SELECT (extract(epoch FROM quiet_until) * 1000000)::bigint FROM {incarnation}
                WHERE system_id = {?system} AND timeline = {?timeline} AND nonce = {?nonce}::uuid
            ) AS token_floor, {proof}, {settings};
            """ + LOCK + ";\n" + STATES;

    private static final String BEGIN_UNLESS_LOCKED =
            BEGIN.replace("FOR NO KEY UPDATE", "FOR NO KEY UPDATE SKIP LOCKED");

    private static final String IS_LIVE =
            "SELECT EXISTS (SELECT FROM {session} WHERE id = {?session} AND state = 'live')";

    private static final String IS_EXPIRED =
            "SELECT NOT EXISTS (SELECT FROM {session} WHERE id = {?session} AND expires_at >= clock_timestamp())";

    /** Adds the row of a lease, or reuses that of a lease that was removed. */
    private static final String CREATE = """
            INSERT INTO {lease} AS l (name, kind, partitions, changed_at)
            VALUES ({?lease}, {?kind}, {?partitions}, clock_timestamp())
            ON CONFLICT (name) DO UPDATE
            SET kind = excluded.kind, partitions = excluded.partitions, changed_at = excluded.changed_at
            WHERE l.kind <> 'tasks' AND l.partitions = 0
            """;

    /** Adds the partitions from the end of those that exist up to the number in the lease row. */
    private static final String FILL = """
            INSERT INTO {partition} (lease, partition, token, since)
            SELECT l.name, number, l.least_token, clock_timestamp()
            FROM {lease} l, generate_series(
                coalesce((SELECT max(p.partition) + 1 FROM {partition} p WHERE p.lease = {?lease}), 0), l.partitions - 1) number
            WHERE l.name = {?lease}
            """;

    private static final String SHRINK = """
            WITH gone AS (
                DELETE FROM {partition} WHERE lease = {?lease} AND partition >= {?partitions} RETURNING token
            )
            UPDATE {lease}
            SET partitions = {?partitions}, assigned = 'unknown', least_token = greatest(least_token, (SELECT max(token) FROM gone))
            WHERE name = {?lease}
            """;

    private static final String REMOVE = """
            WITH gone AS (
                DELETE FROM {partition} WHERE lease = {?lease} RETURNING token
            ), members AS (
                DELETE FROM {member} WHERE lease = {?lease}
            )
            UPDATE {lease}
            SET kind = 'partitions', partitions = 0, assigned = 'unknown',
                least_token = greatest(least_token, (SELECT max(token) FROM gone))
            WHERE name = {?lease}
            """;

    private static final String ADD_MEMBERS = """
            WITH added AS (
                INSERT INTO {member} (lease, session_id)
                SELECT l.name, s.id FROM {lease} l, {session} s
                WHERE l.name = ANY ({?leases}) AND s.id = {?session} AND s.state = 'live'
                ON CONFLICT DO NOTHING
                RETURNING lease
            )
            UPDATE {lease} SET changed_at = clock_timestamp(), assigned = 'unknown' WHERE name IN (SELECT lease FROM added)
            RETURNING name
            """;

    private static final String REMOVE_MEMBER = """
            WITH removed AS (
                DELETE FROM {member} WHERE lease = {?lease} AND session_id = {?session} RETURNING lease
            )
            UPDATE {lease} SET changed_at = clock_timestamp(), assigned = 'unknown' WHERE name IN (SELECT lease FROM removed)
            """;

    private static final String YIELD = """
            UPDATE {member} SET yields_until = clock_timestamp() + {?time} * interval '1 microsecond'
            WHERE lease = {?lease} AND session_id = {?session}
            """;

    /**
     * Deletes the members that are not live. The statement reads what was there before it deleted, so it leaves them out
     * itself. Nothing is joined that may have many rows, so that the cost doesn't depend on whether the statistics of the
     * tables are up to date. The leaderships are counted only where the lease is an election: a join would also read the
     * partitions of all other leases when there are many of them. A row with a kind is the lease, a row with a number is a
     * partition, a row with a weight is a member, and any other row counts something for a session.
     */
    private static final String SNAPSHOT = """
            WITH known AS (
                SELECT m.session_id AS id, m.yields_until, (
                    SELECT s.weight FROM {session} s
                    WHERE s.id = m.session_id AND s.state = 'live' AND s.id <> ALL ({?ended})
                ) AS weight
                FROM {member} m WHERE m.lease = {?lease}
            ), gone AS (
                DELETE FROM {member}
                WHERE lease = {?lease} AND session_id = ANY (ARRAY (SELECT id FROM known WHERE weight IS NULL))
                RETURNING session_id
            ), led AS (
                SELECT (
                    SELECT coalesce(p.pending_session_id, p.session_id) FROM {partition} p
                    WHERE p.lease = l.name AND p.partition = 0
                ) AS id
                FROM {lease} l
                WHERE l.kind = 'leader' AND (SELECT kind = 'leader' FROM {lease} WHERE name = {?lease})
            )
            SELECT kind, EXISTS (SELECT FROM gone) AS members_gone,
                NULL::bigint AS session, NULL::int AS weight, NULL::bigint AS leaderships, NULL::boolean AS yields,
                NULL::int AS number, NULL::boolean AS live, NULL::bigint AS pending, NULL::bigint AS token,
                NULL::bigint AS unlisted
            FROM {lease} WHERE name = {?lease}
            UNION ALL
            SELECT NULL, NULL, id, weight, NULL, yields_until > clock_timestamp(), NULL, NULL, NULL, NULL, NULL
            FROM known WHERE weight IS NOT NULL
            UNION ALL
            SELECT NULL, NULL, id, NULL, count(*), NULL, NULL, NULL, NULL, NULL, NULL FROM led GROUP BY id
            UNION ALL
            SELECT NULL, NULL, session_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, count(*)
            FROM {partition}
            WHERE NOT {?all} AND lease = {?lease} AND pending_session_id IS NULL AND partition <> ALL ({?listed})
            GROUP BY session_id
            UNION ALL
            SELECT NULL, NULL, p.session_id, NULL, NULL, NULL, p.partition, coalesce((
                    SELECT s.state = 'live' AND s.id <> ALL ({?ended}) FROM {session} s WHERE s.id = p.session_id
                ), false), p.pending_session_id, p.token, NULL
            FROM {partition} p
            WHERE p.lease = {?lease} AND ({?all} OR p.pending_session_id IS NOT NULL OR p.partition = ANY ({?listed})
                OR p.session_id IS NULL OR p.session_id NOT IN (SELECT id FROM known WHERE weight IS NOT NULL))
            """;

    /** The rows have the columns of the snapshot. */
    private static final String HAND_OVERS = """
            WITH own AS (
                SELECT * FROM {partition} WHERE lease = {?lease} AND partition = ANY ({?numbers})
            )
            SELECT kind, false AS members_gone,
                NULL::bigint AS session, NULL::int AS weight, NULL::bigint AS leaderships, NULL::boolean AS yields,
                NULL::int AS number, NULL::boolean AS live, NULL::bigint AS pending, NULL::bigint AS token,
                NULL::bigint AS unlisted
            FROM {lease} WHERE name = {?lease}
            UNION ALL
            SELECT NULL, NULL, s.id, s.weight, NULL, m.yields_until > clock_timestamp(), NULL, NULL, NULL, NULL, NULL
            FROM {member} m JOIN {session} s ON s.id = m.session_id AND s.state = 'live'
            WHERE m.lease = {?lease} AND m.session_id IN (SELECT pending_session_id FROM own) AND s.id <> ALL ({?ended})
            UNION ALL
            SELECT NULL, NULL, p.session_id, NULL, NULL, NULL,
                p.partition, s.id IS NOT NULL, p.pending_session_id, p.token, NULL
            FROM own p LEFT JOIN {session} s ON s.id = p.session_id AND s.state = 'live' AND s.id <> ALL ({?ended})
            """;

    private static final String NAMES = """
            SELECT EXISTS (SELECT FROM {member} WHERE lease = {?lease} AND session_id = {?session})
                OR EXISTS (SELECT FROM {partition} WHERE session_id = {?session} AND lease = {?lease})
                OR EXISTS (SELECT FROM {partition} WHERE pending_session_id = {?session} AND lease = {?lease})
            """;

    /**
     * Gives partitions a new owner, or none. An update alone does not conflict with the FOR KEY SHARE of a fenced transaction,
     * so the rows are locked first, and rows on which such a transaction is open are skipped. A token is larger than any token
     * before it, even if the database's clock was set back.
     */
    private static final String TAKE_OVER = """
            WITH locked AS (
                SELECT p.partition, w.receiver, w.above
                FROM {partition} p, unnest({?numbers}::int[], {?owners}::bigint[], {?pendings}::bigint[], {?tokens}::bigint[],
                        {?receivers}::bigint[], {?above}::bigint[]) AS w (partition, owner, pending, token, receiver, above)
                WHERE p.lease = {?lease} AND p.partition = w.partition AND coalesce(p.session_id, 0) = w.owner
                    AND coalesce(p.pending_session_id, 0) = w.pending AND p.token = w.token
                ORDER BY p.partition
                FOR UPDATE OF p SKIP LOCKED
            )
            UPDATE {partition} p
            SET session_id = nullif(l.receiver, 0), pending_session_id = NULL, since = clock_timestamp(),
                token = CASE l.receiver WHEN 0 THEN p.token ELSE greatest(
                    p.token + 1, l.above + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) END
            FROM locked l WHERE p.lease = {?lease} AND p.partition = l.partition
            RETURNING p.partition
            """;

    /** Asks the owners to hand over, or withdraws that. Does not conflict with a fenced transaction. */
    private static final String ASK = """
            UPDATE {partition} p SET pending_session_id = nullif(w.receiver, 0)
            FROM unnest({?numbers}::int[], {?owners}::bigint[], {?pendings}::bigint[], {?tokens}::bigint[],
                {?receivers}::bigint[]) AS w (partition, owner, pending, token, receiver)
            WHERE p.lease = {?lease} AND p.partition = w.partition AND coalesce(p.session_id, 0) = w.owner
                AND coalesce(p.pending_session_id, 0) = w.pending AND p.token = w.token
            RETURNING p.partition
            """;

    /**
     * The last statement, because heartbeats wait for it. It raises inbox counters, marks sessions dead, counts the
     * generations of leases and sends a hint. The session rows are locked in the order of their ids, so that two transactions
     * don't wait for each other.
     */
    private static final String FINISH = """
            WITH locked AS (
                SELECT id, client_id FROM {session}
                WHERE id = ANY ({?sessions}) AND state = 'live' ORDER BY id FOR NO KEY UPDATE
            ), written AS (
                UPDATE {session} s
                SET inbox = s.inbox + 1, state = CASE WHEN s.id = ANY ({?ended}) THEN 'dead' ELSE s.state END,
                    drained = CASE WHEN s.id = ANY ({?drained}) THEN true WHEN s.id = ANY ({?resumed}) THEN false ELSE s.drained END
                FROM locked WHERE s.id = locked.id
            ), numbered AS (
                UPDATE {lease} l SET generation = generation + 1, assigned = coalesce(k.assigned, l.assigned)
                FROM unnest({?leases}::text[], {?assigned}::text[]) AS k (name, assigned) WHERE l.name = k.name
            ){recordEnded}
            """ + Hints.SEND;

    /** The events are sent together with the last statement, and executed before it. */
    private static final String RECORD_AND_FINISH = PostgresHistory.RECORD + ";\n" + FINISH;

    private final PostgresLeaseStore store;
    private final OpenConnection connection;
    private final SortedSet<String> names;
    private final long tokenFloor;
    private final Set<String> locked;
    private final Map<String, LeaseState> states;
    private final Set<Long> raised = new TreeSet<>();
    private final Set<Long> ended = new TreeSet<>();
    private final Set<Long> drained = new TreeSet<>();
    private final Set<Long> resumed = new TreeSet<>();
    private final Set<String> changed = new TreeSet<>();
    private final Map<String, Assigned> assigned = new HashMap<>();
    private final Set<String> withChangedMembers = new TreeSet<>();
    private final List<NewEvent> events = new ArrayList<>();
    private long recordedBy;
    private @Nullable SQLException failure;
    private boolean over;

    private PostgresTransaction(
            PostgresLeaseStore store,
            OpenConnection connection,
            SortedSet<String> names,
            long tokenFloor,
            Set<String> locked,
            Map<String, LeaseState> states) {
        this.store = store;
        this.connection = connection;
        this.names = names;
        this.tokenFloor = tokenFloor;
        this.locked = locked;
        this.states = states;
    }

    /** Begins a transaction and locks leases. */
    static PostgresTransaction begin(PostgresLeaseStore store, OpenConnection connection, SortedSet<String> leases)
            throws SQLException {
        return begin(BEGIN, store, connection, leases).orElseThrow();
    }

    /** Begins a transaction and locks a lease, unless it exists and another transaction has locked it. */
    static Optional<PostgresTransaction> beginUnlessLocked(
            PostgresLeaseStore store, OpenConnection connection, String lease) throws SQLException {
        return begin(BEGIN_UNLESS_LOCKED, store, connection, new TreeSet<>(Set.of(lease)));
    }

    private static Optional<PostgresTransaction> begin(
            String sql, PostgresLeaseStore store, OpenConnection connection, SortedSet<String> leases)
            throws SQLException {
        return connection.sql(sql).set("leases", leases.toArray(String[]::new)).executeAll(statements -> {
            statements.getMoreResults();
            long tokenFloor = tokenFloor(connection, statements);
            statements.getMoreResults();
            Set<String> locked = names(statements.getResultSet());
            statements.getMoreResults();
            Map<String, LeaseState> states = states(statements.getResultSet());
            if (!locked.containsAll(states.keySet()) && sql.equals(BEGIN_UNLESS_LOCKED)) {
                return Optional.empty();
            }
            // A lease may have been created after the locks were taken.
            states.keySet().retainAll(locked);
            return Optional.of(new PostgresTransaction(store, connection, leases, tokenFloor, locked, states));
        });
    }

    private static Set<String> names(ResultSet row) throws SQLException {
        Set<String> names = new HashSet<>();
        while (row.next()) {
            names.add(row.getString("name"));
        }
        return names;
    }

    /** Returns the token that the tokens of this incarnation must exceed. */
    private static long tokenFloor(OpenConnection connection, PreparedStatement statements) throws SQLException {
        ResultSet row = statements.getResultSet();
        row.next();
        connection.verify(row);
        long floor = row.getLong("token_floor");
        if (row.wasNull()) {
            throw new Server.ChangedException();
        }
        return floor;
    }

    static Map<String, LeaseState> states(ResultSet row) throws SQLException {
        Map<String, LeaseState> found = new HashMap<>();
        while (row.next()) {
            found.put(
                    row.getString("name"),
                    new LeaseState(
                            LeaseKind.ofWord(row.getString("kind")),
                            row.getInt("partitions"),
                            SqlStatement.seconds(row, "settled_for"),
                            Assigned.ofWord(row.getString("assigned"))));
        }
        return found;
    }

    /** Writes what was collected, and commits. */
    void commit() throws SQLException {
        over = true;
        if (failure != null) {
            throw failure;
        }
        changed.addAll(assigned.keySet());
        Set<Long> sessions = new TreeSet<>(raised);
        List.of(ended, drained, resumed).forEach(sessions::addAll);
        if (!sessions.isEmpty() || !changed.isEmpty() || !events.isEmpty()) {
            SqlStatement finish = events.isEmpty()
                    ? connection.sql(FINISH)
                    : PostgresHistory.set(connection.sql(RECORD_AND_FINISH), recordedBy, events);
            finish.set("sessions", sessions.toArray(Long[]::new))
                    .set("ended", ended.toArray(Long[]::new))
                    .set("drained", drained.toArray(Long[]::new))
                    .set("resumed", resumed.toArray(Long[]::new))
                    .set("leases", changed.toArray(String[]::new))
                    .set(
                            "assigned",
                            changed.stream()
                                    .map(name -> assigned.containsKey(name)
                                            ? assigned.get(name).word()
                                            : null)
                                    .toArray(String[]::new))
                    .set("channel", store.tables.channel())
                    .set("payload", store.notifications ? Hints.payload(raised) : "")
                    .execute();
        }
        connection.jdbc().commit();
    }

    @Override
    public boolean isLive(long session) {
        return !ended.contains(session) && isTrue(IS_LIVE, session);
    }

    @Override
    public boolean isExpired(long session) {
        return isTrue(IS_EXPIRED, session);
    }

    private boolean isTrue(String sql, long session) {
        return call(() -> connection.sql(sql).set("session", session).query(row -> {
            row.next();
            return row.getBoolean(1);
        }));
    }

    @Override
    public void create(LeaseSpec spec) {
        String name = spec.name();
        callOn(name, () -> {
            // The row of a lease that was removed is there, and can be locked.
            if (locked.contains(name) && lease(name).isPresent()) {
                return false;
            }
            boolean created = connection
                            .sql(CREATE)
                            .set("lease", name)
                            .set("kind", spec.kind().word())
                            .set("partitions", spec.partitions())
                            .update()
                    > 0;
            if (created) {
                connection.sql(FILL).set("lease", name).update();
            } else {
                connection.sql(LOCK).set("leases", new String[] {name}).execute();
            }
            locked.add(name);
            return created;
        });
    }

    @Override
    public Optional<LeaseState> lease(String name) {
        return callOn(name, () -> {
            if (!states.containsKey(name) && locked.contains(name)) {
                states.putAll(connection
                        .sql(STATES)
                        .set("leases", new String[] {name})
                        .query(PostgresTransaction::states));
            }
            return Optional.ofNullable(states.get(name));
        });
    }

    @Override
    public void assigned(String name, Assigned known) {
        callOn(name, () -> {
            LeaseState state = states.get(name);
            boolean written = state != null && state.assigned() == known && !changed.contains(name);
            return written ? assigned.remove(name) : assigned.put(name, known);
        });
    }

    @Override
    public void resize(String name, int partitions) {
        callOn(name, () -> {
            connection
                    .sql(SHRINK)
                    .set("lease", name)
                    .set("partitions", partitions)
                    .update();
            connection.sql(FILL).set("lease", name).update();
            return noteChange(name, true);
        });
    }

    @Override
    public void remove(String name) {
        callOn(
                name,
                () -> noteChange(name, connection.sql(REMOVE).set("lease", name).update() > 0));
    }

    @Override
    public Snapshot snapshot(String name) {
        return snapshot(name, true, List.of());
    }

    @Override
    public Snapshot excerpt(String name, Collection<Integer> listed) {
        return snapshot(name, false, listed);
    }

    private Snapshot snapshot(String name, boolean all, Collection<Integer> listed) {
        return callOn(
                name,
                () -> connection
                        .sql(SNAPSHOT)
                        .set("lease", name)
                        .set("all", all)
                        .set("listed", listed.toArray(Integer[]::new))
                        .set("ended", ended.toArray(Long[]::new))
                        .query(row -> readSnapshot(name, row)));
    }

    @Override
    public Snapshot handOvers(String name, Collection<Integer> partitions) {
        return callOn(
                name,
                () -> connection
                        .sql(HAND_OVERS)
                        .set("lease", name)
                        .set("numbers", partitions.toArray(Integer[]::new))
                        .set("ended", ended.toArray(Long[]::new))
                        .query(row -> readSnapshot(name, row)));
    }

    @Override
    public boolean names(String name, long session) {
        return callOn(
                name,
                () -> connection
                        .sql(NAMES)
                        .set("lease", name)
                        .set("session", session)
                        .query(row -> {
                            row.next();
                            return row.getBoolean(1);
                        }));
    }

    private Snapshot readSnapshot(String name, ResultSet row) throws SQLException {
        LeaseKind kind = LeaseKind.PARTITIONS;
        List<Snapshot.Member> members = new ArrayList<>();
        List<Snapshot.Partition> partitions = new ArrayList<>();
        Map<Long, Integer> leaderships = new HashMap<>();
        Map<Long, Integer> unlisted = new HashMap<>();
        while (row.next()) {
            String word = row.getString("kind");
            long session = row.getLong("session");
            int number = row.getInt("number");
            boolean isPartition = !row.wasNull();
            int weight = row.getInt("weight");
            boolean isMember = !row.wasNull();
            if (word != null) {
                kind = LeaseKind.ofWord(word);
                if (row.getBoolean("members_gone")) {
                    withChangedMembers.add(name);
                    assigned.put(name, Assigned.UNKNOWN);
                }
            } else if (isPartition) {
                partitions.add(new Snapshot.Partition(
                        number, session, row.getBoolean("live"), row.getLong("pending"), row.getLong("token")));
            } else if (isMember) {
                members.add(new Snapshot.Member(session, weight, 0, row.getBoolean("yields")));
            } else {
                leaderships.merge(session, row.getInt("leaderships"), Integer::sum);
                unlisted.merge(session, row.getInt("unlisted"), Integer::sum);
            }
        }
        members.replaceAll(member -> new Snapshot.Member(
                member.session(),
                member.weight(),
                leaderships.getOrDefault(member.session(), 0),
                member.yields(),
                unlisted.getOrDefault(member.session(), 0)));
        return new Snapshot(name, kind, members, partitions);
    }

    @Override
    public void addMember(String name, long session) {
        addMembers(List.of(name), session);
    }

    @Override
    public void addMembers(Collection<String> leases, long session) {
        leases.forEach(this::requireLocked);
        if (leases.isEmpty() || ended.contains(session)) {
            return;
        }
        Set<String> added = call(() -> connection
                .sql(ADD_MEMBERS)
                .set("leases", leases.toArray(String[]::new))
                .set("session", session)
                .query(PostgresTransaction::names));
        added.forEach(name -> noteChangedMembers(name, true));
    }

    @Override
    public void removeMember(String name, long session) {
        callOn(
                name,
                () -> noteChangedMembers(
                        name,
                        connection
                                        .sql(REMOVE_MEMBER)
                                        .set("lease", name)
                                        .set("session", session)
                                        .update()
                                > 0));
    }

    @Override
    public boolean membersChanged(String name) {
        return withChangedMembers.contains(name);
    }

    @Override
    public void yieldFor(String name, long session, Duration time) {
        callOn(
                name,
                () -> connection
                        .sql(YIELD)
                        .set("lease", name)
                        .set("session", session)
                        .set("time", time)
                        .update());
    }

    @Override
    public List<Change> apply(String name, List<Change> changes) {
        List<Change> takingOver =
                changes.stream().filter(PostgresTransaction::takesOver).toList();
        List<Change> asking =
                changes.stream().filter(change -> !takesOver(change)).toList();
        return callOn(name, () -> {
            Set<Integer> written = new HashSet<>();
            if (!takingOver.isEmpty()) {
                written.addAll(numbers(
                        withChanges(TAKE_OVER, name, takingOver).set("above", column(takingOver, this::above))));
            }
            if (!asking.isEmpty()) {
                written.addAll(numbers(withChanges(ASK, name, asking)));
            }
            if (!written.isEmpty()) {
                changed.add(name);
            }
            return changes.stream()
                    .filter(change -> written.contains(change.before().number()))
                    .toList();
        });
    }

    private static boolean takesOver(Change change) {
        return change instanceof Change.Grant || change instanceof Change.Vacate;
    }

    private SqlStatement withChanges(String sql, String name, List<Change> changes) {
        return connection
                .sql(sql)
                .set("lease", name)
                .set(
                        "numbers",
                        changes.stream().map(change -> change.before().number()).toArray(Integer[]::new))
                .set("owners", column(changes, change -> change.before().owner()))
                .set("pendings", column(changes, change -> change.before().pending()))
                .set("tokens", column(changes, change -> change.before().token()))
                .set("receivers", column(changes, PostgresTransaction::receiver));
    }

    /** Executes a statement. Returns the numbers of the partitions that it wrote. */
    private static Set<Integer> numbers(SqlStatement statement) throws SQLException {
        return statement.query(row -> {
            Set<Integer> numbers = new HashSet<>();
            while (row.next()) {
                numbers.add(row.getInt("partition"));
            }
            return numbers;
        });
    }

    private static Long[] column(List<Change> changes, ToLongFunction<Change> value) {
        return changes.stream().mapToLong(value).boxed().toArray(Long[]::new);
    }

    private static long receiver(Change change) {
        if (change instanceof Change.Grant grant) {
            return grant.to();
        }
        return change instanceof Change.Move move ? move.to() : Snapshot.NO_SESSION;
    }

    /** Returns the token that the new token of a partition must exceed. */
    private long above(Change change) {
        return change instanceof Change.Grant grant ? Math.max(grant.above(), tokenFloor) : 0;
    }

    @Override
    public void raiseInboxes(Collection<Long> sessions) {
        raised.addAll(sessions);
        raised.remove(Snapshot.NO_SESSION);
    }

    @Override
    public void setDrained(long session, boolean asked) {
        drained.remove(session);
        resumed.remove(session);
        (asked ? drained : resumed).add(session);
    }

    @Override
    public void end(long session) {
        ended.add(session);
    }

    @Override
    public void record(long by, Collection<NewEvent> added) {
        if (store.history.isKept()) {
            recordedBy = by;
            events.addAll(added);
        }
    }

    private boolean noteChangedMembers(String name, boolean isChanged) {
        if (isChanged) {
            withChangedMembers.add(name);
        }
        return noteChange(name, isChanged);
    }

    /** Forgets what was read of the lease before, which is outdated. */
    private boolean noteChange(String name, boolean isChanged) {
        if (isChanged) {
            changed.add(name);
            states.remove(name);
            assigned.put(name, Assigned.UNKNOWN);
        }
        return isChanged;
    }

    private <T> T callOn(String name, SqlCall<T> call) {
        requireLocked(name);
        return call(call);
    }

    private void requireLocked(String name) {
        if (!names.contains(name)) {
            throw new IllegalArgumentException("Lease '%s' is not locked. Locked are: %s".formatted(name, names));
        }
    }

    private <T> T call(SqlCall<T> call) {
        if (over) {
            throw new IllegalStateException("The transaction is over");
        }
        try {
            return call.call();
        } catch (SQLException e) {
            failure = e;
            throw new FailedException(e);
        }
    }

    @FunctionalInterface
    private interface SqlCall<T> {

        T call() throws SQLException;
    }

    /** Carries a failure of the database through the work of a transaction. */
    static final class FailedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final SQLException failure;

        FailedException(SQLException failure) {
            super(failure);
            this.failure = failure;
        }

        @Override
        public synchronized SQLException getCause() {
            return failure;
        }
    }
}
