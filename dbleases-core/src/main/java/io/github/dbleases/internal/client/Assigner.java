package io.github.dbleases.internal.client;

import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
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
 * Changes leases under their locks. There is no coordinator: the client that sees a change assigns the partitions, in
 * one transaction. Each method reads, asks the balancer, writes, and notifies the sessions that are affected. The
 * methods have no other side effects, so they can be repeated.
 *
 * <p>A transaction has to end within one attempt, however many partitions there are, so it writes a limited number of
 * them. The next transaction finds what is left and continues.
 */
final class Assigner {

    private final LeaseTransaction transaction;
    private final long by;
    private final int limit;
    private int written;
    private @Nullable String principal;

    /**
     * Creates an assigner for one transaction.
     *
     * @param by the session of the client, for the history
     * @param limit how many partitions the transaction may write
     */
    Assigner(LeaseTransaction transaction, long by, int limit) {
        this.transaction = transaction;
        this.by = by;
        this.limit = limit;
    }

    /**
     * What remains to be done for a lease.
     *
     * @param balanced whether nothing remains to be done
     * @param more whether the rest must be done at once, because there was too much for one transaction
     * @param notBefore the least time to wait before balancing, if only balancing remains
     * @param granted whether partitions were granted
     */
    record Outcome(boolean balanced, boolean more, Duration notBefore, boolean granted) {

        static final Outcome SETTLED = new Outcome(true, false, Duration.ZERO, false);

        /** The lease needs balancing after the debounce. */
        static final Outcome UNBALANCED = new Outcome(false, false, Duration.ZERO, false);
    }

    /**
     * Creates the lease if it does not exist, makes a session a member, and assigns the partitions without an owner.
     *
     * @return what remains to be done, or empty if the lease does not have all of its partitions yet and must be joined
     *     again
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
        return Optional.of(assign(spec.name(), Scope.ORPHANS, Cause.JOINED));
    }

    /** Removes a session from the members. It keeps what it owns. */
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

    /** Reads a lease. If it is a tasks lease whose members have changed, notifies all of them. */
    private Snapshot read(String lease) {
        Snapshot snapshot = transaction.snapshot(lease);
        if (snapshot.kind() == LeaseKind.TASKS && transaction.membersChanged(lease)) {
            transaction.raiseInboxes(
                    snapshot.members().stream().map(Member::session).toList());
        }
        return snapshot;
    }

    /**
     * Changes the number of partitions, by at most the limit, and returns the new number. The given session may already
     * be a member, if a failover has restored an older state of the lease.
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
            throw new ExpiredMembersException(spec.name());
        }
        int next = Math.max(existing - limit, Math.min(existing + limit, spec.partitions()));
        transaction.resize(spec.name(), next);
        return next;
    }

    /** Assigns the partitions without an owner. */
    Outcome assignOrphans(String lease) {
        return assign(lease, Scope.ORPHANS, Cause.ORPHANED);
    }

    /** Balances a lease, unless a member has joined or left within the debounce. */
    Outcome balance(String lease, Duration debounce) {
        Duration rest = transaction
                .lease(lease)
                .map(state -> debounce.minus(state.settledFor()))
                .orElse(Duration.ZERO);
        if (rest.compareTo(Duration.ZERO) > 0) {
            Outcome orphans = assign(lease, Scope.ORPHANS, Cause.ORPHANED);
            return new Outcome(orphans.balanced(), orphans.more(), rest, orphans.granted());
        }
        return assign(lease, Scope.ALL, Cause.BALANCED);
    }

    /** Relieves the leader of an election if it leads at least two more elections than another candidate. */
    Outcome relieve(String election) {
        Snapshot snapshot = transaction.snapshot(election);
        Optional<Change.Move> relief = Election.relieve(snapshot);
        write(snapshot, relief.stream().<Change>map(move -> move).toList(), Cause.LEADERS_BALANCED);
        return Outcome.SETTLED;
    }

    /** Removes a drained session from the members, and asks it to hand over what it owns, if the lease exists. */
    Outcome standBy(long session, String lease) {
        return transaction.lease(lease).isPresent() ? leave(session, lease) : Outcome.SETTLED;
    }

    /** Returns the changes that balance a lease now. */
    static List<Change> rebalancing(Snapshot lease) {
        return lease.kind() == LeaseKind.LEADER
                ? Election.relieve(lease).stream().<Change>map(move -> move).toList()
                : Balancer.assign(lease, Scope.ALL).changes();
    }

    /** Writes changes that a person or system has asked for, and returns those that were written. */
    List<Change> operate(Snapshot lease, List<Change> changes, @Nullable String principal) {
        this.principal = principal;
        return write(lease, changes, Cause.OPERATION);
    }

    /** Removes a session from the members, and asks it to hand over what it still owns. */
    Outcome leave(long session, String lease) {
        transaction.removeMember(lease, session);
        return assign(lease, Scope.ALL, Cause.LEFT);
    }

