package io.github.dbleases.spi;

import java.time.Duration;

/**
 * The session that a client watches.
 *
 * @param session its id
 * @param expiresIn the time until it expires without a heartbeat, negative when it has expired
 * @param ttl how long it lives without a heartbeat
 * @param grace how long the others wait after it has expired before they mark it dead
 */
public record Neighbor(long session, Duration expiresIn, Duration ttl, Duration grace) {

    /** Returns the time until it may be marked dead, negative when it may. */
    public Duration markableIn() {
        return expiresIn.plus(grace);
    }
}
