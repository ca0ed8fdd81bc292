package io.github.dbleases.spi;

import io.github.dbleases.assignment.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Everything that a store knows, read in one snapshot.
 *
 * @param sessions the sessions in the order of their ids, dead ones too if the store keeps them
 * @param leases the leases in the order of their names
 */
public record ClusterSnapshot(List<Session> sessions, List<Lease> leases) {

    /**
     * A session.
     *
     * @param id its id
     * @param clientId the name of its client
     * @param live whether it has not been marked dead
     * @param weight its share in comparison with the others
     * @param startedAt when it was opened
     * @param expiresIn the time until it expires, negative when it has expired
     * @param ttl how long it lives without a heartbeat
     * @param grace how long the others wait after it has expired before they mark it dead
     */
    public record Session(
            long id,
            String clientId,
            boolean live,
            int weight,
            Instant startedAt,
            Duration expiresIn,
            Duration ttl,
            Duration grace) {}

    /**
     * A lease.
     *
     * @param snapshot its live members, whose leaderships are not counted, and its partitions
     * @param since when each partition got its owner, in the order of the partitions of the snapshot
     * @param deadMembers the sessions in its member rows that are not live
     */
    public record Lease(Snapshot snapshot, List<Instant> since, List<Long> deadMembers) {}
}
