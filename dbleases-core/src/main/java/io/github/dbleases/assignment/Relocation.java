package io.github.dbleases.assignment;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Change.Move;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plans to move one partition to a member that a person has named, or to any other member, so that the balancer leaves it
 * there.
 *
 * <p>The rules:
 *
 * <ol>
 *   <li>If the shares stay fair, the partition moves alone.
 *   <li>Otherwise the receiver gives another partition to the member that the first one comes from: the one with the
 *       highest number that is at rest. Then every share is as large as before.
 *   <li>While the lease is not balanced anyway, the partition moves alone, unless the balancer would undo that.
 *   <li>Otherwise the move is refused: the receiver is too light for a single partition.
 * </ol>
 *
 * @param outcome whether there is a plan
 * @param changes the changes to write; empty if the partition already counts for the receiver
 */
public record Relocation(Outcome outcome, List<Change> changes) {

    /** How many receivers are tried: each attempt plans the whole lease. */
    private static final int MOST_RECEIVERS = 5;

    public Relocation {
        changes = List.copyOf(changes);
    }

    /** Whether there is a plan. */
    public enum Outcome {

        /** The changes are the plan. */
        PLANNED,

        /** The lease has no such partition. */
        UNKNOWN_PARTITION,

        /** The receiver does not take part in the lease. */
        NOT_A_MEMBER,

        /** The partition has no live owner that could be asked. It is about to be assigned. */
        NO_LIVE_OWNER,

        /** The balancer would undo the move. */
        WOULD_BE_UNDONE
    }

    /** Plans to move a partition of a lease to a member. */
    public static Relocation plan(Snapshot lease, int partition, long to) {
        Optional<Partition> found = lease.partitions().stream()
                .filter(candidate -> candidate.number() == partition)
                .findAny();
        if (found.isEmpty()) {
            return refused(Outcome.UNKNOWN_PARTITION);
        }
        if (!isMember(lease, to)) {
            return refused(Outcome.NOT_A_MEMBER);
        }
        Partition moving = found.get();
        if (!moving.ownerLive()) {
            return refused(Outcome.NO_LIVE_OWNER);
        }
        long from = holder(lease, moving);
        if (from == to) {
            return new Relocation(Outcome.PLANNED, List.of());
        }
        List<Change> changes = new ArrayList<>();
        Balancer.change(moving, to).ifPresent(changes::add);
        Snapshot moved = lease.mapPartitions(other -> other.number() == partition ? pendingFor(other, to) : other);
        if (lease.kind() == LeaseKind.LEADER || isBalanced(moved)) {
            return new Relocation(Outcome.PLANNED, changes);
        }
        Optional<Partition> exchanged = isMember(lease, from) ? exchanged(moved, partition, to) : Optional.empty();
        if (exchanged.isPresent()) {
            Partition back = exchanged.get();
            Snapshot both =
                    moved.mapPartitions(other -> other.number() == back.number() ? pendingFor(other, from) : other);
            if (isBalanced(both)) {
                changes.add(new Move(back, from));
                return new Relocation(Outcome.PLANNED, changes);
            }
        }
        return !isBalanced(lease) && leavesAlone(moved, partition)
                ? new Relocation(Outcome.PLANNED, changes)
                : refused(Outcome.WOULD_BE_UNDONE);
    }

    /**
     * Plans to move a partition to any other member, such as from an owner whose work hangs. The receiver is the member that
     * owns least, or in an election the next candidate.
     */
    public static Relocation away(Snapshot lease, int partition) {
        Optional<Partition> moving = lease.partitions().stream()
                .filter(candidate -> candidate.number() == partition)
                .findAny();
        if (moving.isEmpty()) {
            return refused(Outcome.UNKNOWN_PARTITION);
        }
        long owner = moving.get().owner();
        if (lease.kind() == LeaseKind.LEADER) {
            return Election.successor(lease, owner)
                    .map(successor -> plan(lease, partition, successor))
                    .orElseGet(() -> refused(Outcome.NOT_A_MEMBER));
        }
        Map<Long, Long> counts =
                lease.partitions().stream().collect(groupingBy(owned -> holder(lease, owned), counting()));
        return lease.members().stream()
                .map(Member::session)
                .filter(member -> member != owner)
                .sorted(Comparator.<Long, Long>comparing(member -> counts.getOrDefault(member, 0L))
                        .thenComparing(member -> TieBreaker.hash(lease.lease(), member)))
                .limit(MOST_RECEIVERS)
                .map(member -> plan(lease, partition, member))
                .filter(plan -> plan.outcome == Outcome.PLANNED)
                .findFirst()
                .orElseGet(() -> refused(isOnlyMember(lease, owner) ? Outcome.NOT_A_MEMBER : Outcome.WOULD_BE_UNDONE));
    }

    private static boolean isOnlyMember(Snapshot lease, long session) {
        return lease.members().stream().allMatch(member -> member.session() == session);
    }

    private static Relocation refused(Outcome outcome) {
        return new Relocation(outcome, List.of());
    }

    private static boolean isBalanced(Snapshot lease) {
        return Balancer.assign(lease, Scope.ALL).changes().isEmpty();
    }

    /** Returns whether the balancer changes nothing about a partition. */
    private static boolean leavesAlone(Snapshot lease, int partition) {
        return Balancer.assign(lease, Scope.ALL).changes().stream()
                .noneMatch(change -> change.before().number() == partition);
    }

    private static Optional<Partition> exchanged(Snapshot lease, int partition, long to) {
        return lease.partitions().stream()
                .filter(other -> other.number() != partition
                        && other.owner() == to
                        && other.ownerLive()
                        && other.pending() == NO_SESSION)
                .max(Comparator.comparingInt(Partition::number));
    }

    /** Returns the session for which a partition counts. */
    private static long holder(Snapshot lease, Partition partition) {
        return isMember(lease, partition.pending()) ? partition.pending() : partition.owner();
    }

    private static boolean isMember(Snapshot lease, long session) {
        return lease.members().stream().mapToLong(Member::session).anyMatch(member -> member == session);
    }

    private static Partition pendingFor(Partition partition, long session) {
        long pending = session == partition.owner() ? NO_SESSION : session;
        return new Partition(partition.number(), partition.owner(), partition.ownerLive(), pending, partition.token());
    }
}
