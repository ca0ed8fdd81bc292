package io.github.dbleases.assignment;

import io.github.dbleases.LeaseKind;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A lease as the balancer sees it.
 *
 * <p>A snapshot may leave out partitions that are at rest: their owner is a member, and they are not moving. Then they are
 * only counted, see {@link Member#unlisted}. Such a snapshot tells enough to assign the orphans.
 *
 * @param lease the name of the lease
 * @param kind the kind of lease
 * @param members the live members, each once, in any order
 * @param partitions the partitions, each once, in any order
 */
public record Snapshot(String lease, LeaseKind kind, List<Member> members, List<Partition> partitions) {

    /** The id that stands for "no session". */
    public static final long NO_SESSION = 0;

    public Snapshot {
        members = List.copyOf(members);
        partitions = List.copyOf(partitions);
    }

    /** Returns whether the snapshot leaves out partitions. */
    boolean isExcerpt() {
        return members.stream().anyMatch(member -> member.unlisted() > 0);
    }

    /** Returns a copy of this snapshot with every partition replaced. */
    public Snapshot mapPartitions(UnaryOperator<Partition> change) {
        return new Snapshot(
                lease, kind, members, partitions.stream().map(change).toList());
    }

    /**
     * A live session that takes part in the lease.
     *
     * @param session its id
     * @param weight its share relative to the other members, at least 1
     * @param leaderships how many leaderships it has or is about to get; 0 unless the lease is a leader election
     * @param yields whether it has resigned recently, so that the other candidates come first
     * @param unlisted how many partitions it owns that the snapshot leaves out
     */
    public record Member(long session, int weight, int leaderships, boolean yields, int unlisted) {

        /** Creates a member all of whose partitions are listed. */
        public Member(long session, int weight, int leaderships, boolean yields) {
            this(session, weight, leaderships, yields, 0);
        }

        /** Creates a member that leads nothing and has not resigned. */
        public Member(long session, int weight) {
            this(session, weight, 0, false);
        }
    }

    /**
     * A partition.
     *
     * @param number its number
     * @param owner the session that owns it, or {@link #NO_SESSION}
     * @param ownerLive whether the owner is a live session; a partition is never taken from a live session
     * @param pending the session that the owner should hand it over to, or {@link #NO_SESSION}
     * @param token its fencing token
     */
    public record Partition(int number, long owner, boolean ownerLive, long pending, long token) {

        /** Returns a copy of this partition that its owner has given up, so that it can be granted. */
        public Partition givenUp() {
            return new Partition(number, owner, false, pending, token);
        }
    }
}
