package io.github.dbleases.memory;

import io.github.dbleases.internal.rows.LeaseRow;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The content of a store. The rows are immutable, so a copy is cheap. */
final class Content {

    final SortedMap<Long, SessionRow> sessions = new TreeMap<>();
    final SortedMap<String, LeaseRow> leases = new TreeMap<>();
    final Map<Long, Life> lives = new HashMap<>();
    Duration largestTtl = Duration.ZERO;
    Duration largestGrace = Duration.ZERO;

    /** The timeline of this content. */
    long timeline = 1;

    Content copy() {
        Content copy = new Content();
        copy.sessions.putAll(sessions);
        copy.leases.putAll(leases);
        copy.lives.putAll(lives);
        copy.largestTtl = largestTtl;
        copy.largestGrace = largestGrace;
        copy.timeline = timeline;
        return copy;
    }

    boolean isLive(long session) {
        SessionRow row = sessions.get(session);
        return row != null && row.live();
    }

    /**
     * The record of an incarnation.
     *
     * @param nonce differs from that of every other incarnation, including those with the same timeline
     */
    record Life(long nonce, Instant quietUntil) {}

    /** A session. */
    record SessionRow(
            long id,
            String clientId,
            boolean live,
            Instant expiresAt,
            long inbox,
            int weight,
            Duration ttl,
            Duration grace,
            Instant startedAt,
            boolean drained) {

        SessionRow renewedAt(Instant now) {
            return new SessionRow(id, clientId, live, now.plus(ttl), inbox, weight, ttl, grace, startedAt, drained);
        }

        SessionRow raised() {
            return new SessionRow(id, clientId, live, expiresAt, inbox + 1, weight, ttl, grace, startedAt, drained);
        }

        SessionRow dead() {
            return new SessionRow(id, clientId, false, expiresAt, inbox, weight, ttl, grace, startedAt, drained);
        }

        SessionRow withDrained(boolean asked) {
            return new SessionRow(id, clientId, live, expiresAt, inbox, weight, ttl, grace, startedAt, asked);
        }
    }
}
