package io.github.dbleases.spi;

import java.time.Duration;

/**
 * A session that is to be opened.
 *
 * @param id the identity of one run of a client: a random integer from 1 below 2^53, never used before
 * @param clientId the name of the client
 * @param weight its share in comparison with the others
 * @param ttl how long it lives without a heartbeat
 * @param grace how long the others wait after it has expired before they mark it dead
 */
public record NewSession(long id, String clientId, int weight, Duration ttl, Duration grace) {}
