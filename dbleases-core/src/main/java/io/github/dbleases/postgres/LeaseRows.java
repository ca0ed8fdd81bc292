package io.github.dbleases.postgres;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.spi.Incarnation;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The rows of leases and of their members. */
final class LeaseRows {

    /** How every transaction begins, in one round trip. */
    private static final String BEGIN = """
            SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
            SELECT (
                SELECT (extract(epoch FROM quiet_until) * 1000000)::bigint FROM {incarnation}
                WHERE system_id = ? AND timeline = ? AND nonce = ?::uuid
            ), {proof}, {settings};
            """;

    private static final String LOCK = "SELECT FROM {lease} WHERE name = ANY (?) ORDER BY name FOR NO KEY UPDATE";

    /** A statement of its own, because one that waits for locks reads what was there before. */
    private static final String STATES = """
            SELECT name, kind, partitions, abs(date_part('epoch', clock_timestamp() - changed_at))
            FROM {lease} WHERE name = ANY (?)
            """;

    private static final String CREATE = """
            INSERT INTO {lease} (name, kind, partitions, changed_at) VALUES (?, ?, ?, clock_timestamp())
            ON CONFLICT DO NOTHING
            """;

    private static final String SHRINK = """
            WITH gone AS (DELETE FROM {partition} WHERE lease = ? AND partition >= ? RETURNING token)
            UPDATE {lease} SET partitions = ?, least_token = greatest(least_token, (SELECT max(token) FROM gone))
            WHERE name = ?
            """;

    private static final String FILL = """
            INSERT INTO {partition} (lease, partition, token, since)
            SELECT l.name, number, l.least_token, clock_timestamp()
            FROM {lease} l, generate_series(
                coalesce((SELECT max(p.partition) + 1 FROM {partition} p WHERE p.lease = ?), 0), l.partitions - 1) number
            WHERE l.name = ?
            """;

    private static final String ADD_MEMBER = """
            WITH added AS (
                INSERT INTO {member} (lease, session_id)
                SELECT l.name, s.id FROM {lease} l, {session} s WHERE l.name = ? AND s.id = ? AND s.state = 'live'
                ON CONFLICT DO NOTHING
                RETURNING lease
            )
            UPDATE {lease} SET changed_at = clock_timestamp() WHERE name IN (SELECT lease FROM added)
            """;

    private static final String REMOVE_MEMBER = """
            WITH removed AS (DELETE FROM {member} WHERE lease = ? AND session_id = ? RETURNING lease)
            UPDATE {lease} SET changed_at = clock_timestamp() WHERE name IN (SELECT lease FROM removed)
            """;

    private static final String YIELD = """
            UPDATE {member} SET yields_until = clock_timestamp() + ? * interval '1 microsecond'
            WHERE lease = ? AND session_id = ?
            """;

    private final String begin;
    private final String lock;
    private final String states;
    private final String create;
    private final String shrink;
    private final String fill;
    private final String addMember;
    private final String removeMember;
    private final String yieldFor;

    LeaseRows(Tables tables) {
        lock = tables.in(LOCK);
        states = tables.in(STATES);
        begin = tables.in(BEGIN) + lock + ";" + states;
        create = tables.in(CREATE);
        shrink = tables.in(SHRINK);
        fill = tables.in(FILL);
        addMember = tables.in(ADD_MEMBER);
        removeMember = tables.in(REMOVE_MEMBER);
        yieldFor = tables.in(YIELD);
    }

    /**
     * What is known when a transaction has begun.
     *
     * @param tokenFloor what the tokens of this incarnation exceed
     * @param leases those of the locked leases that exist
     */
    record Begun(long tokenFloor, Map<String, LeaseState> leases) {}

    /** Begins a transaction and locks leases, in one round trip. */
    Begun begin(OpenConnection connection, Collection<String> leases) throws SQLException {
        String[] names = leases.toArray(String[]::new);
        Incarnation incarnation = connection.incarnation();
        try (PreparedStatement statement = Jdbc.prepare(
                connection.jdbc(),
                connection.adapt(begin),
                incarnation.system(),
                incarnation.timeline(),
                incarnation.nonce(),
                names,
                names)) {
            statement.execute();
            statement.getMoreResults();
            long tokenFloor = tokenFloor(connection, statement.getResultSet());
            statement.getMoreResults();
            statement.getMoreResults();
            return new Begun(tokenFloor, states(statement.getResultSet()));
        }
    }

    private static long tokenFloor(OpenConnection connection, ResultSet row) throws SQLException {
        row.next();
        connection.verify(row, 2);
        long floor = row.getLong(1);
        if (row.wasNull()) {
            throw new ServerChangedException();
        }
        return floor;
    }

    /** Reads a lease, if it exists. */
    Map<String, LeaseState> read(Connection jdbc, String lease) throws SQLException {
        try (PreparedStatement statement = Jdbc.prepare(jdbc, states, (Object) new String[] {lease})) {
            return states(statement.executeQuery());
        }
    }

    /** Locks a lease, which is created unless it exists. Returns whether it was created. */
    boolean create(Connection jdbc, LeaseSpec spec) throws SQLException {
        boolean created = Jdbc.update(jdbc, create, spec.name(), spec.kind().word(), spec.partitions()) > 0;
        if (created) {
            Jdbc.update(jdbc, fill, spec.name(), spec.name());
        } else {
            try (PreparedStatement statement = Jdbc.prepare(jdbc, lock, (Object) new String[] {spec.name()})) {
                statement.execute();
            }
        }
        return created;
    }

    /** Changes the number of partitions. */
    void resize(Connection jdbc, String lease, int partitions) throws SQLException {
        Jdbc.update(jdbc, shrink, lease, partitions, partitions, lease);
        Jdbc.update(jdbc, fill, lease, lease);
    }

    /** Returns whether the session was not a member before. */
    boolean addMember(Connection jdbc, String lease, long session) throws SQLException {
        return Jdbc.update(jdbc, addMember, lease, session) > 0;
    }

    /** Returns whether the session was a member before. */
    boolean removeMember(Connection jdbc, String lease, long session) throws SQLException {
        return Jdbc.update(jdbc, removeMember, lease, session) > 0;
    }

    /** Returns whether the session is a member, which now comes after the others for a time. */
    boolean yieldFor(Connection jdbc, String lease, long session, Duration time) throws SQLException {
        return Jdbc.update(jdbc, yieldFor, time, lease, session) > 0;
    }

    private static Map<String, LeaseState> states(ResultSet rows) throws SQLException {
        Map<String, LeaseState> found = new HashMap<>();
        try (rows) {
            while (rows.next()) {
                found.put(
                        rows.getString(1),
                        new LeaseState(
                                LeaseKind.ofWord(rows.getString(2)), rows.getInt(3), Jdbc.seconds(rows.getDouble(4))));
            }
        }
        return found;
    }
}
