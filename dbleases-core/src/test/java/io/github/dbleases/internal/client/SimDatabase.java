package io.github.dbleases.internal.client;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Change.Vacate;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A database that can be unreachable, lose its last commits in a failover, and have its clock set. */
final class SimDatabase implements SimStorage {

    private static final int STANDBYS = 8;
    private final SimWorld world;
    private final SimWorld.DatabaseClock clock;
    private final InMemoryLeaseStore store;
    private final Deque<InMemoryLeaseStore.Backup> standbys = new ArrayDeque<>();

    /**
     * A standby that has not followed the primary since the last failover, so it repeats the timeline if it is
     * promoted.
     */
    private InMemoryLeaseStore.@Nullable Backup leftBehind;

    private final AtomicInteger plans = new AtomicInteger();
    private Instant latest = Instant.MIN;
    private final Duration timeToNotice;
    private final Duration quietTime;
    private long jumpedNanos;
    private long quietUntilNanos;
    private long quietTimeCutShort;
    private boolean lockedByOthers;
    private boolean away;
    private long awayUntilNanos = Long.MIN_VALUE / 2;

    SimDatabase(SimWorld world) {
        this.world = world;
        this.clock = world.new DatabaseClock();
        this.store = new InMemoryLeaseStore(clock);
        Timing slowest = world.conditions().slowest();
        this.timeToNotice = slowest.ttl();
        this.quietTime = slowest.ttl().plus(world.conditions().longestGrace()).plusSeconds(2);
        this.jumpedNanos = -timeToNotice.toNanos();
        // The store knows all timings from the beginning. A failover that loses the first session with a longer TTL is
        // a documented limit.
        world.conditions().timings().forEach(timing -> store.workChannel(timing).clusterSnapshot());
        clock.run(world.conditions().anyRate(world));
        standbys.add(store.backup());
    }

    /** Returns how often a client has read a whole lease to plan its balance. */
    int plans() {
        return plans.get();
    }

    /** Sets whether other transactions have locked all leases. Only those wait that must have the lock. */
    void lockByOthers(boolean next) {
        lockedByOthers = next;
    }

    InMemoryLeaseStore store() {
        return store;
    }

    @Override
    public HeartbeatChannel heartbeatChannel(SimEnvironment process, Timing timing) {
        return store.heartbeatChannel(timing);
    }

    @Override
    public WorkChannel workChannel(SimEnvironment process, Timing timing) {
        return new SimWorkChannel(
                store.workChannel(timing),
                lease -> lockedByOthers || world.misfortune(0.1),
                change -> (change instanceof Grant || change instanceof Vacate) && world.misfortune(0.01),
                world.deadSessions(),
                plans);
    }

    SimWorld.DatabaseClock clock() {
        return clock;
    }

    @Override
    public ClusterSnapshot clusterSnapshot() {
        return store.workChannel(Timing.DEFAULT).clusterSnapshot();
    }

    @Override
    public void setAway(boolean next) {
        if (away && !next) {
            awayUntilNanos = world.nanos();
        }
        away = next;
    }

    /** Sets the clock. */
    void jump(Duration by) {
        clock.jump(by);
        jumpedNanos = world.nanos();
        quietTimeCutShort = by.isNegative() ? quietTimeCutShort : quietUntilNanos;
    }

    /**
     * Returns whether the clock was set, or a new primary promoted, so recently that an undisturbed client may not have
     * noticed it. Two cases are documented limits: a clock that is set back and forth between two heartbeats, which no
     * client notices although it shortens the sessions that were renewed in between, and a new primary whose clock lags
     * too much.
     */
    boolean hasJustJumped() {
        return world.nanos() - jumpedNanos < timeToNotice.toNanos();
    }

    @Override
    public boolean isCalm() {
        return !away && !wasJustAway() && !hasJustJumped() && world.nanos() >= quietUntilNanos;
    }

    /** Returns whether it was away so recently that no client may mark a session dead yet. */
    private boolean wasJustAway() {
        return world.nanos() - awayUntilNanos
                < timeToNotice.plus(Timing.DEFAULT.grace()).toNanos();
    }

    @Override
    public void heal() {
        clock.run(1);
    }

    /**
     * Returns for how long no new process may start. A process that does not know of a failover relies on the store's
     * clock for the end of the quiet time, and that clock may have been set. This is a documented limit.
     */
    @Override
    public Duration unsafeForNewcomers() {
        return Duration.ofNanos(Math.max(0, quietTimeCutShort - world.nanos()));
    }

