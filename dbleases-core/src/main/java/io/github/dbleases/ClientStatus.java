package io.github.dbleases;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A client's own view of its session.
 *
 * @param clientId the name of the client
 * @param session the id of its session, empty before the first one is open and after the client is closed
 * @param state what the client can do
 * @param ttl how long a session lives without a heartbeat
 * @param heartbeat the time between two heartbeats
 * @param trustedFor the time to the trust deadline, zero if it has passed
 * @param problem what prevents the client from doing anything except for heartbeats, empty if nothing does. With a problem, the
 *     client keeps what it owns, but it gets no partitions, hands none over and marks no session dead
 */
public record ClientStatus(
        String clientId,
        OptionalLong session,
        ClientState state,
        Duration ttl,
        Duration heartbeat,
        Duration trustedFor,
        Optional<String> problem) {}
