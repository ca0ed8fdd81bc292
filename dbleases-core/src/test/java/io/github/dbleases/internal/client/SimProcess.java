package io.github.dbleases.internal.client;

import io.github.dbleases.Hold;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.observation.ClientObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A simulated process with one client: the real engine, and an application that sometimes holds partitions. */
final class SimProcess {

    private final String name;
    private final SimWorld world;
    private final SimEnvironment environment;
    private final HeartbeatChannel heartbeats;
    private final SimObserver observer;
    private final Engine engine;
    private final SortedMap<String, JoinedLease> leases = new TreeMap<>();
    private final Map<String, LeaseSpec> wanted = new HashMap<>();
    private final List<JoinedLease> everJoined = new ArrayList<>();
    private final List<SimListener> listeners = new ArrayList<>();
    private final List<SimTaskListener> taskListeners = new ArrayList<>();
    private final List<OpenHold> holds = new ArrayList<>();
    private int stops;
    private boolean stopped;
    private boolean retired;
    private boolean drained;
    private boolean closing;

    SimProcess(String name, SimWorld world, SimStorage storage, LeaseClientConfig config) {
        this.name = name;
        this.world = world;
        this.environment = new SimEnvironment(world, storage, config.timing());
        SimConditions conditions = world.conditions();
        environment.runClocks(conditions.anyRate(world), conditions.anyRate(world));
        this.heartbeats = storage.heartbeatChannel(environment, config.timing());
        this.observer = new SimObserver(world);
        this.engine = new Engine(
                config,
                environment,
                (transaction, granted) -> false,
                event -> {},
                world.isObserved() ? observer : ClientObserver.NONE);
        CompletableFuture<Optional<RuntimeException>> unused = engine.start();
        environment.errors(conditions.errors(), conditions.interruptions());
    }

    String name() {
        return name;
    }

    SimEnvironment environment() {
        return environment;
    }

    SimObserver observer() {
        return observer;
    }

    Engine engine() {
        return engine;
    }

    /** Returns the leases that this process takes part in, and those that it has left. */
    List<JoinedLease> everJoined() {
        return everJoined;
    }

    List<SimListener> listeners() {
        return listeners;
    }

    /** Returns the listeners to task sessions, including sessions that were left. */
    List<SimTaskListener> taskListeners() {
        return taskListeners;
    }

    /** Returns the task session of this process. */
    JoinedTaskSession tasks(String lease) {
        return leases.get(lease).taskSession();
    }

    /** Returns whether this process takes part in a lease, unless the storage asks it to stand by. */
    boolean takesPartIn(String lease, ClusterSnapshot stored) {
        return takesPartIn(lease) && !isAskedToStandBy(stored);
    }

    /** Returns whether the storage asks the session of this process to stand by. */
    boolean isAskedToStandBy(ClusterSnapshot stored) {
        return stored.sessions().stream()
                .anyMatch(session -> session.drained() && session.id() == engine.currentSession());
    }

    private boolean takesPartIn(String lease) {
        JoinedLease joined = leases.get(lease);
        return joined != null
                && !joined.isLeaving()
                && !stopped
                && !retired
                && !drained
                && !closing
                && engine.isStarted()
                && !engine.isStopping();
    }

    /** Returns whether this process owns a partition or is still working on it. */
    boolean has(String lease, int partition) {
        JoinedLease joined = leases.get(lease);
        return joined != null && joined.ownership().owned(partition).isPresent();
    }

    /** Returns this process's view of a lease. */
    PartitionSet view(String lease) {
        JoinedLease joined = leases.get(lease);
        return joined == null ? PartitionSet.empty() : joined.values();
    }

    @Override
    public String toString() {
        return "%s with session %d, %s%s"
                .formatted(
                        name,
                        engine.currentSession(),
                        leases.values(),
                        closing ? ", closed" : stopped ? ", stopped" : retired ? ", retired" : "");
    }

    List<OpenHold> holds() {
        return holds;
    }

    /** Returns whether it is closed or stopped. */
    boolean isClosed() {
        return environment.isShutDown();
    }

    void join(String lease, int partitions) {
        join(LeaseSpec.partitions(lease, partitions));
    }

    /**
     * Joins a lease. Leaves it first if it has another number of partitions. Tries again if the store refuses.
     */
    void join(LeaseSpec spec) {
        wanted.put(spec.name(), spec);
        tryToJoin(spec);
    }

    /** Joins a lease with another number of partitions, if this process takes part in it. */
    void resize(LeaseSpec spec) {
        if (wanted.containsKey(spec.name())) {
            join(spec);
        }
    }

    private void tryToJoin(LeaseSpec spec) {
        insist(() -> {
            JoinedLease known = leases.get(spec.name());
            boolean isLeft = known != null && known.isLeaving() && spec.kind() == LeaseKind.TASKS;
            if (closing || !spec.equals(wanted.get(spec.name()))) {
                return;
            }
            if (known == null || isLeft) {
                joinAnew(spec);
            } else if (!known.spec().equals(spec)) {
                joinLater(spec);
                startLeaving(known);
            } else if (known.isLeaving()) {
                joinLater(spec);
            }
        });
    }

