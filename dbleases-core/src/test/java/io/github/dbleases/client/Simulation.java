package io.github.dbleases.client;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One schedule: processes with the real engine come, go and suffer for a while; then everything heals and the work has to
 * be shared again. The seed alone decides what happens.
 */
final class Simulation {

    private static final Duration SUFFERING = Duration.ofSeconds(60);
    private static final Duration HEALING = Duration.ofSeconds(40);
    private static final Duration REST = Duration.ofSeconds(20);
    private static final SortedMap<String, Integer> LEASES = new TreeMap<>(Map.of("orders", 12, "invoices", 5));

    private final Timing timing = Timing.DEFAULT;
    private final SimCluster cluster;
    private final SimWorld world;
    private final SimDatabase database;
    private final List<SimProcess> processes;

    Simulation(long seed) {
        this.cluster = new SimCluster(seed);
        this.world = cluster.world();
        this.database = cluster.database();
        this.processes = cluster.processes();
    }

    /** Runs the schedule and returns what went wrong, null if nothing did. */
    @Nullable
    String run() {
        world.becomeRough();
        int first = 1 + world.random().nextInt(4);
        for (int i = 0; i < first; i++) {
            world.after(world.upTo(Duration.ofSeconds(2)), this::startProcess);
        }
        world.after(Duration.ofSeconds(5), this::suffer);
        cluster.run(SUFFERING);
        heal();
        cluster.run(HEALING);
        world.calmDown();
        cluster.run(REST.dividedBy(2));
        Map<String, Long> tokens = cluster.tokens();
        cluster.run(REST.dividedBy(2));
        if (world.violation() == null) {
            cluster.checkShared();
            checkNothingMoved(tokens);
        }
        return world.violation();
    }

    private void checkNothingMoved(Map<String, Long> before) {
        if (!before.equals(cluster.tokens())) {
            world.violation("in the end partitions still move: %s, then %s".formatted(before, cluster.tokens()));
        }
    }

    private void startProcess() {
        Duration drainTimeout = world.upTo(Duration.ofSeconds(10));
        SimProcess process =
                cluster.start(new LeaseClientConfig("host", 1, timing, Duration.ofSeconds(1), drainTimeout, false));
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
            world.after(database.unsafeForNewcomers(), this::startProcess);
            return;
        }
        SimProcess victim = processes.get(world.random().nextInt(processes.size()));
        SimEnvironment machine = victim.environment();
        Duration time = world.shortTime(Duration.ofSeconds(30));
        switch (world.random().nextInt(13)) {
            case 0 -> {
                world.tell(victim.name() + " crashes");
                machine.crash();
            }
            case 1 -> {
                world.tell(victim.name() + " is closed");
                victim.close();
            }
            case 2 -> {
                String lease = anyLease();
                world.tell(victim.name() + " leaves " + lease);
                victim.leave(lease);
            }
            case 3 -> pause(victim, time, Duration.ZERO);
            case 4 -> standStill(victim, time);
            case 5 -> cutOff(victim, time);
            case 6 -> {
                world.tell("the database is away for " + time);
                database.setAway(true);
                world.after(time, () -> database.setAway(false));
            }
            case 7 -> {
                world.tell("%s is slow for %s".formatted(victim.name(), time));
                machine.slowness(Duration.ofSeconds(2));
                world.after(time, () -> machine.slowness(Duration.ofMillis(8)));
            }
            case 8 -> jumpOfTheClock();
            case 9 -> {
                world.tell(victim.name() + " is retired");
                victim.retire();
                world.after(time, victim::close);
            }
            case 10 -> {
                String lease = anyLease();
                world.tell(victim.name() + " leaves and joins " + lease);
                victim.leave(lease);
                world.after(world.shortTime(Duration.ofSeconds(5)), () -> victim.join(lease, LEASES.get(lease)));
            }
            case 11 -> database.failOver(between(timing.ttl().negated(), timing.ttl()), timing.ttl());
            default -> LEASES.forEach(victim::join);
        }
    }

    /** Cuts off both connections or one of them. */
    private void cutOff(SimProcess process, Duration time) {
        SimEnvironment machine = process.environment();
        int which = world.random().nextInt(4);
        world.tell("%s is cut off %s for %s"
                .formatted(process.name(), which == 0 ? "for heartbeats" : which == 1 ? "for work" : "", time));
        if (which != 1) {
            machine.cutHeartbeats(true);
        }
        if (which != 0) {
            machine.cutWork(true);
        }
        world.after(time, () -> machine.cut(false));
    }

    private void jumpOfTheClock() {
        if (!database.hasJustJumped()) {
            Duration jump = between(Duration.ofSeconds(-10), Duration.ofSeconds(10));
            world.tell("the clock of the database jumps by " + jump);
            database.jump(jump);
        }
    }

    /** A machine stands still, or its wall clock is set: which of them it is cannot be told if both happen to it. */
    private void standStill(SimProcess process, Duration time) {
        if (process.name().hashCode() % 2 == 0) {
            pause(process, time, time);
        } else {
            process.environment().setWallClock(between(Duration.ofSeconds(-10), Duration.ofSeconds(10)));
            world.tell("the wall clock of %s is set to %d"
                    .formatted(process.name(), process.environment().wallMillis()));
        }
    }

    private void pause(SimProcess process, Duration time, Duration stoodStill) {
        SimEnvironment machine = process.environment();
        if (!machine.isPaused()) {
            world.tell("%s is paused for %s".formatted(process.name(), time));
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
}
