package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.WorkDeadline;
import io.github.dbleases.assignment.LeadershipBalancer;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.client.SimStorage.Mishap;
import io.github.dbleases.spi.ClusterSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One schedule. Processes with the real engine come, go and suffer faults for a while. Then everything heals, and the
 * work must be shared again. The seed alone determines what happens.
 */
final class Simulation {

    private static final Duration SUFFERING = Duration.ofSeconds(60);
    private static final Duration HEALING = Duration.ofSeconds(40);
    private static final Duration REST = Duration.ofSeconds(20);

    /** Early enough that a schedule rarely has to wait until no candidate yields anymore. */
    private static final Duration LAST_RESIGNATION = Duration.ofSeconds(30);

    private static final LeaseSpec ORDERS = LeaseSpec.partitions("orders", 12);
    private static final List<LeaseSpec> OTHERS = List.of(
            LeaseSpec.partitions("invoices", 5),
            LeaseSpec.leader("reports"),
            LeaseSpec.leader("backups"),
            LeaseSpec.leader("mails"),
            LeaseSpec.tasks("letters"));
    private static final int ELECTIONS = 3;

    private final SimConditions conditions;
    private LeaseSpec orders = ORDERS;
    private int passingLeases;
    private final SimCluster cluster;
    private final SimWorld world;
    private final SimStorage storage;
    private final List<SimProcess> processes;
    private final SimVacancies vacancies;
    private final boolean balanceLeaderships;

    /** Decides about operations only, so that schedules without them stay as they are. */
    private final Random operator;

    private final boolean operated;

    /** Decides about drains by operation only, see {@link #operator}. */
    private final Random drainer;

    private final boolean drained;

    private final Map<String, WorkDeadline> workDeadlines;

    Simulation(long seed, Function<SimWorld, SimStorage> storage) {
        this(seed, SimConditions.draw(new Random(~seed)), storage);
    }

    Simulation(long seed, SimConditions conditions, Function<SimWorld, SimStorage> storage) {
        this.conditions = conditions;
        this.world = new SimWorld(seed, conditions);
        this.storage = storage.apply(world);
        this.cluster = new SimCluster(world, this.storage);
        this.processes = cluster.processes();
        this.vacancies = new SimVacancies(world, this.storage, processes);
        this.balanceLeaderships = seed % 2 == 0;
        this.operator = new Random(seed ^ 0x5DEECE66DL);
        this.operated = seed % 3 == 0;
        this.drainer = new Random(seed ^ 0x2545F4914F6CDD1DL);
        this.drained = Math.floorMod(seed, 5) == 2;
        this.workDeadlines = Math.floorMod(seed, 7) == 3 ? workDeadlines() : Map.of();
    }

    /** A leader that gives up yields for long, and most schedules would have to wait for that. */
    private Map<String, WorkDeadline> workDeadlines() {
        return Map.of(
                "orders", WorkDeadline.giveUp(Duration.ofSeconds(3)),
                "invoices", WorkDeadline.report(Duration.ofSeconds(2)),
                "reports",
                        balanceLeaderships
                                ? WorkDeadline.report(Duration.ofSeconds(2))
                                : WorkDeadline.giveUp(Duration.ofSeconds(2)));
    }

    /** Runs the schedule, and returns what went wrong, or null if nothing did. */
    @Nullable
    String run() {
        try {
            return runAll();
        } finally {
            storage.close();
        }
    }

    /** Runs the schedule, and returns how it ended: two different courses of events end differently. */
    String runToTheEnd(boolean observed) {
        if (!observed) {
            world.withoutObservers();
        }
        String violation = run();
        return "%s, tokens %s, next random number %d"
                .formatted(violation, cluster.tokens(), world.random().nextLong());
    }

    /** Returns how often the check required an owner while faults happened elsewhere. */
    int vacancyChecks() {
        return vacancies.checks();
    }

