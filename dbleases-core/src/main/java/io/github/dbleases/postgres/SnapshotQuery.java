package io.github.dbleases.postgres;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Snapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Reads the live members and the partitions of a lease in one statement, which deletes the members that are not live. */
final class SnapshotQuery {

    private static final int LEASE = 1;
    private static final int MEMBER = 2;

    /**
     * The statement reads what was there before it deleted, so what it returns is limited to live sessions again. The
     * leaderships are counted only where the lease is an election, and looked up one by one: a join reads the partitions of
     * all other leases too when there are many of them.
     */
    private static final String SNAPSHOT = """
            WITH live AS (
                SELECT id, weight FROM {session} WHERE state = 'live' AND id <> ALL (?)
            ), gone AS (
                DELETE FROM {member} m WHERE m.lease = ? AND NOT EXISTS (SELECT FROM live WHERE live.id = m.session_id)
                RETURNING session_id
            ), led AS (
                SELECT (
                    SELECT coalesce(p.pending_session_id, p.session_id) FROM {partition} p
                    WHERE p.lease = l.name AND p.partition = 0
                ) AS id, count(*) AS leaderships
                FROM {lease} l
                WHERE l.kind = 'leader' AND (SELECT kind = 'leader' FROM {lease} WHERE name = ?)
                GROUP BY 1
            )
            SELECT 1, NULL::bigint, NULL::bigint, NULL::bigint, EXISTS (SELECT FROM gone), NULL::int, kind
            FROM {lease} WHERE name = ?
            UNION ALL
            SELECT 2, live.id, live.weight, led.leaderships, m.yields_until > clock_timestamp(), NULL, NULL
            FROM {member} m JOIN live ON live.id = m.session_id LEFT JOIN led ON led.id = live.id
            WHERE m.lease = ?
            UNION ALL
            SELECT 3, p.session_id, p.pending_session_id, p.token, live.id IS NOT NULL, p.partition, NULL
            FROM {partition} p LEFT JOIN live ON live.id = p.session_id WHERE p.lease = ?
            """;

    private final String sql;

    SnapshotQuery(Tables tables) {
        this.sql = tables.in(SNAPSHOT);
    }

    /**
     * A lease.
     *
     * @param lease as it is now
     * @param buried whether members that are not live were deleted
     */
    record Read(Snapshot lease, boolean buried) {}

    /**
     * Reads a lease.
     *
     * @param ended live sessions that are to be seen as dead
     */
    Read read(Connection jdbc, String lease, Collection<Long> ended) throws SQLException {
        LeaseKind kind = LeaseKind.PARTITIONS;
        boolean buried = false;
        List<Snapshot.Member> members = new ArrayList<>();
        List<Snapshot.Partition> partitions = new ArrayList<>();
        Long[] dead = ended.toArray(Long[]::new);
        try (PreparedStatement statement = Jdbc.prepare(jdbc, sql, dead, lease, lease, lease, lease, lease);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                int type = row.getInt(1);
                if (type == LEASE) {
                    kind = LeaseKind.ofWord(row.getString(7));
                    buried = row.getBoolean(5);
                } else if (type == MEMBER) {
                    members.add(new Snapshot.Member(row.getLong(2), row.getInt(3), row.getInt(4), row.getBoolean(5)));
                } else {
                    partitions.add(new Snapshot.Partition(
                            row.getInt(6), row.getLong(2), row.getBoolean(5), row.getLong(3), row.getLong(4)));
                }
            }
        }
        return new Read(new Snapshot(lease, kind, members, partitions), buried);
    }
}
