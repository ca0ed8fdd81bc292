package io.github.dbleases.spi;

import java.time.Duration;
import java.time.Instant;

/**
 * The condition under which a session may be marked dead: it is live, it expired longer than its grace ago, the store's
 * clock is within half the grace of what the client expects, and nothing has disturbed the client for as long as the
 * session's own ttl. For that long the session could have renewed, whatever had happened to the clock before.
 *
 * @param session the session
 * @param grace the session's own grace: how long after its expiry
 * @param expectedTime what the store's clock should show, by the last heartbeat and the client's monotonic clock
 * @param steadyFor how long the client's heartbeats and the store's clock have gone on as they should
 */
public record MarkDeadCondition(long session, Duration grace, Instant expectedTime, Duration steadyFor) {}
