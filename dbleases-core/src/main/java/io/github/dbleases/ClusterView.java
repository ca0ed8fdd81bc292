package io.github.dbleases;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The members of the cluster and what each of them owns, as recorded in the database at one instant. The view is meant for
 * people and for tests. To decide whether a client may work on a partition, use {@link Lease#owns}.
 *
 * @param sessions the live sessions, in the order of their ids
 * @param leases the leases by name
 */
public record ClusterView(List<SessionView> sessions, SortedMap<String, LeaseView> leases) {

    /**
     * A live session.
     *
     * @param client the client's name
     * @param session the session's id
     * @param self whether the session belongs to the client that read this view
     * @param weight its share relative to the other sessions
     * @param startedAt when it was opened, by the database's clock
     * @param expiresIn the time until it expires without another heartbeat; negative if it has expired but has not been marked
     *     dead yet
     * @param drained whether an operation has asked it to stand by, see {@link LeaseAdministration#drain}
     */
    public record SessionView(
            String client,
            long session,
            boolean self,
            int weight,
            Instant startedAt,
            Duration expiresIn,
            boolean drained) {}

    /**
     * A lease.
     *
     * @param name its name
     * @param kind what it is used for
     * @param members the live sessions that take part, in the order of their ids
     * @param partitions its partitions in the order of their numbers
     * @param balanced whether every member has its fair share and no partition waits for an owner
     */
    public record LeaseView(
            String name, LeaseKind kind, List<MemberView> members, List<PartitionView> partitions, boolean balanced) {}

    /**
     * A session that takes part in a lease.
     *
     * @param client the client's name
     * @param session the session's id
     * @param weight its share relative to the other members
     */
    public record MemberView(String client, long session, int weight) {}

    /**
     * A partition.
     *
     * @param partition its number
     * @param client the name of the client that owns it, or null if no live session owns it
     * @param session the live session that owns it, or null
     * @param pendingSession the live session that the partition is being handed over to, or null
     * @param token its fencing token
     * @param since when its owner got it, by the database's clock
     */
    public record PartitionView(
            int partition,
            @Nullable String client,
            @Nullable Long session,
            @Nullable Long pendingSession,
            long token,
            Instant since) {}
}
