package io.github.dbleases.internal.client;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Party;
import io.github.dbleases.LeaseAdministration;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.OperationRefusedException;
import io.github.dbleases.OperationRefusedException.Reason;
import io.github.dbleases.OperationResult;
import io.github.dbleases.OperationResult.PlannedMove;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Change.Move;
import io.github.dbleases.assignment.Election;
import io.github.dbleases.assignment.Relocation;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.NewEvent;
import io.github.dbleases.spi.WorkChannel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Operations on the whole cluster. Each one is a plan that is made and written under the lock of its lease, by the rules
 * of every other change: a live owner is asked to hand over. A dry run makes the same plan under the same lock, and rolls
 * the transaction back. A session that should stand by is asked for that, and hands over by itself.
 */
final class DefaultLeaseAdministration implements LeaseAdministration {

    /** How many users of a lease a refusal names. */
    private static final int NAMED_USERS = 10;

    private static final String NOTHING_TO_DO = ": nothing to do";

    private final Engine engine;
    private final @Nullable String principal;
    private final boolean dryRun;

    DefaultLeaseAdministration(Engine engine) {
        this(engine, null, false);
    }

    private DefaultLeaseAdministration(Engine engine, @Nullable String principal, boolean dryRun) {
        this.engine = engine;
        this.principal = principal;
        this.dryRun = dryRun;
    }

    @Override
    public LeaseAdministration requestedBy(@Nullable String who) {
        return new DefaultLeaseAdministration(engine, who, dryRun);
    }

    @Override
    public LeaseAdministration dryRun() {
        return new DefaultLeaseAdministration(engine, principal, true);
    }

    @Override
    public OperationResult move(String lease, int partition, long session) {
        return await(startMove(lease, partition, session));
    }

    CompletableFuture<OperationResult> startMove(String lease, int partition, long session) {
        return start(
                "move",
                lease,
                "move partition %d to session %d".formatted(partition, session),
                (transaction, snapshot) -> relocate(snapshot, partition, session));
    }

    private List<Change> relocate(Snapshot lease, int partition, long session) {
        Relocation relocation = Relocation.plan(lease, partition, session);
        if (lease.kind() == LeaseKind.LEADER
                && !relocation.changes().isEmpty()
                && engine.balancesLeaderships()
                && Election.wouldBeRelieved(lease, session)) {
            throw new OperationRefusedException(
                    Reason.CONFLICT,
                    "Leaderships are balanced, and session %d would lead at least two more elections than another candidate of '%s', so the leadership would not stay there."
                            .formatted(session, lease.lease()),
                    "Move it to a candidate that leads fewer elections, or move another leadership away from that session first.");
        }
        return switch (relocation.outcome()) {
            case PLANNED -> relocation.changes();
            case UNKNOWN_PARTITION ->
                throw new OperationRefusedException(
                        Reason.NOT_FOUND,
                        "Lease '%s' has no partition %d, but %d partitions, which are numbered from 0."
                                .formatted(
                                        lease.lease(),
                                        partition,
                                        lease.partitions().size()),
                        "Name one of them.");
            case NOT_A_MEMBER ->
                throw new OperationRefusedException(
                        Reason.NOT_FOUND,
                        "Session %d is no live member of '%s'.".formatted(session, lease.lease()),
                        "Name one of its members: %s.".formatted(members(lease)));
            case NO_LIVE_OWNER ->
                throw new OperationRefusedException(
                        Reason.CONFLICT,
                        "Partition %d of '%s' has no live owner that could be asked to hand it over."
                                .formatted(partition, lease.lease()),
                        "Wait until it has been assigned, and try again.");
            case WOULD_BE_UNDONE ->
                throw new OperationRefusedException(
                        Reason.CONFLICT,
                        "Balancing would undo the move of partition %d of '%s': the lease is being balanced, or the weight of session %d is too low for a partition."
                                .formatted(partition, lease.lease(), session),
                        "Wait until the lease is balanced and try again, or name another member.");
        };
    }

