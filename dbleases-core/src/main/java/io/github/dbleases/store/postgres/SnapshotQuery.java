package io.github.dbleases.store.postgres;

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

    private static final int MEMBER = 1;

    /** The statement reads what was there before it deleted, so what it returns is limited to live sessions again. */
    private static final String SNAPSHOT = """
            WITH live AS (
                SELECT id, weight FROM {session} WHERE state = 'live' AND id <> ALL (?)
            ), gone AS (
                DELETE FROM {member} m WHERE m.lease = ? AND NOT EXISTS (SELECT FROM live WHERE live.id = m.session_id)
            )
            SELECT 1, live.id, live.weight::bigint, NULL::bigint, NULL::boolean, NULL::int
            FROM {member} m JOIN live ON live.id = m.session_id WHERE m.lease = ?
            UNION ALL
            SELECT 2, p.session_id, p.pending_session_id, p.token, live.id IS NOT NULL, p.partition
            FROM {partition} p LEFT JOIN live ON live.id = p.session_id WHERE p.lease = ?
            """;

    private final String sql;

    SnapshotQuery(Tables tables) {
        this.sql = tables.in(SNAPSHOT);
    }

    /**
     * Reads a lease.
     *
     * @param ended live sessions that are to be seen as dead
     */
    Snapshot read(Connection jdbc, String lease, Collection<Long> ended) throws SQLException {
        List<Snapshot.Member> members = new ArrayList<>();
        List<Snapshot.Partition> partitions = new ArrayList<>();
        try (PreparedStatement statement = Jdbc.prepare(jdbc, sql, ended.toArray(Long[]::new), lease, lease, lease);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                if (row.getInt(1) == MEMBER) {
                    members.add(new Snapshot.Member(row.getLong(2), row.getInt(3)));
                } else {
                    partitions.add(new Snapshot.Partition(
                            row.getInt(6), row.getLong(2), row.getBoolean(5), row.getLong(3), row.getLong(4)));
                }
            }
        }
        return new Snapshot(lease, members, partitions);
    }
}
