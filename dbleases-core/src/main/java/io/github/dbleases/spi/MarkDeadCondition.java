package io.github.dbleases.spi;

import io.github.dbleases.assignment.Snapshot;
import java.time.Duration;
import java.time.Instant;

/**
 * The condition under which a session may be marked dead. The session must be live, and must have expired longer ago
 * than its grace. The store's clock must be within half the grace of what the client expects. And the client's
 * heartbeats must have been undisturbed for at least the session's own TTL: in that time the session could have
 * renewed, whatever had happened to the clock before.
 *
 * @param session the id of the session
 * @param grace the session's own grace
 * @param expectedTime what the store's clock should show, according to the last heartbeat and the client's monotonic
 *     clock
 * @param steadyFor how long the client's heartbeats and the store's clock have been undisturbed
 * @param by the session of the client, for the history; {@link Snapshot#NO_SESSION} if it is not known
 */
public record MarkDeadCondition(long session, Duration grace, Instant expectedTime, Duration steadyFor, long by) {

    /** Creates a condition without the session of the client. */
    public MarkDeadCondition(long session, Duration grace, Instant expectedTime, Duration steadyFor) {
        this(session, grace, expectedTime, steadyFor, Snapshot.NO_SESSION);
    }

    /** Returns this condition with the session of the client. */
    public MarkDeadCondition by(long marker) {
        return new MarkDeadCondition(session, grace, expectedTime, steadyFor, marker);
    }
}
