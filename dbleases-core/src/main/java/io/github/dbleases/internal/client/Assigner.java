package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.assignment.Assignment;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Election;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.internal.LeaseConflicts;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What is done to leases under their locks: whoever sees a change assigns, in one transaction, and there is no
 * coordinator. Each method reads, asks the balancer, writes and tells whom it concerns. Nothing else than the
 * transaction is touched, so all of them can be repeated.
 *
 * <p>A transaction has to end within an attempt, however many partitions there are. So each one writes a limited number of
 * them; what is left over is done by the next one, which finds it by itself.
 */
final class Assigner {

    private final LeaseTransaction transaction;
    private final int limit;
    private int written;

    /**
     * Works in a transaction.
     *
     * @param limit how many partitions it may write
     */
    Assigner(LeaseTransaction transaction, int limit) {
        this.transaction = transaction;
        this.limit = limit;
    }

    /**
     * What is left to do for a lease.
     *
     * @param balanced whether nothing is left to do
     * @param more whether something is left to do at once, because it was too much for one transaction
     * @param notBefore how long the balancing has to wait at the least, if it is for the balancing only
     */
    record Outcome(boolean balanced, boolean more, Duration notBefore) {

        static final Outcome SETTLED = new Outcome(true, false, Duration.ZERO);

        /** To be balanced, when it has been quiet for the time of the debounce. */
        static final Outcome UNBALANCED = new Outcome(false, false, Duration.ZERO);
    }

    /**
     * Creates the lease if need be, makes a session a member and gives it what has no owner.
     *
     * @return what is left to do, or empty if the lease does not have all its partitions yet and must be joined again
     */
    Optional<Outcome> join(long session, LeaseSpec spec) {
        boolean existed = transaction.lease(spec.name()).isPresent();
        transaction.create(spec.withPartitions(Math.min(spec.partitions(), limit)));
        LeaseState state = transaction.lease(spec.name()).orElseThrow();
        if (state.kind() != spec.kind()) {
            throw LeaseConflicts.otherKind(spec, state.kind());
        }
        int partitions = state.partitions();
        if (partitions != spec.partitions() && existed) {
            partitions = resize(session, spec, partitions);
        }
        if (partitions != spec.partitions()) {
            return Optional.empty();
        }
        transaction.addMember(spec.name(), session);
        return Optional.of(assign(spec.name(), Scope.ORPHANS));
    }

    /** Takes a session from the members, and leaves what it owns to it. */
    void remove(long session, String lease) {
        boolean shared = transaction
                .lease(lease)
                .filter(state -> state.kind() == LeaseKind.TASKS)
                .isPresent();
        transaction.removeMember(lease, session);
        if (shared) {
            read(lease);
        }
    }

    /** Reads a lease; if its members share tasks and are others than before, all of them are told. */
    private Snapshot read(String lease) {
        Snapshot snapshot = transaction.snapshot(lease);
        if (snapshot.kind() == LeaseKind.TASKS && transaction.hasOtherMembers(lease)) {
            transaction.raise(snapshot.members().stream().map(Member::session).toList());
        }
        return snapshot;
    }

    /**
     * Changes the number of partitions, by no more than the limit, and returns the new one. The session that asks for it may
     * be a member already, if a failover has brought back the lease as it was before.
     */
    private int resize(long session, LeaseSpec spec, int existing) {
        Snapshot snapshot = transaction.snapshot(spec.name());
        LongStream members = snapshot.members().stream().mapToLong(Member::session);
        LongStream owners =
                snapshot.partitions().stream().filter(Partition::ownerLive).mapToLong(Partition::owner);
        long[] users = LongStream.concat(members, owners)
                .filter(user -> user != session)
                .distinct()
                .toArray();
        if (Arrays.stream(users).anyMatch(user -> !transaction.isExpired(user))) {
            throw LeaseConflicts.otherPartitions(spec, existing);
        }
        if (users.length > 0) {
            throw new StoreUnavailableException(
                    "Lease '%s' gets another number of partitions when its members, which have expired, are marked dead."
                            .formatted(spec.name()));
        }
        int next = Math.max(existing - limit, Math.min(existing + limit, spec.partitions()));
        transaction.resize(spec.name(), next);
        return next;
    }

    /** Gives out what has no owner. */
    Outcome assignOrphans(String lease) {
        return assign(lease, Scope.ORPHANS);
    }

    /** Puts the balance right, unless a member has joined or left a moment ago. */
    Outcome balance(String lease, Duration debounce) {
        Duration rest = transaction
                .lease(lease)
                .map(state -> debounce.minus(state.settledFor()))
                .orElse(Duration.ZERO);
        if (rest.compareTo(Duration.ZERO) > 0) {
            Outcome orphans = assign(lease, Scope.ORPHANS);
            return new Outcome(orphans.balanced(), orphans.more(), rest);
        }
        return assign(lease, Scope.ALL);
    }

