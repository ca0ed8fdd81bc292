package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.ClusterSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** The base of step-by-step schedules, most of which use a lease {@code orders}. */
abstract class Scenario {

    static final Timing TIMING = Timing.DEFAULT;
    static final LeaseClientConfig CONFIG =
            LeaseClientConfig.builder().timing(TIMING).build();
    static final Duration SOON = Duration.ofSeconds(5);
    static final Duration TAKEOVER = TIMING.ttl().plus(TIMING.grace()).plusMillis(200);
    static final Duration LONG = Duration.ofSeconds(60);

    private final SimWorld world = new SimWorld(1);
    final SimDatabase database = new SimDatabase(world);
    final SimCluster cluster = new SimCluster(world, database);

    @AfterEach
    void noInvariantIsBroken() {
        assertThat(cluster.world().violation()).isNull();
    }

    SimProcess start(int partitions) {
        return start(partitions, TIMING);
    }

    SimProcess start(int partitions, Timing timing) {
        SimProcess process = cluster.start(CONFIG.toBuilder().timing(timing).build());
        process.join("orders", partitions);
        return process;
    }

    List<SimProcess> start(int count, int partitions) {
        List<SimProcess> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            started.add(start(partitions));
        }
        return started;
    }

    void settle() {
        cluster.run(LONG);
        cluster.checkShared();
        assertThat(cluster.world().violation()).isNull();
    }

    void await(BooleanSupplier condition, Duration atMost) {
        assertThat(cluster.runUntil(condition, atMost)).as("within " + atMost).isTrue();
    }

    /** Waits until the next heartbeat of a process has been sent and answered. */
    void awaitHeartbeat(SimProcess process) {
        Trust before = process.engine().keeper().trust();
        await(
                () -> process.engine().keeper().trust() != before,
                TIMING.heartbeat().plusSeconds(10));
    }

    /**
     * Makes a process a member again, as a request to join does that is executed late, or a failover that undoes the
     * end of the membership.
     */
    void restoreMembership(SimProcess process, String lease) {
        long session = process.engine().currentSession();
        database.store().workChannel(TIMING).transact(new TreeSet<>(Set.of(lease)), transaction -> {
            transaction.addMember(lease, session);
            return session;
        });
    }

    static void holdAll(SimProcess process, Duration time) {
        process.view("orders").forEach(partition -> process.hold("orders", partition, time));
    }

    ClusterSnapshot.Lease orders() {
        return cluster.clusterSnapshot().leases().get(0);
    }

    int members() {
        return orders().snapshot().members().size();
    }

    static List<Long> sessions(List<SimProcess> processes) {
        return processes.stream()
                .map(process -> process.engine().currentSession())
                .toList();
    }

    Map<Integer, Long> owners() {
        Map<Integer, Long> owners = new TreeMap<>();
        orders().snapshot().partitions().stream()
                .filter(Partition::ownerLive)
                .forEach(row -> owners.put(row.number(), row.owner()));
        return owners;
    }

    List<Integer> moved(Map<Integer, Long> before) {
        Map<Integer, Long> now = owners();
        return before.keySet().stream()
                .filter(partition -> !before.get(partition).equals(now.get(partition)))
                .toList();
    }

    Map<Integer, Long> tokens() {
        Map<Integer, Long> tokens = new TreeMap<>();
        orders().snapshot().partitions().forEach(row -> tokens.put(row.number(), row.token()));
        return tokens;
    }

    long unchanged(Map<Integer, Long> before) {
        Map<Integer, Long> now = tokens();
        return before.keySet().stream()
                .filter(partition -> before.get(partition).equals(now.get(partition)))
                .count();
    }

    /** Returns the process whose session follows a dead one, which is the process that marks it dead. */
    static SimProcess watcherOf(long victim, List<SimProcess> processes) {
        List<SimProcess> alive = processes.stream()
                .filter(process -> !process.environment().isCrashed())
                .sorted((one, other) -> Long.compare(
                        one.engine().currentSession(), other.engine().currentSession()))
                .toList();
        return alive.stream()
                .filter(process -> process.engine().currentSession() > victim)
                .findFirst()
                .orElse(alive.get(0));
    }
}