    private static String members(Snapshot lease) {
        return lease.members().isEmpty()
                ? "there are none"
                : lease.members().stream()
                        .map(member -> String.valueOf(member.session()))
                        .collect(Collectors.joining(", "));
    }

    @Override
    public OperationResult rebalance(String lease) {
        return await(startRebalance(lease));
    }

    CompletableFuture<OperationResult> startRebalance(String lease) {
        return start("rebalance", lease, "rebalance", (transaction, snapshot) -> {
            if (snapshot.kind() == LeaseKind.TASKS) {
                throw new OperationRefusedException(
                        Reason.CONFLICT,
                        "'%s' is a task runner, which has no partitions.".formatted(lease),
                        "Name a lease or an election.");
            }
            return Assigner.rebalancing(snapshot);
        });
    }

    @Override
    public OperationResult resign(String election) {
        return await(startResign(election, OptionalLong.empty()));
    }

    @Override
    public OperationResult resign(String election, long session) {
        return await(startResign(election, OptionalLong.of(session)));
    }

    CompletableFuture<OperationResult> startResign(String election, OptionalLong session) {
        String detail = session.isPresent() ? "resign session " + session.getAsLong() : "resign";
        return start("resign", election, detail, (transaction, snapshot) -> resign(transaction, snapshot, session));
    }

    private List<Change> resign(LeaseTransaction transaction, Snapshot election, OptionalLong session) {
        String name = election.lease();
        if (election.kind() != LeaseKind.LEADER) {
            throw new OperationRefusedException(
                    Reason.CONFLICT,
                    "'%s' is no election, but a lease of kind '%s'."
                            .formatted(name, election.kind().word()),
                    "Name an election.");
        }
        Optional<Partition> leadership =
                election.partitions().stream().filter(Partition::ownerLive).findAny();
        if (session.isPresent() && leadership.stream().noneMatch(led -> led.owner() == session.getAsLong())) {
            return List.of();
        }
        Partition led = leadership.orElseThrow(() -> new OperationRefusedException(
                Reason.CONFLICT,
                "Election '%s' has no leader that could resign.".formatted(name),
                "Wait until a leader is elected."));
        if (led.pending() != Snapshot.NO_SESSION) {
            return List.of();
        }
        long successor = Election.successor(election, led.owner())
                .orElseThrow(() -> new OperationRefusedException(
                        Reason.CONFLICT,
                        "Session %d is the only candidate of '%s', so no other one could lead."
                                .formatted(led.owner(), name),
                        "Start another instance first."));
        transaction.yieldFor(name, led.owner(), engine.yieldTime());
        return List.of(new Move(led, successor));
    }

    @Override
    public OperationResult drain(long session) {
        return await(startDrain(session, true));
    }

    @Override
    public OperationResult resume(long session) {
        return await(startDrain(session, false));
    }

    /**
     * Asks a session to stand by, or to take part again. Only its own client acts on that, so no lease is locked. The plan is
     * made of what everyone owns now.
     */
    CompletableFuture<OperationResult> startDrain(long session, boolean standBy) {
        String operation = standBy ? "drain" : "resume";
        return engine.requests().administrate(operation + " session " + session, (channel, by) -> {
            ClusterSnapshot cluster = channel.clusterSnapshot();
            boolean changes = cluster.sessions().stream()
                            .filter(found -> found.live() && found.id() == session)
                            .findAny()
                            .orElseThrow(() -> noLiveSession(session))
                            .drained()
                    != standBy;
            if (!dryRun) {
                channel.transact(new TreeSet<>(), transaction -> {
                    if (!transaction.isLive(session)) {
                        throw noLiveSession(session);
                    }
                    if (changes) {
                        transaction.setDrained(session, standBy);
                        transaction.raiseInboxes(List.of(session));
                    }
                    String detail = changes ? operation : operation + NOTHING_TO_DO;
                    transaction.record(by, List.of(operation(null, PartitionSet.empty(), session, detail)));
                    return changes;
                });
            }
            return new OperationResult(
                    operation, dryRun, changes, changes && standBy ? DrainPlan.of(cluster, session) : List.of());
        });
    }

