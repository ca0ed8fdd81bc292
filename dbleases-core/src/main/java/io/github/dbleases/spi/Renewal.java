package io.github.dbleases.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * The reply to a heartbeat.
 *
 * @param inbox changes whenever something that affects the session changes; compare it with {@code !=}
 * @param neighbor the live session with the next smaller id, wrapping around; empty if there is no other session
 * @param smallest whether no live session has a smaller id
 * @param databaseTime the store's clock
 * @param incarnation the incarnation of the store that answered
 */
public record Renewal(
        long inbox, Optional<Neighbor> neighbor, boolean smallest, Instant databaseTime, Incarnation incarnation) {}
