package io.github.dbleases.postgres;

import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.Holdings.GrantedPartition;
import io.github.dbleases.spi.Incarnation;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads what a session owns, with whom it shares tasks, and whether the incarnation that says so is quiet, in one
 * statement.
 */
final class HoldingsQuery {

    /**
     * The leases of the session and the sessions of its members are looked up one by one, so that nothing is read that does
     * not concern it, however many others there are.
     */
    private static final String HOLDINGS = """
            SELECT coalesce(s.state = 'live', false), coalesce(s.inbox, 0),
                greatest(date_part('epoch', i.quiet_until - clock_timestamp()), 0),
                (extract(epoch FROM i.quiet_until) * 1000000)::bigint,
                h.lease, h.partition, h.token, h.asked, h.members, {proof}
            FROM (SELECT ?::bigint AS id) own
                LEFT JOIN {incarnation} i ON i.system_id = ? AND i.timeline = ? AND i.nonce = ?::uuid
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

    private final String sql;

    HoldingsQuery(Tables tables) {
        this.sql = tables.in(HOLDINGS);
    }

    Holdings read(OpenConnection connection, long session) throws SQLException {
        Incarnation incarnation = connection.incarnation();
        try (PreparedStatement statement = Jdbc.prepare(
                        connection.jdbc(),
                        connection.adapt(sql),
                        session,
                        incarnation.system(),
                        incarnation.timeline(),
                        incarnation.nonce());
                ResultSet row = statement.executeQuery()) {
            row.next();
            connection.verify(row, 10);
            Duration quietFor = Jdbc.seconds(row.getDouble(3));
            long tokenFloor = row.getLong(4);
            if (row.wasNull()) {
                // Another incarnation, or one whose row was deleted. Setting up the connection anew finds or records
                // it.
                throw new ServerChangedException();
            }
            boolean live = row.getBoolean(1);
            long inbox = row.getLong(2);
            List<GrantedPartition> partitions = new ArrayList<>();
            Map<String, Set<Long>> taskMembers = new HashMap<>();
            do {
                String lease = row.getString(5);
                Array members = row.getArray(9);
                if (members != null) {
                    taskMembers.put(lease, Set.of((Long[]) members.getArray()));
                } else if (lease != null) {
                    partitions.add(new GrantedPartition(lease, row.getInt(6), row.getLong(7), row.getBoolean(8)));
                }
            } while (row.next());
            return new Holdings(live, inbox, incarnation, quietFor, tokenFloor, partitions, taskMembers);
        }
    }
}
