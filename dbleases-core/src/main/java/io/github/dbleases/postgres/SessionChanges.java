package io.github.dbleases.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Writes what a transaction does to session rows: its last statement, as heartbeats wait for it. */
final class SessionChanges {

    /** The rows are locked in the order of their ids, so that two transactions do not wait for each other. */
    private static final String WRITE = """
            WITH locked AS (
                SELECT id FROM {session} WHERE id = ANY (?) AND state = 'live' ORDER BY id FOR NO KEY UPDATE
            ), written AS (
                UPDATE {session} s
                SET inbox = s.inbox + 1, state = CASE WHEN s.id = ANY (?) THEN 'dead' ELSE s.state END
                FROM locked WHERE s.id = locked.id
            ), numbered AS (
                UPDATE {lease} SET generation = generation + 1 WHERE name = ANY (?)
            )
            SELECT pg_notify(channel, payload) FROM (VALUES (?, ?)) hint (channel, payload) WHERE payload <> ''
            """;

    private final String sql;
    private final String channel;
    private final boolean notifications;

    SessionChanges(Tables tables, boolean notifications) {
        this.sql = tables.in(WRITE);
        this.channel = tables.channel();
        this.notifications = notifications;
    }

    /**
     * Writes them.
     *
     * @param raised the sessions whose inbox counters grow, and that get a hint
     * @param ended the sessions that are marked dead
     * @param leases the leases whose generation grows
     */
    void write(Connection jdbc, Set<Long> raised, Set<Long> ended, Collection<String> leases) throws SQLException {
        if (raised.isEmpty() && ended.isEmpty() && leases.isEmpty()) {
            return;
        }
        TreeSet<Long> named = new TreeSet<>(raised);
        named.addAll(ended);
        try (PreparedStatement statement = Jdbc.prepare(
                jdbc,
                sql,
                named.toArray(Long[]::new),
                ended.toArray(Long[]::new),
                leases.toArray(String[]::new),
                channel,
                notifications ? Hints.payload(raised) : "")) {
            statement.execute();
        }
    }
}
