package io.github.dbleases.spi;

import java.time.Duration;

/**
 * A session to open.
 *
 * @param id the identity of one run of a client: a random integer, at least 1 and below 2^53, that was never used
 *     before
 * @param clientId the name of the client
 * @param weight its share relative to the other sessions
 * @param ttl how long it lives without a heartbeat
 * @param grace how long other clients wait after its expiry before they mark it dead
 * @param drained whether the session begins drained, see {@link LeaseTransaction#setDrained}, because its client was asked
 *     to stand by in its last session
 */
public record NewSession(long id, String clientId, int weight, Duration ttl, Duration grace, boolean drained) {

    /** Creates a session that is not drained. */
    public NewSession(long id, String clientId, int weight, Duration ttl, Duration grace) {
        this(id, clientId, weight, ttl, grace, false);
    }
}
