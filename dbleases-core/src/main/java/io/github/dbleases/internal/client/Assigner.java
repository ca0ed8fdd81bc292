package io.github.dbleases.internal.client;

import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Assignment;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Election;
import io.github.dbleases.assignment.Relocation;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.internal.LeaseConflicts;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.LeaseTransaction.Assigned;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes leases under their locks. There is no coordinator: the client that sees a change assigns the partitions, in
 * one transaction. Each method reads, asks the balancer, writes, and notifies the sessions that are affected. The
 * methods have no other side effects, so they can be repeated.
 *
 * <p>A transaction has to end within one attempt, however many partitions there are, so it writes a limited number of
 * them. The next transaction finds what is left and continues.
 */
final class Assigner {

    private static final Logger log = LoggerFactory.getLogger(Assigner.class);

    /** Up to so many members of a tasks lease are told of a join at once, in the transaction of the join. */
    static final int TOLD_AT_ONCE = 32;

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
     * @return what remains to be done, or empty if the lease does not have all of its partitions yet or the transaction
     *     has already written enough, so that the lease must be joined again
     */
    Optional<Outcome> join(long session, LeaseSpec spec) {
        return prepare(session, spec).map(lease -> {
            transaction.addMember(spec.name(), session);
            return joined(lease);
        });
    }

    /**
     * Joins several leases as {@link #join} does, except for those that cannot be joined in this transaction.
     *
     * @return what remains to be done for the leases that were joined, by name
     */
    Map<String, Outcome> join(long session, Collection<LeaseSpec> specs) {
        List<Joinable> joinable = new ArrayList<>();
        for (LeaseSpec spec : specs) {
            try {
                prepare(session, spec).ifPresent(joinable::add);
            } catch (LeaseConflictException | ExpiredMembersException refused) {
                log.debug("Could not join lease {} together with others: {}", spec.name(), refused.getMessage());
            }
        }
        transaction.addMembers(joinable.stream().map(Joinable::name).toList(), session);
        Map<String, Outcome> outcomes = new HashMap<>();
        joinable.forEach(lease -> outcomes.put(lease.name(), joined(lease)));
        return outcomes;
    }

    /** Creates a lease or changes its number of partitions, if needed and as far as one transaction can. */
    private Optional<Joinable> prepare(long session, LeaseSpec spec) {
        if (written >= limit) {
            return Optional.empty();
        }
        boolean existed = transaction.lease(spec.name()).isPresent();
        transaction.create(spec.withPartitions(Math.min(spec.partitions(), limit)));
        LeaseState state = transaction.lease(spec.name()).orElseThrow();
        if (state.kind() != spec.kind()) {
            throw LeaseConflicts.otherKind(spec, state.kind());
        }
        if (state.partitions() == spec.partitions()) {
            written += existed ? 0 : state.partitions();
            return Optional.of(new Joinable(spec, state.assigned()));
        }
        return existed && resize(session, spec, state.partitions()) == spec.partitions()
                ? Optional.of(new Joinable(spec, Assigned.UNKNOWN))
                : Optional.empty();
    }

    /**
     * A lease that a session can join.
     *
     * @param known what was known of its assignment before the session became a member
     */
    private record Joinable(LeaseSpec spec, Assigned known) {

        String name() {
            return spec.name();
        }
    }

    /**
     * Gives a new member what has no owner. If nothing lacks an owner, this reads neither the members nor the partitions,
     * which may be many.
     */
    private Outcome joined(Joinable lease) {
        if (lease.spec.kind() == LeaseKind.TASKS) {
            return joinedTasks(lease);
        }
        if (lease.known == Assigned.UNKNOWN) {
            return assign(lease.name(), Scope.ORPHANS, Cause.JOINED);
        }
        boolean fair = lease.known == Assigned.FAIRLY
                && (lease.spec.kind() == LeaseKind.LEADER || !transaction.membersChanged(lease.name()));
        transaction.assigned(lease.name(), fair ? Assigned.FAIRLY : Assigned.COMPLETELY);
        return fair ? Outcome.SETTLED : Outcome.UNBALANCED;
    }

