package io.github.dbleases.internal.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The time of a simulation. Events happen in order, and nothing happens between them. */
final class SimWorld {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Random random;
    private final Random observers;
    private final SimConditions conditions;
    private final Queue<Event> events = new PriorityQueue<>();
    private long nanos;
    private long scheduled;
    private boolean rough;
    private boolean observed = true;
    private final List<String> story = new ArrayList<>();
    private final Set<Long> deadSessions = new HashSet<>();
    private long forgottenUntilNanos;
    private @Nullable String violation;

    SimWorld(long seed) {
        this(seed, SimConditions.ORDINARY);
    }

    SimWorld(long seed, SimConditions conditions) {
        this.random = new Random(seed);
        this.observers = new Random(~seed);
        this.conditions = conditions;
    }

    SimConditions conditions() {
        return conditions;
    }

    Random random() {
        return random;
    }

    long nanos() {
        return nanos;
    }

    /** From now on, processes start without an observer. */
    void withoutObservers() {
        observed = false;
    }

    boolean isObserved() {
        return observed;
    }

    /** Returns the random numbers of observers, which must not influence what else happens. */
    Random observers() {
        return observers;
    }

    Instant start() {
        return START;
    }

    Instant instant() {
        return START.plusNanos(nanos);
    }

    /** Records an event, which helps to find out why a schedule failed. */
    void tell(String what) {
        story.add("%10.6f s  %s".formatted(nanos / 1e9, what));
    }

    /** Records that something has happened that must never happen. */
    void violation(String what) {
        if (violation == null) {
            tell(what);
            violation = String.join("\n", story);
        }
    }

    @Nullable
    String violation() {
        return violation;
    }

    /** Returns the sessions that were marked dead since the last failover, which may have undone earlier ones. */
    Set<Long> deadSessions() {
        return deadSessions;
    }

    /**
     * Records that the store may have forgotten heartbeats, for which clients still trust their sessions for a time.
     */
    void heartbeatsAreForgotten(Duration trusted) {
        forgottenUntilNanos = nanos + trusted.toNanos();
    }

    /**
     * Returns whether a session may be dead although its client trusts it, because the store has forgotten its
     * heartbeat. This is a documented limit. Others may then also work on its tasks, which it cannot finish, and it
     * can't claim more.
     */
    boolean mayTrustTheDead() {
        return nanos < forgottenUntilNanos;
    }

    /** Runs an action after a time. */
    Event after(Duration delay, Runnable action) {
        Event event = new Event(nanos + Math.max(0, delay.toNanos()), scheduled++, action);
        events.add(event);
        return event;
    }

    /** Runs the next event. If none is due by the given time, advances to that time and returns false. */
    boolean step(long untilNanos) {
        Event next = events.peek();
        while (next != null && next.cancelled) {
            events.remove();
            next = events.peek();
        }
        if (next == null || next.at > untilNanos) {
            nanos = untilNanos;
            return false;
        }
        events.remove();
        nanos = next.at;
        next.over = true;
        next.action.run();
        return true;
    }

    /** From now on, requests and replies are sometimes lost or late, and listeners are slow. */
    void becomeRough() {
        rough = true;
    }

    /** From now on, nothing is lost or late. */
    void calmDown() {
        rough = false;
    }

    boolean isRough() {
        return rough;
    }

    /** Returns whether a misfortune happens, which it does only in a rough world. */
    boolean misfortune(double probability) {
        return rough && chance(probability);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Returns a random time up to a limit, mostly far below it. */
    Duration shortTime(Duration limit) {
        double skewed = Math.pow(random.nextDouble(), 4);
        return Duration.ofNanos((long) (limit.toNanos() * skewed));
    }

    Duration between(Duration least, Duration most) {
        return least.plus(upTo(most.minus(least)));
    }

    Duration upTo(Duration limit) {
        return Duration.ofNanos((long) (limit.toNanos() * random.nextDouble()));
    }

    /** A scheduled action. */
    static final class Event implements Comparable<Event> {

        private final long at;
        private final long number;
        private final Runnable action;
        private boolean cancelled;
        private boolean over;

        private Event(long at, long number, Runnable action) {
            this.at = at;
            this.number = number;
            this.action = action;
        }

        /** Returns whether the action was still pending. */
        boolean cancel() {
            boolean toCome = !cancelled && !over;
            cancelled = true;
            return toCome;
        }

        @Override
        public int compareTo(Event other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    /** The database's clock, which an operator or a time service can change. */
    final class DatabaseClock extends Clock {

        private final SimClock clock = new SimClock(SimWorld.this);

        void jump(Duration by) {
            clock.step(by);
        }

        /** Changes the rate of the clock relative to the time of the world. */
        void run(double rate) {
            clock.run(rate);
        }

        @Override
        public Instant instant() {
            return START.plusNanos(clock.nanos());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