    /**
     * Hands over partitions of a live session, at most the limit. Each goes to its pending session, or to the member
     * that the balancer names. A session that does not take part in the lease is removed from the members: it can be
     * one if a request to join arrived late, or if a failover has undone that it left.
     *
     * @return the partitions that the session still owns, because a fenced transaction is open on them
     */
    Set<Integer> handOver(long session, String lease, boolean takesPart, Collection<HandOver> handOvers) {
        if (!transaction.isLive(session)) {
            return Set.of();
        }
        if (!takesPart) {
            transaction.removeMember(lease, session);
        }
        handOvers.stream()
                .filter(handOver -> !handOver.yieldFor().isZero())
                .forEach(handOver -> transaction.yieldFor(lease, session, handOver.yieldFor()));
        Map<Integer, HandOver> byPartition =
                handOvers.stream().collect(Collectors.toMap(HandOver::partition, Function.identity()));
        Map<Integer, HandOver> own = new HashMap<>();
        Snapshot snapshot = read(lease).mapPartitions(partition -> {
            HandOver handOver = byPartition.get(partition.number());
            if (handOver == null || partition.owner() != session || partition.token() != handOver.token()) {
                return partition;
            }
            own.put(handOver.partition(), handOver);
            return partition.givenUp();
        });
        List<Change> changes = Balancer.assign(snapshot, Scope.ORPHANS).changes().stream()
                .map(change -> above(change, own.get(change.before().number())))
                .sorted(Comparator.comparing(
                        change -> !own.containsKey(change.before().number())))
                .toList();
        Set<Integer> kept = new HashSet<>(own.keySet());
        boolean resigns =
                handOvers.stream().anyMatch(handOver -> !handOver.yieldFor().isZero());
        write(snapshot, changes, resigns ? Cause.RESIGNED : Cause.HANDED_OVER)
                .forEach(change -> kept.remove(change.before().number()));
        return kept;
    }

    private static Change above(Change change, @Nullable HandOver handOver) {
        return handOver != null && change instanceof Grant grant ? grant.above(handOver.above()) : change;
    }

    /**
     * Removes a session from a lease and gives what it owns to the other members, except for partitions that are still
     * in use.
     *
     * @param atWork the partitions that are still in use
     * @return whether everything else was released; if not, call this again
     */
    boolean release(long session, String lease, Set<Integer> atWork) {
        transaction.removeMember(lease, session);
        UnaryOperator<Partition> giveUp = partition ->
                partition.owner() == session && !atWork.contains(partition.number()) ? partition.givenUp() : partition;
        Snapshot snapshot = read(lease).mapPartitions(giveUp);
        List<Change> changes = Balancer.assign(snapshot, Scope.ORPHANS).changes();
        int before = written;
        write(snapshot, changes, Cause.CLOSED);
        return changes.size() <= limit - before;
    }

    private Outcome assign(String lease, Scope scope, Cause cause) {
        Snapshot snapshot = read(lease);
        Assignment assignment = Balancer.assign(snapshot, scope);
        int planned = assignment.changes().size();
        boolean more = planned > limit - written;
        List<Change> applied = write(snapshot, assignment.changes(), cause);
        boolean all = applied.size() == planned;
        boolean granted = applied.stream().anyMatch(Grant.class::isInstance);
        return new Outcome(assignment.complete() && all, more, Duration.ZERO, granted);
    }

    /** Writes changes of the lease that was read, up to the limit, and adds them to the history. */
    private List<Change> write(Snapshot read, List<Change> planned, Cause cause) {
        List<Change> changes = planned.subList(0, Math.min(planned.size(), limit - written));
        if (changes.isEmpty()) {
            return changes;
        }
        written += changes.size();
        List<Change> applied = transaction.apply(read.lease(), changes);
        if (!applied.isEmpty()) {
            transaction.record(by, ChangeEvents.of(read.lease(), read.kind(), applied, by, cause, principal));
        }
        transaction.raiseInboxes(applied.stream()
                .map(Change::affectedSession)
                .filter(session -> session != Snapshot.NO_SESSION)
                .collect(Collectors.toSet()));
        return applied;
    }

    /**
     * A partition that its owner hands over.
     *
     * @param partition its number
     * @param token the token of the owner
     * @param above the new token must also be larger than this
     * @param yieldFor for how long the owner ranks after the other candidates; zero unless it has resigned
     */
    record HandOver(int partition, long token, long above, Duration yieldFor) {

        /** Creates a hand-over by an owner that has not resigned. */
        HandOver(int partition, long token, long above) {
            this(partition, token, above, Duration.ZERO);
        }

        HandOver resigned(Duration yieldFor) {
            return new HandOver(partition, token, above, yieldFor);
        }
    }
}
