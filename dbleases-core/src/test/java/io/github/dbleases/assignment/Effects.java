package io.github.dbleases.assignment;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;
import static java.util.stream.Collectors.toMap;

import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The effects on a lease when a store writes changes and owners hand over, and the counts of each member. */
final class Effects {

    private Effects() {}

    /** Returns the lease after all changes of an assignment were written. */
    static Snapshot written(Snapshot snapshot, Assignment assignment) {
        Map<Partition, Change> changes = assignment.changes().stream().collect(toMap(Change::before, change -> change));
        return snapshot.mapPartitions(before -> {
            Change change = changes.get(before);
            if (change instanceof Change.Grant grant) {
                return new Partition(before.number(), grant.to(), true, NO_SESSION, grant.above() + 1);
            } else if (change instanceof Change.Move move) {
                return pending(before, move.to());
            } else if (change instanceof Change.Withdraw) {
                return pending(before, NO_SESSION);
            } else if (change instanceof Change.Vacate) {
                return new Partition(before.number(), NO_SESSION, false, NO_SESSION, before.token());
            }
            return before;
        });
    }

    /** Returns the lease after some of the owners that were asked to hand over have done so. */
    static Snapshot handedOver(Snapshot snapshot, Predicate<Partition> which) {
        return snapshot.mapPartitions(before -> before.pending() != NO_SESSION && which.test(before)
                ? new Partition(before.number(), before.pending(), true, NO_SESSION, before.token() + 1)
                : before);
    }

    /** Returns the lease after the whole plan is done. */
    static Snapshot settled(Snapshot snapshot) {
        return handedOver(written(snapshot, Balancer.assign(snapshot, Balancer.Scope.ALL)), partition -> true);
    }

    static Snapshot with(Snapshot snapshot, List<Member> members) {
        return new Snapshot(snapshot.lease(), snapshot.kind(), members, snapshot.partitions());
    }

    static Set<Long> sessions(Snapshot snapshot) {
        return snapshot.members().stream().map(Member::session).collect(Collectors.toSet());
    }

    /** Returns the member for which each partition counts, without partitions that count for none. */
    static Map<Integer, Long> holders(Snapshot snapshot) {
        Set<Long> members = sessions(snapshot);
        Map<Integer, Long> holders = new HashMap<>();
        for (Partition partition : snapshot.partitions()) {
            if (members.contains(partition.owner())) {
                holders.put(partition.number(), partition.owner());
            }
            if (members.contains(partition.pending())) {
                holders.put(partition.number(), partition.pending());
            }
        }
        return holders;
    }

    /** Returns the number of partitions that count for each member that has any. */
    static Map<Long, Integer> counts(Map<Integer, Long> holders) {
        Map<Long, Integer> counts = new HashMap<>();
        holders.values().forEach(holder -> counts.merge(holder, 1, Integer::sum));
        return counts;
    }

    static Map<Long, Integer> counts(Snapshot snapshot) {
        return counts(holders(snapshot));
    }

    /** Returns how many partitions count for another member than before. Assigned orphans are not moves. */
    static long moves(Map<Integer, Long> before, Map<Integer, Long> after) {
        return before.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(after.get(entry.getKey())))
                .count();
    }

    private static Partition pending(Partition before, long pending) {
        return new Partition(before.number(), before.owner(), before.ownerLive(), pending, before.token());
    }
}