    /**
     * Tells the members of a tasks lease about a new one. If there are many of them, this is left to the balancing after the
     * debounce, which tells them about a burst of joins once. Until then, the lease is not assigned fairly.
     */
    private Outcome joinedTasks(Joinable lease) {
        boolean changed = transaction.membersChanged(lease.name());
        if (!changed && lease.known == Assigned.FAIRLY) {
            return Outcome.SETTLED;
        }
        Snapshot tasks = transaction.excerpt(lease.name(), List.of());
        if (tasks.members().size() > TOLD_AT_ONCE) {
            transaction.assigned(lease.name(), Assigned.COMPLETELY);
            return Outcome.UNBALANCED;
        }
        tellMembers(tasks);
        transaction.assigned(lease.name(), Assigned.FAIRLY);
        return Outcome.SETTLED;
    }

    /** Removes a session from the members. It keeps what it owns. */
    void remove(long session, String lease) {
        boolean shared = transaction
                .lease(lease)
                .filter(state -> state.kind() == LeaseKind.TASKS)
                .isPresent();
        transaction.removeMember(lease, session);
        if (shared) {
            readOrphans(lease, List.of());
        }
    }

    /** Reads a lease as far as it is needed to assign the orphans. */
    private Snapshot readOrphans(String lease, Collection<Integer> listed) {
        return withMembersTold(lease, transaction.excerpt(lease, listed));
    }

    /** If a tasks lease has changed its members, notifies all of them. */
    private Snapshot withMembersTold(String lease, Snapshot snapshot) {
        if (snapshot.kind() == LeaseKind.TASKS && transaction.membersChanged(lease)) {
            tellMembers(snapshot);
        }
        return snapshot;
    }