    private static OperationRefusedException noLiveSession(long session) {
        return new OperationRefusedException(
                Reason.NOT_FOUND,
                "There is no live session %d.".formatted(session),
                "Name the session of an instance that takes part now.");
    }

    @Override
    public OperationResult remove(String lease) {
        return await(startRemove(lease));
    }

    /** Removes a lease, in steps if it has many partitions. A lease that lacks some of its partitions can be joined. */
    CompletableFuture<OperationResult> startRemove(String lease) {
        return engine.requests().administrate("remove " + lease, (channel, by) -> {
            Map<Long, String> clients = clients(channel.clusterSnapshot(lease));
            int limit = engine.stepLimit();
            Removal removal = Removal.STARTED;
            while (removal == Removal.STARTED) {
                try {
                    removal = channel.transact(
                            new TreeSet<>(Set.of(lease)),
                            transaction -> remove(transaction, by, lease, clients, limit));
                } catch (DryRunException rolledBack) {
                    removal = Removal.DONE;
                }
            }
            return new OperationResult("remove", dryRun, removal == Removal.DONE, List.of());
        });
    }

    private enum Removal {
        NOTHING_TO_DO,
        STARTED,
        DONE
    }

    private Removal remove(LeaseTransaction transaction, long by, String lease, Map<Long, String> clients, int limit) {
        if (transaction.lease(lease).isEmpty()) {
            return Removal.NOTHING_TO_DO;
        }
        Snapshot snapshot = transaction.snapshot(lease);
        requireUnused(snapshot, clients);
        if (dryRun) {
            throw new DryRunException(new Plan(List.of()));
        }
        List<Change> ofTheDead = snapshot.partitions().stream()
                .filter(partition -> partition.owner() != Snapshot.NO_SESSION)
                .<Change>map(Change.Vacate::new)
                .limit(limit)
                .toList();
        int vacated = new Assigner(transaction, by, limit)
                .operate(snapshot, ofTheDead, principal)
                .size();
        if (vacated < ofTheDead.size()) {
            throw new OperationRefusedException(
                    Reason.CONFLICT,
                    "A transaction of the application is still open on a partition of '%s', although its owner is dead."
                            .formatted(lease),
                    "Wait until the transaction has ended, and try again.");
        }
        int left = snapshot.partitions().size() - limit;
        if (left > 0) {
            transaction.resize(lease, left);
            return Removal.STARTED;
        }
        transaction.remove(lease);
        transaction.record(by, List.of(operation(lease, PartitionSet.empty(), Snapshot.NO_SESSION, "remove")));
        return Removal.DONE;
    }

    private static void requireUnused(Snapshot lease, Map<Long, String> clients) {
        TreeSet<Long> users = new TreeSet<>();
        lease.members().forEach(member -> users.add(member.session()));
        lease.partitions().stream().filter(Partition::ownerLive).forEach(owned -> users.add(owned.owner()));
        if (!users.isEmpty()) {
            throw new OperationRefusedException(
                    Reason.CONFLICT,
                    "'%s' is still used by live sessions: %s%s."
                            .formatted(
                                    lease.lease(),
                                    users.stream()
                                            .limit(NAMED_USERS)
                                            .map(user -> "%d of %s".formatted(user, clients.getOrDefault(user, "?")))
                                            .collect(Collectors.joining(", ")),
                                    users.size() > NAMED_USERS
                                            ? " and %d others".formatted(users.size() - NAMED_USERS)
                                            : ""),
                    "Stop them, or deploy them without it, and try again.");
        }
    }

    private OperationResult await(CompletableFuture<OperationResult> result) {
        return Waiting.answerWithin(engine.answerTimeout(), result);
    }

