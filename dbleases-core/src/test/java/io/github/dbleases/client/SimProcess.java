package io.github.dbleases.client;

import io.github.dbleases.Hold;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.store.HeartbeatLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A simulated process with one client: the real engine, and an application that holds partitions now and then. */
final class SimProcess {

    private final String name;
    private final SimWorld world;
    private final SimEnvironment environment;
    private final HeartbeatLine heartbeats;
    private final Engine engine;
    private final SortedMap<String, JoinedLease> leases = new TreeMap<>();
    private final List<OpenHold> holds = new ArrayList<>();
    private boolean closing;

    SimProcess(String name, SimWorld world, SimDatabase database, LeaseClientConfig config) {
        this.name = name;
        this.world = world;
        this.environment = new SimEnvironment(world, database, config.timing().attemptTimeout());
        this.heartbeats = database.store().heartbeatLine(config.timing());
        this.engine =
                new Engine(config, environment, heartbeats, database.store().workLine(config.timing()));
        engine.start();
    }

    String name() {
        return name;
    }

    SimEnvironment environment() {
        return environment;
    }

    Engine engine() {
        return engine;
    }

    Collection<JoinedLease> leases() {
        return leases.values();
    }

    boolean takesPartIn(String lease) {
        JoinedLease joined = leases.get(lease);
        return joined != null && !joined.isLeaving() && !closing;
    }

    /** Returns what this process sees of a lease. */
    PartitionSet view(String lease) {
        JoinedLease joined = leases.get(lease);
        return joined == null ? PartitionSet.empty() : joined.values();
    }

    @Override
    public String toString() {
        return "%s with session %d, %s%s"
                .formatted(name, engine.currentSession(), leases.values(), closing ? ", closing" : "");
    }

    List<OpenHold> holds() {
        return holds;
    }

    boolean isClosing() {
        return closing;
    }

    void join(String lease, int partitions) {
        environment.run(() -> {
            if (!closing && !leases.containsKey(lease)) {
                JoinedLease joined =
                        engine.join(LeaseSpec.partitions(lease, partitions)).lease();
                joined.addListener(new PairedListener());
                leases.put(lease, joined);
            }
        });
    }

    void leave(String lease) {
        environment.run(() -> {
            JoinedLease left = leases.get(lease);
            if (left != null && !closing) {
                engine.leave(left).thenRun(() -> leases.remove(lease, left));
            }
        });
    }

    void close() {
        environment.run(() -> {
            closing = true;
            engine.close();
        });
    }

    /** Holds one of the own partitions for a time, if there is one. */
    void hold(String lease, Duration time) {
        environment.run(() -> {
            int[] own = view(lease).toIntArray();
            if (own.length > 0) {
                hold(lease, own[world.random().nextInt(own.length)], time);
            }
        });
    }

    /** Holds a partition for a time, if it is owned. */
    void hold(String lease, int partition, Duration time) {
        environment.run(() -> {
            JoinedLease joined = leases.get(lease);
            if (joined != null) {
                joined.tryHold(partition).ifPresent(hold -> {
                    OpenHold open = new OpenHold(lease, hold);
                    holds.add(open);
                    world.after(
                            time,
                            () -> environment.run(() -> {
                                holds.remove(open);
                                hold.close();
                            }));
                });
            }
        });
    }

    /** Delivers hints that the database has sent. */
    void receiveHints() {
        try {
            if (heartbeats.awaitHint(engine.currentSession(), Duration.ZERO) && !world.misfortune(0.3)) {
                world.after(world.shortTime(Duration.ofMillis(20)), () -> environment.run(engine::hinted));
            }
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A partition that the application holds. */
    record OpenHold(String lease, Hold hold) {}

    /** Reports starts and stops that are not in pairs. */
    private final class PairedListener implements LeaseListener {

        private PartitionSet started = PartitionSet.empty();

        @Override
        public void onAssigned(PartitionSet partitions) {
            if (partitions.isEmpty() || started.minus(started.minus(partitions)).size() > 0) {
                world.violation(name + " was started twice: " + partitions.toRanges());
            }
            started = started.plus(partitions);
        }

        @Override
        public void onRevoked(PartitionSet partitions) {
            if (partitions.isEmpty() || !partitions.minus(started).isEmpty()) {
                world.violation(name + " was stopped without a start: " + partitions.toRanges());
            }
            started = started.minus(partitions);
        }
    }
}