    private void tellMembers(Snapshot snapshot) {
        transaction.raiseInboxes(
                snapshot.members().stream().map(Member::session).toList());
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

    /** Assigns the partitions of a dead session, unless another client has done so. */
    Outcome assignOrphansOf(long dead, String lease) {
        return transaction.names(lease, dead) ? assignOrphans(lease) : Outcome.SETTLED;
    }

    /**
     * Returns what remains to be done for a lease if that can be told without a look at its members and partitions:
     * nothing, or to balance it when no member has joined or left for the debounce.
     */
    static Optional<Outcome> outlook(LeaseState state, Duration debounce) {
        if (state.assigned() == Assigned.FAIRLY) {
            return Optional.of(Outcome.SETTLED);
        }
        Duration rest = debounce.minus(state.settledFor());
        return state.assigned() == Assigned.COMPLETELY && rest.compareTo(Duration.ZERO) > 0
                ? Optional.of(new Outcome(false, false, rest, false))
                : Optional.empty();
    }

    /** Balances a lease, unless that is not needed or a member has joined or left within the debounce. */
    Outcome balance(String lease, Duration debounce) {
        return transaction
                .lease(lease)
                .flatMap(state -> outlook(state, debounce))
                .orElseGet(() -> balanceAnew(lease, debounce));
    }

    /** Balances a lease, unless a member has joined or left within the debounce, whatever is known of it. */
    Outcome balanceAnew(String lease, Duration debounce) {
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
        transaction.assigned(lease.lease(), Assigned.UNKNOWN);
        return write(lease, changes, Cause.OPERATION);
    }

    /**
     * Asks a live session to hand partitions over to other members, because its work on them has exceeded its deadline. A
     * leader yields for a time. What is moving already, or was granted anew, is left alone.
     *
     * @param tokens the tokens of the partitions
     * @param yieldTime for how long a leader ranks after the other candidates
     * @return the partitions that the session keeps, because no other member can own them
     */
    Set<Integer> giveUp(long session, String lease, Map<Integer, Long> tokens, Duration yieldTime) {
        Snapshot read = transaction.snapshot(lease);
        Snapshot planned = read;
        List<Change> changes = new ArrayList<>();
        Set<Integer> kept = new TreeSet<>();
        for (Partition owned : read.partitions()) {
            if (owned.owner() == session
                    && owned.ownerLive()
                    && owned.pending() == Snapshot.NO_SESSION
                    && tokens.getOrDefault(owned.number(), 0L) == owned.token()) {
                List<Change> moves = Relocation.away(planned, owned.number()).changes();
                changes.addAll(moves);
                planned = after(planned, moves);
                if (moves.isEmpty()) {
                    kept.add(owned.number());
                }
            }
        }
        if (read.kind() == LeaseKind.LEADER && !changes.isEmpty()) {
            transaction.yieldFor(lease, session, yieldTime);
        }
        if (!changes.isEmpty()) {
            transaction.assigned(lease, Assigned.UNKNOWN);
        }
        write(read, changes, Cause.WORK_OVERDUE);
        return kept;
    }

    private static Snapshot after(Snapshot lease, List<Change> moves) {
        Map<Integer, Long> receivers = new HashMap<>();
        for (Change change : moves) {
            if (change instanceof Change.Move move) {
                receivers.put(move.before().number(), move.to());
            }
        }
        return lease.mapPartitions(partition -> receivers.containsKey(partition.number())
                ? new Partition(
                        partition.number(),
                        partition.owner(),
                        partition.ownerLive(),
                        receivers.getOrDefault(partition.number(), Snapshot.NO_SESSION),
                        partition.token())
                : partition);
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
        boolean resigns =
                handOvers.stream().anyMatch(handOver -> !handOver.yieldFor().isZero());
        boolean known = transaction
                .lease(lease)
                .filter(state -> state.assigned() != Assigned.UNKNOWN)
                .isPresent();
        if (known && takesPart && !resigns) {
            Optional<Set<Integer>> kept = handOverAsAsked(session, lease, handOvers);
            if (kept.isPresent()) {
                return kept.get();
            }
        }
        if (!takesPart) {
            transaction.removeMember(lease, session);
        }
        handOvers.stream()
                .filter(handOver -> !handOver.yieldFor().isZero())
                .forEach(handOver -> transaction.yieldFor(lease, session, handOver.yieldFor()));
        Map<Integer, HandOver> own = new HashMap<>();
        List<Integer> numbers = handOvers.stream().map(HandOver::partition).toList();
        Snapshot snapshot = givenUp(session, readOrphans(lease, numbers), handOvers, own);
        Assignment assignment = Balancer.assign(snapshot, Scope.ORPHANS);
        List<Change> changes = assignment.changes().stream()
                .map(change -> above(change, own.get(change.before().number())))
                .sorted(Comparator.comparing(
                        change -> !own.containsKey(change.before().number())))
                .toList();
        Set<Integer> kept = new HashSet<>(own.keySet());
        List<Change> applied = write(snapshot, changes, resigns ? Cause.RESIGNED : Cause.HANDED_OVER);
        applied.forEach(change -> kept.remove(change.before().number()));
        noteAssigned(snapshot, assignment, changes, applied);
        return kept;
    }

    /**
     * Hands over partitions to the sessions that they are pending for, without a look at the other members and
     * partitions. What is known of the assignment stays true.
     *
     * @return the partitions that the session still owns, or empty if one of them has to be assigned
     */
    private Optional<Set<Integer>> handOverAsAsked(long session, String lease, Collection<HandOver> handOvers) {
        Map<Integer, HandOver> own = new HashMap<>();
        List<Integer> numbers = handOvers.stream().map(HandOver::partition).toList();
        Snapshot snapshot = givenUp(session, transaction.handOvers(lease, numbers), handOvers, own);
        Set<Long> receivers = snapshot.members().stream().map(Member::session).collect(Collectors.toSet());
        List<Change> changes = new ArrayList<>();
        for (Partition partition : snapshot.partitions()) {
            HandOver handOver = own.get(partition.number());
            if (handOver != null) {
                if (!receivers.contains(partition.pending()) || partition.pending() == session) {
                    return Optional.empty();
                }
                changes.add(above(new Grant(partition, partition.pending(), partition.token()), handOver));
            }
        }
        Set<Integer> kept = new HashSet<>(own.keySet());
        write(snapshot, changes, Cause.HANDED_OVER)
                .forEach(change -> kept.remove(change.before().number()));
        return Optional.of(kept);
    }

    /**
     * Marks the partitions in a snapshot that their owner hands over.
     *
     * @param own receives the hand-overs of partitions that the session still owns
     */
    private static Snapshot givenUp(
            long session, Snapshot snapshot, Collection<HandOver> handOvers, Map<Integer, HandOver> own) {
        Map<Integer, HandOver> byPartition =
                handOvers.stream().collect(Collectors.toMap(HandOver::partition, Function.identity()));
        return snapshot.mapPartitions(partition -> {
            HandOver handOver = byPartition.get(partition.number());
            if (handOver == null || partition.owner() != session || partition.token() != handOver.token()) {
                return partition;
            }
            own.put(handOver.partition(), handOver);
            return partition.givenUp();
        });
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
        Snapshot snapshot = readOrphans(lease, List.of()).mapPartitions(giveUp);
        Assignment assignment = Balancer.assign(snapshot, Scope.ORPHANS);
        int before = written;
        List<Change> applied = write(snapshot, assignment.changes(), Cause.CLOSED);
        noteAssigned(snapshot, assignment, assignment.changes(), applied);
        return assignment.changes().size() <= limit - before;
    }

    private Outcome assign(String lease, Scope scope, Cause cause) {
        Snapshot snapshot = scope == Scope.ORPHANS
                ? readOrphans(lease, List.of())
                : withMembersTold(lease, transaction.snapshot(lease));
        if (snapshot.kind() == LeaseKind.TASKS) {
            return assignTasks(snapshot, scope);
        }
        Assignment assignment = Balancer.assign(snapshot, scope);
        int planned = assignment.changes().size();
        boolean more = planned > limit - written;
        List<Change> applied = write(snapshot, assignment.changes(), cause);
        noteAssigned(snapshot, assignment, assignment.changes(), applied);
        boolean all = applied.size() == planned;
        return new Outcome(assignment.complete() && all, more, Duration.ZERO, grants(applied) > 0);
    }

    /** A tasks lease has no partitions, but there may be members that were not told of a join yet. */
    private Outcome assignTasks(Snapshot tasks, Scope scope) {
        boolean owed = !transaction.membersChanged(tasks.lease())
                && transaction
                        .lease(tasks.lease())
                        .filter(state -> state.assigned() == Assigned.COMPLETELY)
                        .isPresent();
        if (owed && scope == Scope.ORPHANS) {
            return Outcome.UNBALANCED;
        }
        if (owed) {
            tellMembers(tasks);
        }
        transaction.assigned(tasks.lease(), tasks.members().isEmpty() ? Assigned.UNKNOWN : Assigned.FAIRLY);
        return Outcome.SETTLED;
    }

    /** Records what is known of a lease after an assignment, so that the next client need not read it. */
    private void noteAssigned(Snapshot snapshot, Assignment assignment, List<Change> planned, List<Change> applied) {
        Assigned known = Assigned.UNKNOWN;
        if (!snapshot.members().isEmpty() && grants(applied) == grants(planned)) {
            boolean all = applied.size() == planned.size();
            known = assignment.complete() && all ? Assigned.FAIRLY : Assigned.COMPLETELY;
        }
        transaction.assigned(snapshot.lease(), known);
    }

    private static long grants(List<Change> changes) {
        return changes.stream().filter(Grant.class::isInstance).count();
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
