package io.github.dbleases.spi;

import java.time.Duration;

/**
 * The session that a client watches.
 *
 * @param session its id
 * @param expiresIn the time until it expires without a heartbeat, negative if it has expired
 * @param ttl how long it lives without a heartbeat
 * @param grace how long other clients wait after its expiry before they mark it dead
 */
public record Neighbor(long session, Duration expiresIn, Duration ttl, Duration grace) {

    /** Returns the time until the session may be marked dead, negative if it may be already. */
    public Duration markableIn() {
        return expiresIn.plus(grace);
    }
}