    @Override
    public <T> Runnable call(SimLoop<?> loop, Supplier<T> call, Outcome<T> outcome) {
        if (!loop.isCut()) {
            world.after(loop.environment().requestDelay(), () -> execute(loop, call, outcome));
        }
        return () -> {};
    }

    private <T> void execute(SimLoop<?> loop, Supplier<T> call, Outcome<T> outcome) {
        SimEnvironment process = loop.environment();
        try {
            T answer = execute(call);
            if (!loop.isCut() && !world.misfortune(0.01)) {
                world.after(process.replyDelay(), () -> process.run(() -> outcome.succeed(answer)));
            }
        } catch (RuntimeException failure) {
            world.after(process.replyDelay(), () -> process.run(() -> outcome.fail(failure)));
        }
    }

    private <T> T execute(Supplier<T> statement) {
        if (away) {
            throw new StoreUnavailableException("The simulated database is away");
        }
        T result = statement.get();
        latest = latest.isAfter(clock.instant()) ? latest : clock.instant();
        if (world.chance(0.2)) {
            standbys.addLast(store.backup());
            if (standbys.size() > STANDBYS) {
                standbys.removeFirst();
            }
        }
        return result;
    }

    /** Sets the clock, or fails over. */
    @Override
    public void mishap(Mishap mishap, SimProcess victim) {
        SimConditions conditions = world.conditions();
        if (mishap == Mishap.GRAVE) {
            Duration ttl = conditions.fastest().ttl();
            failOver(world.between(ttl.negated(), ttl), ttl);
            clock.run(conditions.anyRate(world));
        } else if (conditions.haveClocksOfDifferentRates()) {
            // The clock is slewed. It is not set as well, because the tolerance covers either different rates or a
            // step.
            clock.run(conditions.anyRate(world));
        } else if (!hasJustJumped() && !(conditions.areMixed() && world.nanos() < quietUntilNanos)) {
            Duration jump = world.between(Duration.ofSeconds(-10), Duration.ofSeconds(10));
            world.tell("the clock of the database jumps by " + jump);
            jump(jump);
        }
    }

    @Override
    public void close() {}

    /**
     * Promotes a standby that lags a little or not at all or, now and then, the one that was left behind in the
     * previous failover. Its clock differs, but is at most the given time behind everything that was seen before.
     */
    void failOver(Duration clockDifference, Duration behindAtMost) {
        String which = leftBehind != null && world.chance(0.5) ? promoteLeftBehind(leftBehind) : promoteFollower();
        clock.jump(clockDifference);
        Duration tooFarBehind = Duration.between(clock.instant(), latest).minus(behindAtMost);
        if (!tooFarBehind.isNegative()) {
            clock.jump(tooFarBehind);
        }
        world.tell("the database fails over to a standby that %s, its time is %s".formatted(which, clock.instant()));
    }

    private String promoteLeftBehind(InMemoryLeaseStore.Backup standby) {
        failOverUnaware(standby);
        return "was left behind";
    }

    private String promoteFollower() {
        InMemoryLeaseStore.Backup other =
                List.copyOf(standbys).get(world.random().nextInt(standbys.size()));
        int lag = world.random().nextInt(standbys.size());
        for (int i = 0; i < lag; i++) {
            standbys.removeLast();
        }
        failOverTo(standbys.getLast());
        leftBehind = other;
        return "lags by %d copies".formatted(lag);
    }

    /** Promotes a standby that is a copy of an earlier state. */
    void failOverTo(InMemoryLeaseStore.Backup standby) {
        store.failOver(standby);
        hasFailedOver(standby);
    }

    /** Promotes a standby that is a copy of an earlier state and does not know of any failover since. */
    void failOverUnaware(InMemoryLeaseStore.Backup standby) {
        store.failOverUnaware(standby);
        hasFailedOver(standby);
    }

    private void hasFailedOver(InMemoryLeaseStore.Backup standby) {
        world.heartbeatsAreForgotten(timeToNotice.multipliedBy(2));
        world.deadSessions().clear();
        standbys.clear();
        standbys.add(standby);
        jumpedNanos = world.nanos();
        quietUntilNanos = world.nanos() + quietTime.toNanos();
    }
}