    /** Makes and writes a plan for a lease, and records it. */
    private CompletableFuture<OperationResult> start(String operation, String lease, String detail, Planner planner) {
        return engine.requests().administrate(operation + " " + lease, (channel, by) -> {
            Plan plan = plan(channel, by, lease, detail, planner);
            return new OperationResult(
                    operation,
                    dryRun,
                    !plan.changes.isEmpty(),
                    moves(lease, plan.changes, channel.clusterSnapshot(lease)));
        });
    }

    private Plan plan(WorkChannel channel, long by, String lease, String detail, Planner planner) {
        int limit = engine.stepLimit();
        try {
            return channel.transact(new TreeSet<>(Set.of(lease)), transaction -> {
                if (transaction.lease(lease).isEmpty()) {
                    throw new OperationRefusedException(
                            Reason.NOT_FOUND,
                            "There is no lease or election '%s'.".formatted(lease),
                            "Name one that a client has joined.");
                }
                Snapshot snapshot = transaction.snapshot(lease);
                List<Change> planned = planner.plan(transaction, snapshot);
                if (dryRun) {
                    throw new DryRunException(new Plan(planned));
                }
                List<Change> written = new Assigner(transaction, by, limit).operate(snapshot, planned, principal);
                transaction.record(
                        by,
                        List.of(operation(
                                lease,
                                partitions(written),
                                Snapshot.NO_SESSION,
                                written.isEmpty() ? detail + NOTHING_TO_DO : detail)));
                return new Plan(written);
            });
        } catch (DryRunException rolledBack) {
            return rolledBack.plan;
        }
    }

    private NewEvent operation(@Nullable String lease, PartitionSet partitions, long session, String detail) {
        return new NewEvent(
                HistoryEvent.Type.OPERATION,
                lease,
                partitions,
                session,
                Snapshot.NO_SESSION,
                Snapshot.NO_SESSION,
                null,
                principal,
                detail);
    }

    private static PartitionSet partitions(List<Change> changes) {
        return PartitionSet.of(
                changes.stream().mapToInt(change -> change.before().number()).toArray());
    }

    /** Returns what changes ask owners for, and what they grant of dead owners, by the sessions that are involved. */
    private static List<PlannedMove> moves(String lease, List<Change> changes, ClusterSnapshot cluster) {
        Map<Long, String> names = clients(cluster);
        Map<List<Long>, BitSet> groups = new LinkedHashMap<>();
        for (Change change : changes) {
            long to = receiver(change);
            groups.computeIfAbsent(List.of(change.before().owner(), to), first -> new BitSet())
                    .set(change.before().number());
        }
        List<PlannedMove> moves = new ArrayList<>();
        groups.forEach((parties, partitions) -> moves.add(new PlannedMove(
                lease, PartitionSet.of(partitions), party(parties.get(0), names), party(parties.get(1), names))));
        return moves;
    }

    private static long receiver(Change change) {
        if (change instanceof Move move) {
            return move.to();
        }
        return change instanceof Change.Grant grant
                ? grant.to()
                : change.before().owner();
    }

    private static Map<Long, String> clients(ClusterSnapshot cluster) {
        return cluster.sessions().stream()
                .collect(Collectors.toMap(ClusterSnapshot.Session::id, ClusterSnapshot.Session::clientId));
    }

    private static Party party(long session, Map<Long, String> names) {
        return new Party(session, names.get(session));
    }

    /** Plans what to change in a lease that is locked, or refuses. */
    @FunctionalInterface
    private interface Planner {

        List<Change> plan(LeaseTransaction transaction, Snapshot lease);
    }

    private record Plan(List<Change> changes) {}

    /** Rolls a transaction back that was only made to plan. */
    private static final class DryRunException extends DbLeasesException {

        private static final long serialVersionUID = 1L;

        private final transient Plan plan;

        private DryRunException(Plan plan) {
            super("Nothing was changed, because this was a dry run.");
            this.plan = plan;
        }
    }
}
