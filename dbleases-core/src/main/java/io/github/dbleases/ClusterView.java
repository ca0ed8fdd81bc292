package io.github.dbleases;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Who takes part and who owns what, as the database had it at one instant. It is for people and for tests: ownership is
 * decided by {@link Lease#owns}, never by this view.
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
     * @param self whether it is the session of the client that was asked
     * @param weight its share in comparison with the others
     * @param startedAt when it was opened, by the database's clock
     * @param expiresIn the time until it expires without a heartbeat; negative when it has expired and nobody has marked
     *     it dead yet
     */
    public record SessionView(
            String client, long session, boolean self, int weight, Instant startedAt, Duration expiresIn) {}

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
     * @param weight its share in comparison with the others
     */
    public record MemberView(String client, long session, int weight) {}

    /**
     * A partition.
     *
     * @param partition its number
     * @param client the name of the client that owns it, null if no live session does
     * @param session the live session that owns it, or null
     * @param pendingSession the live session that it is being handed over to, or null
     * @param token its fencing token
     * @param since when it got its owner, by the database's clock
     */
    public record PartitionView(
            int partition,
            @Nullable String client,
            @Nullable Long session,
            @Nullable Long pendingSession,
            long token,
            Instant since) {}
}
