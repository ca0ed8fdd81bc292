package io.github.dbleases;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A client's own view of its session.
 *
 * @param clientId the name of the client
 * @param session the id of its session, empty before the first one is open and after the client is closed
 * @param state what the client can do
 * @param since when the client entered this state, by its own clock
 * @param ttl how long a session lives without a heartbeat
 * @param heartbeat the time between two heartbeats
 * @param trustedFor the time until the trust deadline, zero if it has passed
 * @param drained whether the client stands by, because {@link LeaseClient#drain()} was called: it hands over everything and
 *     takes up nothing
 * @param problem what keeps the client from working, or from doing anything except for heartbeats, at this moment; empty if
 *     nothing does. In the second case the client keeps what it owns, but it takes up no partitions, gives none away, and marks
 *     no session dead.
 * @param lastFailure the last request to the store that failed, whether or not requests succeed again
 */
public record ClientStatus(
        String clientId,
        OptionalLong session,
        ClientState state,
        Instant since,
        Duration ttl,
        Duration heartbeat,
        Duration trustedFor,
        boolean drained,
        Optional<String> problem,
        Optional<Failure> lastFailure) {

    /**
     * A request to the store that failed.
     *
     * @param at when, by the client's own clock
     * @param message what went wrong
     * @param permanent whether trying again does not help until a person has changed something, see {@link
     *     StoreUnusableException}
     */
    public record Failure(Instant at, String message, boolean permanent) {}
}
