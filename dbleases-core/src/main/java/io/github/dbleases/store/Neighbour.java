package io.github.dbleases.store;

import java.time.Duration;

/**
 * The session that a client watches.
 *
 * @param session its id
 * @param expiresIn the time until it expires without a heartbeat, negative when it has expired
 */
public record Neighbour(long session, Duration expiresIn) {}