    private @Nullable String runAll() {
        world.tell("the conditions are " + conditions);
        world.becomeRough();
        int first = 1 + world.random().nextInt(4);
        for (int i = 0; i < first; i++) {
            world.after(world.upTo(Duration.ofSeconds(2)), this::startProcess);
        }
        world.after(Duration.ofSeconds(5), this::suffer);
        if (operated) {
            world.after(Duration.ofSeconds(3), this::operateNowAndThen);
        }
        if (drained) {
            world.after(Duration.ofSeconds(3), this::drainNowAndThen);
        }
        if (conditions.areOrdinary()) {
            vacancies.watch(SUFFERING);
        }
        cluster.run(SUFFERING);
        heal();
        if (balanceLeaderships) {
            cluster.runUntilNoCandidateYields();
        }
        cluster.run(HEALING);
        world.calmDown();
        cluster.run(REST.dividedBy(2));
        Map<String, Long> tokens = cluster.tokens();
        cluster.run(REST.dividedBy(2));
        if (world.violation() == null) {
            cluster.checkShared();
            checkLeaderships();
            checkNothingMoved(tokens);
        }
        return world.violation();
    }

    private void checkLeaderships() {
        List<Snapshot> elections = cluster.clusterSnapshot().leases().stream()
                .map(ClusterSnapshot.Lease::snapshot)
                .filter(lease -> lease.kind() == LeaseKind.LEADER)
                .toList();
        boolean someAreOpen = processes.stream().anyMatch(process -> !process.isClosed());
        if (someAreOpen
                && balanceLeaderships
                && !LeadershipBalancer.plan(elections).isEmpty()) {
            world.violation("in the end the leaderships are not balanced: " + elections);
        }
    }

    private void checkNothingMoved(Map<String, Long> before) {
        if (!before.equals(cluster.tokens())) {
            world.violation("in the end partitions still move: %s, then %s".formatted(before, cluster.tokens()));
        }
    }

    private void startProcess() {
        Duration drainTimeout = world.upTo(Duration.ofSeconds(10));
        int weight = 1 + world.random().nextInt(conditions.heaviest());
        SimProcess process = cluster.start(new LeaseClientConfig(
                "host",
                weight,
                conditions.anyTiming(world),
                Duration.ofSeconds(1),
                drainTimeout,
                balanceLeaderships,
                workDeadlines));
        leases().forEach(lease -> {
            if (world.chance(0.9)) {
                world.after(world.shortTime(Duration.ofSeconds(1)), () -> process.join(current(lease)));
            }
        });
        useNowAndThen(process);
    }

    private void useNowAndThen(SimProcess process) {
        world.after(world.upTo(Duration.ofSeconds(2)), () -> {
            if (!process.environment().isCrashed() && world.nanos() < SUFFERING.toNanos()) {
                process.hold(anyLease().name(), world.shortTime(Duration.ofSeconds(15)));
                useNowAndThen(process);
            }
        });
    }

    private List<LeaseSpec> leases() {
        List<LeaseSpec> leases = new ArrayList<>(OTHERS);
        leases.add(0, orders);
        return leases;
    }

    private LeaseSpec anyLease() {
        return leases().get(world.random().nextInt(OTHERS.size() + 1));
    }

    /** Returns a lease with its current number of partitions. */
    private LeaseSpec current(LeaseSpec lease) {
        return lease.name().equals(orders.name()) ? orders : lease;
    }

