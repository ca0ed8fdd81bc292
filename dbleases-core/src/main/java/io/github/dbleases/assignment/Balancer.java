package io.github.dbleases.assignment;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
 * of the hand-overs are done by then. The order of the input does not matter. The cost grows with
 * the partitions, plus that of sorting the members and partitions that are not in order.
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

    /** All partitions by number. What is known of a partition has the same index. */
    private final List<Partition> partitions;

    /** The member that each partition counts for. */
    private final @Nullable Share[] holders;

    private final List<Share> shares;
    private final ShareTable bySession;

    /** The indexes of the partitions that a member must be found for. */
    private final IntList unplaced = new IntList();

    private Balancer(Snapshot snapshot) {
        this.partitions = byNumber(snapshot.partitions());
        this.holders = new Share[partitions.size()];
        this.shares = snapshot.members().stream()
                .map(member -> new Share(member, TieBreaker.hash(snapshot.lease(), member.session())))
                .toList();
        this.bySession = new ShareTable(shares);
    }

    /** Returns the list itself if it is in order, as a store reads it. */
    private static List<Partition> byNumber(List<Partition> partitions) {
        for (int i = 1; i < partitions.size(); i++) {
            if (partitions.get(i - 1).number() > partitions.get(i).number()) {
                return partitions.stream()
                        .sorted(Comparator.comparingInt(Partition::number))
                        .toList();
            }
        }
        return partitions;
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
        if (scope == Scope.ALL && excess) {
            giveUpExcess(ranked);
        }
        placeAll(ranked);
        return new Assignment(changes(), scope == Scope.ALL || !excess);
    }

    /** Rule 1. */
    private void count() {
        for (int i = 0; i < holders.length; i++) {
            Partition partition = partitions.get(i);
            Share pending = bySession.get(partition.pending());
            Share holder = pending != null ? pending : bySession.get(partition.owner());
            if (holder == null) {
                unplaced.add(i);
            } else {
                place(i, holder);
            }
        }
    }

    private void place(int index, Share holder) {
        holders[index] = holder;
        holder.size++;
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
                        .thenComparingInt(share -> share.quota - share.size)
                        .thenComparingLong(share -> share.hash)
                        .thenComparingLong(share -> share.session))
                .toList();
        ranked.stream().limit(left).forEach(share -> share.quota++);
        return ranked;
    }

    /** Rule 3. What members give up is unplaced in the order of the members. */
    private void giveUpExcess(List<Share> ranked) {
        giveUpExcess(false);
        giveUpExcess(true);
        ranked.forEach(share -> unplaced.addAll(share.givenUp));
    }

    /** Makes the members that are above their quota give up partitions that are at rest, or those that are not. */
    private void giveUpExcess(boolean atRest) {
        for (int i = holders.length - 1; i >= 0; i--) {
            Share share = holders[i];
            if (share != null && share.isAboveQuota() && share.isAtRest(partitions.get(i)) == atRest) {
                holders[i] = null;
                share.size--;
                share.givenUp.add(i);
            }
        }
    }

    /** Rule 4. */
    private void placeAll(List<Share> ranked) {
        IntList rest = new IntList();
        for (int i = 0; i < unplaced.size; i++) {
            int index = unplaced.values[i];
            Share owner = bySession.get(partitions.get(index).owner());
            if (owner != null && owner.isBelowQuota()) {
                place(index, owner);
            } else {
                rest.add(index);
            }
        }
        int next = 0;
        for (Share share : ranked) {
            while (share.isBelowQuota() && next < rest.size) {
                place(rest.values[next++], share);
            }
        }
    }

    private List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < holders.length; i++) {
            Share holder = holders[i];
            change(partitions.get(i), holder == null ? NO_SESSION : holder.session)
                    .ifPresent(changes::add);
        }
        return changes;
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

    /** How many partitions count for one member, and its quota. */
    private static final class Share {

        private final long session;
        private final int weight;
        private final long hash;
        private final int unlisted;
        private final IntList givenUp = new IntList();
        private int size;
        private int quota;
        private long remainder;

        private Share(Member member, long hash) {
            this.session = member.session();
            this.weight = member.weight();
            this.hash = hash;
            this.unlisted = member.unlisted();
            this.size = unlisted;
        }

        private boolean isAboveQuota() {
            return size > quota;
        }

        private boolean isBelowQuota() {
            return size < quota;
        }

        private boolean isAtRest(Partition partition) {
            return partition.owner() == session && partition.ownerLive() && partition.pending() == NO_SESSION;
        }
    }

    /** Finds the share of a session: a hash table with linear probing, which needs no boxed keys. */
    private static final class ShareTable {

        private final @Nullable Share[] slots;

        private ShareTable(List<Share> shares) {
            slots = new Share[Integer.highestOneBit(shares.size() + 1) * 4];
            for (Share share : shares) {
                slots[slotOf(share.session)] = share;
            }
        }

        private @Nullable Share get(long session) {
            return slots[slotOf(session)];
        }

        /** Returns the slot of a session, or the free slot where it would be. */
        private int slotOf(long session) {
            int slot = Long.hashCode(session * 0x9e3779b97f4a7c15L) & (slots.length - 1);
            for (Share found = slots[slot]; found != null && found.session != session; found = slots[slot]) {
                slot = (slot + 1) & (slots.length - 1);
            }
            return slot;
        }
    }

    /** A growing list of numbers that are not boxed. */
    private static final class IntList {

        private static final int[] NONE = {};

        private int[] values = NONE;
        private int size;

        private void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, Math.max(16, 2 * size));
            }
            values[size++] = value;
        }

        private void addAll(IntList others) {
            for (int i = 0; i < others.size; i++) {
                add(others.values[i]);
            }
        }
    }
}
