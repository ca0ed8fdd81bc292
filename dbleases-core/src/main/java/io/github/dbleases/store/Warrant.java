package io.github.dbleases.store;

import java.time.Duration;
import java.time.Instant;

/**
 * The condition under which a session may be marked dead: it is live, it expired longer than the grace ago, and the
 * store's clock is within half the grace of what the client expects.
 *
 * @param session the session
 * @param grace how long after its expiry
 * @param expectedTime what the store's clock should show, by the last heartbeat and the client's monotonic clock
 */
public record Warrant(long session, Duration grace, Instant expectedTime) {}
