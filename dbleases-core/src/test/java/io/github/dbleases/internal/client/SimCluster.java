package io.github.dbleases.internal.client;

import static java.util.stream.Collectors.toSet;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.ClusterSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Simulated processes on a simulated storage, whose invariants are checked after every event. */
final class SimCluster {

    /** A clock that is set back prolongs the time for which a candidate yields, but never by this much. */
    private static final Duration LONGEST_YIELD = Duration.ofMinutes(5);

    private final SimWorld world;
    private final SimStorage storage;
    private final SimInvariants invariants;
    private final List<SimProcess> processes = new ArrayList<>();
    private int started;

    SimCluster(SimWorld world, SimStorage storage) {
        this.world = world;
        this.storage = storage;
        this.invariants = new SimInvariants(world);
    }

    SimWorld world() {
        return world;
    }

    /** Returns the processes that have not crashed. */
    List<SimProcess> processes() {
        return processes;
    }

    SimProcess start(LeaseClientConfig config) {
        SimProcess process = new SimProcess("process-" + ++started, world, storage, config);
        world.tell(process.name() + " starts");
        processes.add(process);
        return process;
    }

    /** Simulates a time span. */
    void run(Duration time) {
        runUntil(() -> false, time);
    }

    /** Simulates time until a condition holds, at most for the given time. Returns whether it holds. */
    boolean runUntil(BooleanSupplier condition, Duration atMost) {
        long end = world.nanos() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (world.violation() != null || !world.step(end)) {
                return false;
            }
            processes.removeIf(process -> process.environment().isCrashed());
            processes.forEach(SimProcess::receiveHints);
            invariants.check(processes);
        }
        return true;
    }

    /**
     * Simulates time until no candidate ranks after the others because it has resigned. Only then do all candidates count
     * when leaderships are balanced. A candidate yields for ten TTLs by the clock of the store, so how long that takes
     * depends on the timing, on the moment at which the hand-over ended, and on how that clock was set.
     */
    void runUntilNoCandidateYields() {
        long end = world.nanos() + LONGEST_YIELD.toNanos();
        while (world.violation() == null && hasYieldingCandidates()) {
            if (world.nanos() >= end) {
                world.violation("candidates still yield after " + LONGEST_YIELD);
            }
            run(Duration.ofSeconds(1));
        }
    }

    private boolean hasYieldingCandidates() {
        return clusterSnapshot().leases().stream()
                .flatMap(lease -> lease.snapshot().members().stream())
                .anyMatch(Member::yields);
    }

    ClusterSnapshot clusterSnapshot() {
        return storage.clusterSnapshot();
    }

    /**
     * Reports leases that are not owned and trusted in fair shares, disagreements between members, views and store, and
     * sessions that no process knows.
     */
    void checkShared() {
        ClusterSnapshot stored = clusterSnapshot();
        stored.leases().forEach(lease -> checkShared(lease.snapshot(), stored));
        processes.forEach(process -> checkLeasesExist(process, stored));
        processes.forEach(this::checkListeners);
        processes.forEach(process -> checkTasks(process, stored));
        processes.forEach(process -> checkStandBy(process, stored));
        checkNothingDeadIsLeft();
    }

    /** Returns the tokens of all partitions, which don't change while nothing has to move. */
    Map<String, Long> tokens() {
        Map<String, Long> tokens = new TreeMap<>();
        clusterSnapshot()
                .leases()
                .forEach(lease -> lease.snapshot()
                        .partitions()
                        .forEach(row -> tokens.put(lease.snapshot().lease() + "/" + row.number(), row.token())));
        return tokens;
    }

    private void checkShared(Snapshot snapshot, ClusterSnapshot cluster) {
        Map<Integer, Long> seen = new TreeMap<>();
        processes.forEach(process -> process.view(snapshot.lease())
                .forEach(partition -> seen.put(partition, process.engine().currentSession())));
        Map<Integer, Long> stored = new TreeMap<>();
        snapshot.partitions().stream()
                .filter(Partition::ownerLive)
                .forEach(row -> stored.put(row.number(), row.owner()));
        Set<Long> wanted = processes.stream()
                .filter(process -> process.takesPartIn(snapshot.lease(), cluster))
                .map(process -> process.engine().currentSession())
                .collect(toSet());
        Set<Long> members = snapshot.members().stream().map(Member::session).collect(toSet());
        boolean all = stored.size() == snapshot.partitions().size();
        boolean balanced = Balancer.assign(snapshot, Scope.ALL).changes().isEmpty();
        boolean shared = all && balanced && members.equals(wanted) && seen.equals(stored);
        if (wanted.isEmpty() ? !seen.isEmpty() : !shared) {
            world.violation("in the end the processes see %s, the store has %s, the processes are %s"
                    .formatted(seen, snapshot, processes));
        }
    }

    /**
     * Each process that shares tasks must have a session for them, know the number of sessions, and have been notified.
     */
    private void checkTasks(SimProcess process, ClusterSnapshot stored) {
        for (SimTaskListener listener : process.taskListeners()) {
            String lease = listener.taskSession().name();
            if (process.takesPartIn(lease, stored) && process.tasks(lease) == listener.taskSession()) {
                checkSession(process, listener);
            }
        }
    }

    private void checkSession(SimProcess process, SimTaskListener listener) {
        int members = clusterSnapshot().leases().stream()
                .map(ClusterSnapshot.Lease::snapshot)
                .filter(lease -> lease.lease().equals(listener.taskSession().name()))
                .mapToInt(lease -> lease.members().size())
                .sum();
        boolean inSession = listener.taskSession()
                .id()
                .equals(OptionalLong.of(process.engine().currentSession()));
        if (!inSession || listener.taskSession().sessions() != members || !listener.isUpToDate()) {
            world.violation("in the end %d sessions share tasks, but %s is %s".formatted(members, process, listener));
        }
    }

    private void checkLeasesExist(SimProcess process, ClusterSnapshot stored) {
        Set<String> names =
                stored.leases().stream().map(lease -> lease.snapshot().lease()).collect(toSet());
        process.everJoined().stream()
                .map(JoinedLease::name)
                .filter(lease -> process.takesPartIn(lease, stored) && !names.contains(lease))
                .forEach(lease -> world.violation(
                        "in the end %s takes part in %s, which does not exist".formatted(process, lease)));
    }

    /** A process stands by if the storage asks its session to, and otherwise only if the process itself was drained. */
    private void checkStandBy(SimProcess process, ClusterSnapshot stored) {
        boolean asked = process.isAskedToStandBy(stored);
        if (process.engine().currentSession() != 0 && process.engine().beginsDrained() != asked) {
            world.violation("in the end the storage %s %s to stand by, which the process does not know"
                    .formatted(asked ? "asks" : "does not ask", process));
        }
    }

    private void checkNothingDeadIsLeft() {
        Set<Long> left = clusterSnapshot().sessions().stream()
                .map(ClusterSnapshot.Session::id)
                .collect(toSet());
        Set<Long> running = processes.stream()
                .filter(process -> !process.isClosed())
                .map(process -> process.engine().currentSession())
                .collect(toSet());
        if (!running.isEmpty() && !left.equals(running)) {
            world.violation(
                    "in the end the store has the sessions %s, the processes are %s".formatted(left, processes));
        }
    }

    private void checkListeners(SimProcess process) {
        boolean failed = world.conditions().errors() > 0 || world.conditions().interruptions() > 0;
        if (process.isClosed() && failed) {
            // There may have been no thread to notify them, and no heartbeat after the end to try again.
            return;
        }
        for (SimListener listener : process.listeners()) {
            if (!listener.started().equals(listener.lease().values())) {
                world.violation("in the end a listener of %s works on %s of %s"
                        .formatted(process, listener.started().toRanges(), listener.lease()));
            }
        }
    }
}