    /** Lets one of the processes move a partition or a leadership, balance a lease, or make a leader resign. */
    private void operateNowAndThen() {
        if (world.nanos() >= LAST_RESIGNATION.toNanos()) {
            return;
        }
        world.after(Duration.ofMillis(200 + operator.nextInt(2_000)), this::operateNowAndThen);
        if (processes.isEmpty()) {
            return;
        }
        SimProcess asked = processes.get(operator.nextInt(processes.size()));
        long session =
                processes.get(operator.nextInt(processes.size())).engine().currentSession();
        String lease = leases().get(operator.nextInt(OTHERS.size() + 1)).name();
        int partition = operator.nextInt(orders.partitions());
        boolean mayResign = world.nanos() < LAST_RESIGNATION.dividedBy(2).toNanos();
        int which = mayResign ? operator.nextInt(6) : 2 + operator.nextInt(4);
        world.tell("%s is asked for operation %d on %s, partition %d, session %d"
                .formatted(asked.name(), which, lease, partition, session));
        asked.administer(administration -> {
            switch (which) {
                case 0 -> administration.startResign(lease, OptionalLong.empty());
                case 1 -> administration.startResign(lease, OptionalLong.of(session));
                case 2 -> administration.startRebalance(lease);
                case 3 -> ((DefaultLeaseAdministration) administration.dryRun()).startMove(lease, partition, session);
                case 4 -> administration.startMove(lease, 0, session);
                default -> administration.startMove(lease, partition, session);
            }
        });
    }

    /** Lets one of the processes drain or resume another one, or itself, or remove a lease. Some are drained until the end. */
    private void drainNowAndThen() {
        if (world.nanos() >= SUFFERING.toNanos()) {
            return;
        }
        world.after(Duration.ofMillis(200 + drainer.nextInt(8_000)), this::drainNowAndThen);
        if (processes.isEmpty()) {
            return;
        }
        SimProcess asked = processes.get(drainer.nextInt(processes.size()));
        SimProcess target = processes.get(drainer.nextInt(processes.size()));
        long session = target.engine().currentSession();
        boolean standBy = drainer.nextBoolean();
        boolean dryRun = drainer.nextInt(10) == 0;
        if (drainer.nextInt(3) == 0) {
            remove(asked, dryRun);
            return;
        }
        world.tell("%s is asked to %s session %d of %s%s"
                .formatted(
                        asked.name(),
                        standBy ? "drain" : "resume",
                        session,
                        target.name(),
                        dryRun ? ", as a dry run" : ""));
        asked.administer(
                administration -> (dryRun ? (DefaultLeaseAdministration) administration.dryRun() : administration)
                        .startDrain(session, standBy));
    }

    /** Lets a process remove a lease, which is refused as long as another one uses it. */
    private void remove(SimProcess asked, boolean dryRun) {
        int which = drainer.nextInt(OTHERS.size() + 2);
        String lease =
                which <= OTHERS.size() ? leases().get(which).name() : "passing-" + drainer.nextInt(1 + passingLeases);
        world.tell("%s is asked to remove %s%s".formatted(asked.name(), lease, dryRun ? ", as a dry run" : ""));
        asked.administer(administration ->
                (dryRun ? (DefaultLeaseAdministration) administration.dryRun() : administration).startRemove(lease));
    }

    private void suffer() {
        if (world.nanos() >= SUFFERING.toNanos()) {
            return;
        }
        world.after(world.upTo(Duration.ofSeconds(6)), this::suffer);
        if (processes.isEmpty() || world.chance(0.25) && processes.size() < 6) {
            world.after(storage.unsafeForNewcomers(), this::startProcess);
            return;
        }
        SimProcess victim = processes.get(world.random().nextInt(processes.size()));
        SimEnvironment machine = victim.environment();
        Duration time = world.shortTime(Duration.ofSeconds(30));
        switch (world.random().nextInt(conditions.changingLeases() ? 18 : 16)) {
            case 0 -> {
                world.tell(victim.name() + " crashes");
                machine.crash();
            }
            case 1 -> {
                world.tell(victim.name() + " is closed");
                victim.close();
            }
            case 2 -> {
                String lease = anyLease().name();
                world.tell(victim.name() + " leaves " + lease);
                victim.leave(lease);
            }
            case 3 -> pause(victim, time, false);
            case 4 -> standStill(victim, time);
            case 5 -> cutOff(victim, time);
            case 6 -> {
                world.tell("the storage is away for " + time);
                storage.setAway(true);
                world.after(time, () -> storage.setAway(false));
            }
            case 7 -> {
                world.tell("%s is slow for %s".formatted(victim.name(), time));
                machine.slowness(Duration.ofSeconds(2));
                world.after(time, () -> machine.slowness(Duration.ofMillis(8)));
            }
            case 8 -> storage.mishap(Mishap.ODD, victim);
            case 9 -> {
                world.tell(victim.name() + " is retired");
                victim.retire();
                world.after(time, victim::close);
            }
            case 10 -> {
                LeaseSpec lease = anyLease();
                world.tell(victim.name() + " leaves and joins " + lease.name());
                victim.leave(lease.name());
                world.after(world.shortTime(Duration.ofSeconds(5)), () -> victim.join(current(lease)));
            }
            case 11 -> storage.mishap(Mishap.GRAVE, victim);
            case 12 -> {
                if (world.nanos() < LAST_RESIGNATION.toNanos()) {
                    String election =
                            OTHERS.get(1 + world.random().nextInt(ELECTIONS)).name();
                    world.tell(victim.name() + " resigns from " + election);
                    victim.resign(election);
                }
            }
            case 13 -> restart(victim, time);
            case 14 -> drain(victim, time);
            case 16 -> resizeOrders();
            case 17 -> passingLease(victim, time);
            default -> leases().forEach(victim::join);
        }
    }