    /** Relieves the leader of an election if it leads at least two more than another candidate. */
    Outcome relieve(String election) {
        Optional<Change.Move> relief = Election.relieve(transaction.snapshot(election));
        write(election, relief.stream().<Change>map(move -> move).toList());
        return Outcome.SETTLED;
    }

    /** Takes a session from the members. What it still owns it is asked to hand over. */
    Outcome leave(long session, String lease) {
        transaction.removeMember(lease, session);
        return assign(lease, Scope.ALL);
    }

    /**
     * Gives up partitions of a live session, no more than the limit, each to the session that it is asked to hand it over
     * to or to whom the balancer names. A session that takes no part in the lease is removed from the members: it is one of them if a
     * request to join came late, or came back in a failover.
     *
     * @return the partitions that are still the session's, because a fenced transaction is open on them
     */
    Set<Integer> handOver(long session, String lease, boolean takesPart, Collection<Gift> gifts) {
        if (!transaction.isLive(session)) {
            return Set.of();
        }
        if (!takesPart) {
            transaction.removeMember(lease, session);
        }
        gifts.stream()
                .filter(gift -> !gift.yieldFor().isZero())
                .forEach(gift -> transaction.yieldFor(lease, session, gift.yieldFor()));
        Map<Integer, Gift> byPartition = gifts.stream().collect(Collectors.toMap(Gift::partition, Function.identity()));
        Map<Integer, Gift> own = new HashMap<>();
        Snapshot snapshot = read(lease).mapPartitions(partition -> {
            Gift gift = byPartition.get(partition.number());
            if (gift == null || partition.owner() != session || partition.token() != gift.token()) {
                return partition;
            }
            own.put(gift.partition(), gift);
            return partition.givenUp();
        });
        List<Change> changes = Balancer.assign(snapshot, Scope.ORPHANS).changes().stream()
                .map(change -> above(change, own.get(change.before().number())))
                .sorted(Comparator.comparing(
                        change -> !own.containsKey(change.before().number())))
                .toList();
        Set<Integer> kept = new HashSet<>(own.keySet());
        write(lease, changes).forEach(change -> kept.remove(change.before().number()));
        return kept;
    }

    private static Change above(Change change, @Nullable Gift gift) {
        return gift != null && change instanceof Grant grant ? grant.above(gift.above()) : change;
    }

    /**
     * Ends the part of a session in a lease: what it owns goes to the others, except for partitions on which it is still at
     * work.
     *
     * @return whether all of it was released; if not, call this again
     */
    boolean release(long session, String lease, Set<Integer> atWork) {
        transaction.removeMember(lease, session);
        UnaryOperator<Partition> giveUp = partition ->
                partition.owner() == session && !atWork.contains(partition.number()) ? partition.givenUp() : partition;
        Snapshot snapshot = read(lease).mapPartitions(giveUp);
        List<Change> changes = Balancer.assign(snapshot, Scope.ORPHANS).changes();
        int before = written;
        write(lease, changes);
        return changes.size() <= limit - before;
    }

    private Outcome assign(String lease, Scope scope) {
        Assignment assignment = Balancer.assign(read(lease), scope);
        int planned = assignment.changes().size();
        boolean more = planned > limit - written;
        boolean all = write(lease, assignment.changes()).size() == planned;
        return new Outcome(assignment.complete() && all, more, Duration.ZERO);
    }

    /** Writes changes, up to the limit. */
    private List<Change> write(String lease, List<Change> planned) {
        List<Change> changes = planned.subList(0, Math.min(planned.size(), limit - written));
        if (changes.isEmpty()) {
            return changes;
        }
        written += changes.size();
        List<Change> applied = transaction.apply(lease, changes);
        transaction.raise(applied.stream()
                .map(Change::concerns)
                .filter(session -> session != Snapshot.NOBODY)
                .collect(Collectors.toSet()));
        return applied;
    }

    /**
     * A partition that its owner gives up.
     *
     * @param partition its number
     * @param token the token under which it was owned
     * @param above the new token is to be larger than this too
     * @param yieldFor for how long from now on its owner comes after the others; zero unless it has resigned
     */
    record Gift(int partition, long token, long above, Duration yieldFor) {

        /** A partition whose owner has not resigned. */
        Gift(int partition, long token, long above) {
            this(partition, token, above, Duration.ZERO);
        }

        Gift resigned(Duration yieldFor) {
            return new Gift(partition, token, above, yieldFor);
        }
    }
}
