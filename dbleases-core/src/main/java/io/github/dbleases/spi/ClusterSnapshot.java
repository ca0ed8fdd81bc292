package io.github.dbleases.spi;

import io.github.dbleases.assignment.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The sessions and leases of a store, read from one snapshot.
 *
 * @param sessions the sessions by ascending id, including dead ones if the store keeps them
 * @param leases the leases by name
 */
public record ClusterSnapshot(List<Session> sessions, List<Lease> leases) {

    /**
     * A session.
     *
     * @param id its id
     * @param clientId the name of its client
     * @param live whether it has not been marked dead
     * @param weight its share relative to the other sessions
     * @param startedAt when it was opened
     * @param expiresIn the time until it expires, negative if it has expired
     * @param ttl how long it lives without a heartbeat
     * @param grace how long other clients wait after its expiry before they mark it dead
     * @param drained whether it is asked to stand by, see {@link LeaseTransaction#setDrained}
     */
    public record Session(
            long id,
            String clientId,
            boolean live,
            int weight,
            Instant startedAt,
            Duration expiresIn,
            Duration ttl,
            Duration grace,
            boolean drained) {}

    /**
     * A lease.
     *
     * @param snapshot its live members, without counts of leaderships, and its partitions
     * @param since when each partition got its owner, in the order of the partitions in the snapshot
     * @param deadMembers the members whose sessions are not live
     */
    public record Lease(Snapshot snapshot, List<Instant> since, List<Long> deadMembers) {}
}