    /** Stops a client and, as a rule, starts it again, which may be before it has stopped. */
    private void restart(SimProcess process, Duration time) {
        world.tell(process.name() + " is stopped");
        process.stop();
        if (world.chance(0.9)) {
            world.after(
                    time,
                    () -> world.after(storage.unsafeForNewcomers(), () -> {
                        world.tell(process.name() + " is started again");
                        process.start();
                    }));
        }
    }

    /** Makes a process stand by for a time, or until the end. */
    private void drain(SimProcess process, Duration time) {
        boolean returns = world.chance(0.8);
        world.tell("%s is drained %s".formatted(process.name(), returns ? "for " + time : "for good"));
        process.drain();
        if (returns) {
            world.after(time, () -> {
                world.tell(process.name() + " is resumed");
                process.resume();
            });
        }
    }

    /** Makes all members of a lease leave it and join it with another number of partitions. */
    private void resizeOrders() {
        orders = LeaseSpec.partitions(orders.name(), 1 + world.random().nextInt(20));
        world.tell("from now on %s has %d partitions".formatted(orders.name(), orders.partitions()));
        processes.forEach(process -> process.resize(orders));
    }

    /** Joins a lease with a new name, and leaves it after a time. */
    private void passingLease(SimProcess process, Duration time) {
        LeaseSpec lease = LeaseSpec.partitions("passing-" + passingLeases++, 3);
        world.tell("%s joins %s for %s".formatted(process.name(), lease.name(), time));
        process.join(lease);
        world.after(time, () -> process.leave(lease.name()));
    }

    /** Cuts off both connections, or one of them. */
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

    /** Stops a machine, or sets its wall clock, but not both, because the client could not tell them apart. */
    private void standStill(SimProcess process, Duration time) {
        if (process.name().hashCode() % 2 == 0) {
            pause(process, time, true);
        } else {
            process.environment().setWallClock(world.between(Duration.ofSeconds(-10), Duration.ofSeconds(10)));
            world.tell("the wall clock of %s is set to %d"
                    .formatted(process.name(), process.environment().wallMillis()));
        }
    }

    private void pause(SimProcess process, Duration time, boolean stoodStill) {
        SimEnvironment machine = process.environment();
        if (!machine.isPaused()) {
            world.tell("%s is paused for %s".formatted(process.name(), time));
            machine.pause();
            world.after(time, () -> machine.resume(stoodStill));
        }
    }

    private void heal() {
        storage.setAway(false);
        storage.heal();
        processes.forEach(process -> {
            process.environment().cut(false);
            process.environment().slowness(Duration.ofMillis(8));
            process.environment().noErrors();
            process.environment().runClocks(1, 1);
            if (process.environment().isPaused()) {
                process.environment().resume(false);
            }
        });
    }
}
