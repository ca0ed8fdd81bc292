package io.github.dbleases.assignment;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Spreads the partitions of a lease over its members.
 *
 * <p>The rules, for N partitions and C members with a total weight of W:
 *
 * <ol>
 *   <li>A partition counts for its pending session if that is a member. Otherwise it counts for its owner, if that is a
 *       member. Otherwise it is an orphan.
 *   <li>A member of weight w has the quota {@code floor(N * w / W)}. The remaining partitions go, one each, to the
 *       members with the largest remainders (Hamilton's method). Among equal remainders, the member that has most above
 *       its floor comes first, then the one with the smaller hash of lease and session. With equal weights, the {@code
 *       N mod C} members that have most get {@code ceil(N / C)} and the others {@code floor(N / C)}.
 *   <li>A member keeps what counts for it, up to its quota. It first gives up partitions that are moving (not yet
 *       received, requested by others, or already given up), then the highest numbers.
 *   <li>The orphans and the excess go to the members that are below their quota: a partition goes to its own owner if
 *       that is one of them, otherwise to the first of them.
 *   <li>A partition whose owner is live is never granted to another session. Its owner is asked to hand it over.
 * </ol>
 *
 * <p>As a result, the shares of members with equal weight differ by at most one, no plan with fair shares takes fewer
 * partitions from the members for which they count, and a second plan on the result of the first is empty, however many
 * of the hand-overs are done by then. The order of the input does not matter. The cost is that of sorting the
 * partitions and the members.
 *
 * <p>Leader elections have different rules; see {@link Election}.
 */
public final class Balancer {

    /** Which partitions a plan assigns. */
    public enum Scope {

        /** Assigns the orphans only. No partition moves from one member to another. */
        ORPHANS,

        /** Assigns the orphans and moves the excess. */
        ALL
    }

    private final List<Partition> partitions;
    private final List<Share> shares;
    private final Map<Long, Share> bySession = new HashMap<>();
    private final List<Partition> unplaced = new ArrayList<>();

    private Balancer(Snapshot snapshot) {
        this.partitions = snapshot.partitions().stream()
                .sorted(Comparator.comparingInt(Partition::number))
                .toList();
        this.shares = snapshot.members().stream()
                .map(member -> new Share(member, TieBreaker.hash(snapshot.lease(), member.session())))
                .toList();
        shares.forEach(share -> bySession.put(share.session, share));
    }

    /**
     * Returns the changes that spread the partitions of the snapshot by the rules above.
     *
     * @throws IllegalArgumentException if the scope is {@link Scope#ALL} and the snapshot leaves out partitions
     */
    public static Assignment assign(Snapshot snapshot, Scope scope) {
        if (scope == Scope.ALL && snapshot.isExcerpt()) {
            throw new IllegalArgumentException(
                    "The snapshot of lease '%s' leaves out partitions, so only orphans can be assigned."
                            .formatted(snapshot.lease()));
        }
        return snapshot.kind() == LeaseKind.LEADER ? Election.elect(snapshot) : new Balancer(snapshot).assign(scope);
    }

    private Assignment assign(Scope scope) {
        count();
        List<Share> ranked = setQuotas();
        boolean excess = ranked.stream().anyMatch(Share::isAboveQuota);
        if (scope == Scope.ALL) {
            ranked.forEach(share -> unplaced.addAll(share.giveUpExcess()));
        }
        placeAll(ranked);
        return new Assignment(changes(), scope == Scope.ALL || !excess);
    }

    /** Rule 1. */
    private void count() {
        for (Partition partition : partitions) {
            Share holder = bySession.getOrDefault(partition.pending(), bySession.get(partition.owner()));
            if (holder == null) {
                unplaced.add(partition);
            } else {
                holder.partitions.add(partition);
            }
        }
    }

    /** Rule 2. Returns the shares in the order in which they get the remaining partitions. */
    private List<Share> setQuotas() {
        long weights = shares.stream().mapToLong(share -> share.weight).sum();
        int all = partitions.size()
                + shares.stream().mapToInt(share -> share.unlisted).sum();
        int left = all;
        for (Share share : shares) {
            long ideal = (long) all * share.weight;
            share.quota = (int) (ideal / weights);
            share.remainder = ideal % weights;
            left -= share.quota;
        }
        List<Share> ranked = shares.stream()
                .sorted(Comparator.comparingLong((Share share) -> -share.remainder)
                        .thenComparingInt(share -> share.quota - share.size())
                        .thenComparingLong(share -> share.hash)
                        .thenComparingLong(share -> share.session))
                .toList();
        ranked.stream().limit(left).forEach(share -> share.quota++);
        return ranked;
    }

    /** Rule 4. */
    private void placeAll(List<Share> ranked) {
        List<Partition> excess = new ArrayList<>();
        for (Partition partition : unplaced) {
            Share owner = bySession.get(partition.owner());
            if (owner != null && owner.isBelowQuota()) {
                owner.partitions.add(partition);
            } else {
                excess.add(partition);
            }
        }
        Iterator<Partition> rest = excess.iterator();
        for (Share share : ranked) {
            while (share.isBelowQuota() && rest.hasNext()) {
                share.partitions.add(rest.next());
            }
        }
    }

    private List<Change> changes() {
        Map<Integer, Long> targets = new HashMap<>();
        shares.forEach(share -> share.partitions.forEach(p -> targets.put(p.number(), share.session)));
        return partitions.stream()
                .map(partition -> change(partition, targets.getOrDefault(partition.number(), NO_SESSION)))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Rule 5. */
    static Optional<Change> change(Partition before, long target) {
        boolean pending = before.pending() != NO_SESSION;
        if (!before.ownerLive()) {
            if (target != NO_SESSION) {
                return Optional.of(new Change.Grant(before, target, before.token()));
            }
            return before.owner() != NO_SESSION || pending ? Optional.of(new Change.Vacate(before)) : Optional.empty();
        }
        if (target == before.owner() || target == NO_SESSION) {
            return pending ? Optional.of(new Change.Withdraw(before)) : Optional.empty();
        }
        return target != before.pending() ? Optional.of(new Change.Move(before, target)) : Optional.empty();
    }

    /** The partitions of one member, and its quota. */
    private static final class Share {

        private final long session;
        private final int weight;
        private final long hash;
        private final int unlisted;
        private final List<Partition> partitions = new ArrayList<>();
        private int quota;
        private long remainder;

        private Share(Member member, long hash) {
            this.session = member.session();
            this.weight = member.weight();
            this.hash = hash;
            this.unlisted = member.unlisted();
        }

        private int size() {
            return unlisted + partitions.size();
        }

        private boolean isAboveQuota() {
            return size() > quota;
        }

        private boolean isBelowQuota() {
            return size() < quota;
        }

        /** Rule 3. */
        private List<Partition> giveUpExcess() {
            int excess = Math.max(0, partitions.size() - quota);
            List<Partition> givenUp = partitions.stream()
                    .sorted(Comparator.comparing(this::isAtRest).thenComparingInt(p -> -p.number()))
                    .limit(excess)
                    .toList();
            partitions.removeAll(new HashSet<>(givenUp));
            return givenUp;
        }

        private boolean isAtRest(Partition partition) {
            return partition.owner() == session && partition.ownerLive() && partition.pending() == NO_SESSION;
        }
    }
}
