package io.github.dbleases.postgres;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.ClusterSnapshot;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads everything, or everything about one lease, in one statement: rows of four types, in this order. */
final class CensusQuery {

    private static final int SESSION = 1;
    private static final int LEASE = 2;
    private static final int MEMBER = 3;

    private static final String CENSUS = """
            SELECT type, name, number, session, other, token, live, at, seconds, word, ttl, grace FROM (
                SELECT 1, client_id, NULL::int, id, weight::bigint, NULL::bigint, state = 'live', started_at,
                    date_part('epoch', expires_at - clock_timestamp()), NULL::text,
                    date_part('epoch', ttl), date_part('epoch', grace)
                FROM {session}
                UNION ALL
                SELECT 2, l.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, l.kind, NULL, NULL
                FROM {lease} l WHERE {of l.name}
                UNION ALL
                SELECT 3, m.lease, NULL, m.session_id, s.weight, NULL, s.id IS NOT NULL, NULL, NULL,
                    CASE WHEN m.yields_until > clock_timestamp() THEN 'yields' END, NULL, NULL
                FROM {member} m LEFT JOIN {session} s ON s.id = m.session_id AND s.state = 'live'
                WHERE {of m.lease}
                UNION ALL
                SELECT 4, p.lease, p.partition, p.session_id, p.pending_session_id, p.token, s.id IS NOT NULL, p.since,
                    NULL, NULL, NULL, NULL
                FROM {partition} p LEFT JOIN {session} s ON s.id = p.session_id AND s.state = 'live'
                WHERE {of p.lease}
            ) everything (type, name, number, session, other, token, live, at, seconds, word, ttl, grace)
            ORDER BY type, number, session
            """;

    private final String all;
    private final String one;

    CensusQuery(Tables tables) {
        this.all = tables.in(CENSUS.replaceAll("\\{of [a-z.]+}", "true"));
        this.one = tables.in(CENSUS.replaceAll("\\{of ([a-z.]+)}", "$1 = ?"));
    }

    /** Reads everything. */
    ClusterSnapshot read(OpenConnection connection) throws SQLException {
        return read(Jdbc.prepare(connection.jdbc(), all));
    }

    /** Reads the sessions and one lease. */
    ClusterSnapshot read(OpenConnection connection, String lease) throws SQLException {
        return read(Jdbc.prepare(connection.jdbc(), one, lease, lease, lease));
    }

    private static ClusterSnapshot read(PreparedStatement query) throws SQLException {
        List<ClusterSnapshot.Session> sessions = new ArrayList<>();
        Map<String, Found> leases = new TreeMap<>();
        try (PreparedStatement statement = query;
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                int type = row.getInt(1);
                if (type == SESSION) {
                    sessions.add(session(row));
                } else if (type == LEASE) {
                    leases.put(row.getString(2), new Found(LeaseKind.ofWord(row.getString(10))));
                } else {
                    Found lease = leases.get(row.getString(2));
                    if (lease != null) {
                        lease.add(type == MEMBER, row);
                    }
                }
            }
        }
        return new ClusterSnapshot(
                sessions,
                leases.entrySet().stream()
                        .map(lease -> lease.getValue().toLease(lease.getKey()))
                        .toList());
    }

    private static ClusterSnapshot.Session session(ResultSet row) throws SQLException {
        return new ClusterSnapshot.Session(
                row.getLong(4),
                row.getString(2),
                row.getBoolean(7),
                row.getInt(5),
                Jdbc.instant(row, 8),
                Jdbc.seconds(row.getDouble(9)),
                Jdbc.seconds(row.getDouble(11)),
                Jdbc.seconds(row.getDouble(12)));
    }

    private static final class Found {

        private final LeaseKind kind;
        private final List<Snapshot.Member> members = new ArrayList<>();
        private final List<Long> deadMembers = new ArrayList<>();
        private final List<Snapshot.Partition> partitions = new ArrayList<>();
        private final List<Instant> since = new ArrayList<>();

        private Found(LeaseKind kind) {
            this.kind = kind;
        }

        private void add(boolean member, ResultSet row) throws SQLException {
            boolean live = row.getBoolean(7);
            if (!member) {
                partitions.add(
                        new Snapshot.Partition(row.getInt(3), row.getLong(4), live, row.getLong(5), row.getLong(6)));
                since.add(Jdbc.instant(row, 8));
            } else if (live) {
                members.add(new Snapshot.Member(row.getLong(4), row.getInt(5), 0, row.getString(10) != null));
            } else {
                deadMembers.add(row.getLong(4));
            }
        }

        private ClusterSnapshot.Lease toLease(String name) {
            return new ClusterSnapshot.Lease(new Snapshot(name, kind, members, partitions), since, deadMembers);
        }
    }
}
