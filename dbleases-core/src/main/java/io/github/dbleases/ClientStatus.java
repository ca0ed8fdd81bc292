package io.github.dbleases;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A client's own view of its session.
 *
 * @param clientId the name of the client
 * @param session the id of its session, empty before the first one is open and after the client has stopped
 * @param state what the client can do
 * @param since when the client entered this state, by its own clock
 * @param ttl how long a session lives without a heartbeat
 * @param heartbeat the time between two heartbeats
 * @param trustedFor the time to the trust deadline, zero if it has passed
 * @param drained whether the client stands by, because of {@link LeaseClient#drain()} or because an operation has asked for it
 * @param drainRequested whether an operation has asked the client to stand by, see {@link LeaseAdministration#drain}. It stands
 *     by until an operation resumes it
 * @param problem what prevents the client from working, or from doing anything except for heartbeats; empty if nothing does. In
 *     the second case, the client keeps what it owns, but it gets no partitions, hands none over and marks no session dead
 * @param lastFailure the last request to the store that failed, whether or not requests succeed again
 * @param overdueWork the holds that are open for longer than their deadlines, at most 100 of them
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
        boolean drainRequested,
        Optional<String> problem,
        Optional<Failure> lastFailure,
        List<OverdueWork> overdueWork) {

    public ClientStatus {
        overdueWork = List.copyOf(overdueWork);
    }

    /**
     * A hold that is open for longer than its {@link WorkDeadline}.
     *
     * @param lease the name of the lease or election
     * @param partition the partition, or 0 for a leadership
     * @param heldFor for how long it has been held
     * @param thread the name of the thread that works under it
     */
    public record OverdueWork(String lease, int partition, Duration heldFor, String thread) {}

    /**
     * A request to the store that failed.
     *
     * @param at when it failed, by the client's own clock
     * @param message what went wrong
     * @param permanent whether repeating it does not help until the configuration or the store is changed, as with a {@link
     *     StoreUnusableException}
     */
    public record Failure(Instant at, String message, boolean permanent) {}
}
