package io.github.dbleases.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * The answer to a heartbeat.
 *
 * @param inbox changes when something that concerns the session has changed; compare it with {@code !=}
 * @param neighbor the live session with the largest smaller id, wrapping round; empty if there is no other
 * @param smallest whether no live session has a smaller id
 * @param databaseTime the store's clock
 * @param incarnation which life of the store answered
 */
public record Renewal(
        long inbox, Optional<Neighbor> neighbor, boolean smallest, Instant databaseTime, Incarnation incarnation) {}