    private void joinAnew(LeaseSpec spec) {
        JoinedLease joined;
        CompletableFuture<Void> outcome;
        try {
            joined = engine.join(spec).lease();
            outcome = joined.joined();
        } catch (LeaseConflictException | IllegalStateException notNow) {
            joinLater(spec);
            return;
        }
        leases.put(spec.name(), joined);
        everJoined.add(joined);
        outcome.exceptionally(refused -> {
            leases.remove(spec.name(), joined);
            joinLater(spec);
            return null;
        });
        if (spec.kind() == LeaseKind.TASKS) {
            insist(() -> listen(joined, this::endOfWork));
        } else if (!world.misfortune(0.2)) {
            SimListener listener = new SimListener(world, name, joined);
            listeners.add(listener);
            insist(() -> joined.addListener(listener));
        }
    }

    private void joinLater(LeaseSpec spec) {
        world.after(Duration.ofSeconds(2), () -> tryToJoin(spec));
    }

    /** Runs an action in the process, again if there is no memory or thread for it. */
    private void insist(Runnable action) {
        environment.run(() -> {
            try {
                action.run();
            } catch (SimEnvironment.SimulatedError notNow) {
                world.after(Duration.ofMillis(10), () -> insist(action));
            }
        });
    }

    /**
     * Joins a tasks lease. Work on its tasks continues for a time after the listener was told that the client closes.
     */
    void joinTasks(String lease, Duration work) {
        environment.run(() -> {
            JoinedLease joined = engine.join(LeaseSpec.tasks(lease)).lease();
            leases.put(lease, joined);
            everJoined.add(joined);
            listen(joined, () -> work);
        });
    }

    /** Returns how long work takes to end: a short time, or a long one. */
    private Duration endOfWork() {
        return world.shortTime(Duration.ofSeconds(world.misfortune(0.1) ? 60 : 5));
    }

    private void listen(JoinedLease joined, Supplier<Duration> work) {
        SimTaskListener listener = new SimTaskListener(
                world,
                joined.taskSession(),
                () -> 1 + stops,
                () -> world.after(work.get(), () -> insist(() -> engine.leave(joined))));
        taskListeners.add(listener);
        insist(() -> {
            joined.taskSession().addListener(listener);
            listener.look();
        });
    }

    void leave(String lease) {
        wanted.remove(lease);
        insist(() -> {
            JoinedLease left = leases.get(lease);
            if (left != null && !closing) {
                startLeaving(left);
            }
        });
    }

    private void startLeaving(JoinedLease left) {
        engine.leave(left).thenRun(() -> leases.remove(left.name(), left));
    }

    void resign(String election) {
        environment.run(() -> {
            JoinedLease joined = leases.get(election);
            if (joined != null) {
                engine.resign(joined);
            }
        });
    }

    /** Asks for an operation on the cluster, whose outcome no one waits for. */
    void administer(Consumer<DefaultLeaseAdministration> operation) {
        environment.run(() -> {
            if (!closing) {
                operation.accept(new DefaultLeaseAdministration(engine));
            }
        });
    }

    void retire() {
        insist(() -> {
            retired = engine.isStarted() && !engine.isStopping();
            engine.retire();
        });
    }

    void stop() {
        stops++;
        insist(() -> {
            stopped = true;
            retired = false;
            engine.stop();
        });
    }

    /** Starts it again, even if it has not stopped yet. */
    void start() {
        insist(() -> {
            if (closing) {
                return;
            }
            stopped = false;
            CompletableFuture<Void> unused = engine.start().handle((attempted, failure) -> {
                if (failure != null) {
                    world.after(Duration.ofMillis(10), this::start);
                } else {
                    insist(() -> engine.declaredLeases().forEach(this::awaitJoined));
                }
                return null;
            });
            wanted.values().stream()
                    .filter(spec -> spec.kind() == LeaseKind.TASKS)
                    .forEach(this::tryToJoin);
        });
    }

    /** Waits for a lease that is joined again, as the caller of a start does, and stops if it is refused. */
    private void awaitJoined(JoinedLease lease) {
        CompletableFuture<Void> joined = lease.joined();
        Duration atMost = engine.isJoining() ? engine.answerTimeout() : Duration.ZERO;
        world.after(atMost, () -> insist(() -> joined.complete(null)));
        CompletableFuture<Void> unused = joined.exceptionally(refused -> {
            stop();
            world.after(Duration.ofSeconds(2), this::start);
            return null;
        });
    }

    /** Makes the process stand by. */
    void drain() {
        drained = true;
        followDrain();
    }

    /** Makes the process take part again. */
    void resume() {
        drained = false;
        followDrain();
    }

    /** A call that is tried again must not undo a later one. */
    private void followDrain() {
        insist(() -> engine.drain(drained));
    }

    void close() {
        insist(() -> {
            closing = true;
            engine.close();
        });
    }

    /** Holds one of this process's partitions for a time, if there is one. */
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
}
