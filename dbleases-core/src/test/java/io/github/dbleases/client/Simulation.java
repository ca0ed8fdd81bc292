package io.github.dbleases.client;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.store.Census;
import io.github.dbleases.store.WorkLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One schedule: processes with the real engine come, go and suffer for a while; then everything heals and the work has to
 * be shared again. The seed alone decides what happens.
 */
final class Simulation {

    private static final Duration SUFFERING = Duration.ofSeconds(60);
    private static final Duration HEALING = Duration.ofSeconds(60);
    private static final Map<String, Integer> LEASES = Map.of("orders", 12, "invoices", 5);

    private final Timing timing = Timing.DEFAULT;
    private final SimWorld world;
    private final SimDatabase database;
    private final SimInvariants invariants;
    private final List<SimProcess> processes = new ArrayList<>();
    private int started;

    Simulation(long seed) {
        this.world = new SimWorld(seed);
        this.database = new SimDatabase(world);
        this.invariants = new SimInvariants(world);
    }

    /** Runs the schedule and returns what went wrong, null if nothing did. */
    @Nullable
    String run() {
        int first = 1 + world.random().nextInt(4);
        for (int i = 0; i < first; i++) {
            world.after(world.upTo(Duration.ofSeconds(2)), this::startProcess);
        }
        world.after(Duration.ofSeconds(5), this::suffer);
        runUntil(SUFFERING);
        heal();
        runUntil(SUFFERING.plus(HEALING));
        if (world.violation() == null) {
            checkShared();
        }
        return world.violation();
    }

    private void runUntil(Duration end) {
        while (world.violation() == null && world.step(end.toNanos())) {
            processes.removeIf(process -> process.environment().isCrashed());
            processes.forEach(SimProcess::receiveHints);
            invariants.check(processes);
        }
    }

    private void startProcess() {
        LeaseClientConfig config = LeaseClientConfig.defaults()
                .withClientId("host")
                .withTiming(timing)
                .withDrainTimeout(world.upTo(Duration.ofSeconds(10)));
        SimProcess process = new SimProcess("process-" + ++started, world, database, config);
        processes.add(process);
        LEASES.forEach((lease, partitions) -> {
            if (world.chance(0.9)) {
                world.after(world.shortTime(Duration.ofSeconds(1)), () -> process.join(lease, partitions));
            }
        });
        useNowAndThen(process);
    }

    private void useNowAndThen(SimProcess process) {
        world.after(world.upTo(Duration.ofSeconds(2)), () -> {
            if (!process.environment().isCrashed() && world.nanos() < SUFFERING.toNanos()) {
                process.hold(anyLease(), world.shortTime(Duration.ofSeconds(15)));
                useNowAndThen(process);
            }
        });
    }

    private String anyLease() {
        return world.chance(0.5) ? "orders" : "invoices";
    }

    private void suffer() {
        if (world.nanos() >= SUFFERING.toNanos()) {
            return;
        }
        world.after(world.upTo(Duration.ofSeconds(6)), this::suffer);
        if (processes.isEmpty() || world.chance(0.25) && processes.size() < 6) {
            startProcess();
            return;
        }
        SimProcess victim = processes.get(world.random().nextInt(processes.size()));
        SimEnvironment machine = victim.environment();
        Duration time = world.shortTime(Duration.ofSeconds(30));
        switch (world.random().nextInt(11)) {
            case 0 -> machine.crash();
            case 1 -> victim.close();
            case 2 -> victim.leave(anyLease());
            case 3 -> pause(machine, time, Duration.ZERO);
            case 4 -> pause(machine, time, time);
            case 5 -> {
                machine.cut(true);
                world.after(time, () -> machine.cut(false));
            }
            case 6 -> {
                database.setAway(true);
                world.after(time, () -> database.setAway(false));
            }
            case 7 -> {
                machine.slowness(Duration.ofSeconds(2));
                world.after(time, () -> machine.slowness(Duration.ofMillis(8)));
            }
            case 8 -> database.clock().jump(between(Duration.ofSeconds(-10), Duration.ofSeconds(10)));
            case 9 -> database.failOver(between(Duration.ofSeconds(-6), Duration.ofSeconds(6)));
            default -> LEASES.forEach(victim::join);
        }
    }

    private void pause(SimEnvironment machine, Duration time, Duration stoodStill) {
        if (!machine.isPaused()) {
            machine.pause();
            world.after(time, () -> machine.resume(stoodStill));
        }
    }

    private Duration between(Duration least, Duration most) {
        return least.plus(world.upTo(most.minus(least)));
    }

    private void heal() {
        database.setAway(false);
        processes.forEach(process -> {
            process.environment().cut(false);
            process.environment().slowness(Duration.ofMillis(8));
            if (process.environment().isPaused()) {
                process.environment().resume(Duration.ZERO);
            }
        });
    }

    /** Checks that every partition is owned and trusted, in fair shares, and that views and store agree. */
    private void checkShared() {
        WorkLine line = database.store().workLine(timing);
        for (Census.Lease lease : line.census().leases()) {
            String name = lease.snapshot().lease();
            Map<Integer, Long> owners = new HashMap<>();
            lease.snapshot().partitions().forEach(row -> owners.put(row.number(), row.owner()));
            if (!Balancer.assign(lease.snapshot(), Scope.ALL).changes().isEmpty()) {
                world.violation("%s is not balanced in the end: %s".formatted(name, lease.snapshot()));
            }
            int trusted = 0;
            for (SimProcess process : processes) {
                long session = process.engine().currentSession();
                for (JoinedLease view : process.leases()) {
                    if (view.name().equals(name)) {
                        for (int partition : view.values().toIntArray()) {
                            trusted++;
                            if (owners.get(partition) != session) {
                                world.violation("%s/%d is in a view, but the store has it elsewhere"
                                        .formatted(name, partition));
                            }
                        }
                    }
                }
            }
            if (trusted != owners.size() && !lease.snapshot().members().isEmpty()) {
                world.violation(
                        "%d of %d partitions of %s are owned in the end".formatted(trusted, owners.size(), name));
            }
        }
    }
}
