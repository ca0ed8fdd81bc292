package io.github.dbleases.internal.client;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.Neighbor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Decides whether a client may mark a session dead (rule 8). It may if, for the TTL plus the grace of that session,
 *
 * <ul>
 *   <li>the client has had its own session;
 *   <li>the client's heartbeats were never interrupted for more than two heartbeat intervals;
 *   <li>the store's clock has moved with the client's monotonic clock, to within half the grace of the session. So
 *       neither a step nor a different rate has made the session look expired before its client stopped trusting it;
 *   <li>the store has had the same incarnation.
 * </ul>
 *
 * <p>A heartbeat is answered at some instant between sending and receiving. This gives bounds for how far the store's
 * clock is ahead of the client's, and each heartbeat narrows them. Wide bounds, caused by slow heartbeats, could hide a
 * step of the clock. So no session may be marked while the bounds are wider than the margin, or for a TTL after that.
 */
final class ClockGuard {

    /** How many heartbeats are remembered at least, even if no session needs that long a history. */
    private static final int REMEMBERED = 64;

    private final Timing timing;
    private final Heartbeat first;
    private final long tolerance;
    private final long widest;
    private final Deque<Bounds> history = new ArrayDeque<>();
    private long longestWindow;
    private long sentNanos;
    private long least;
    private long most;
    private long steadySinceNanos;

    /** Starts with the heartbeat that opened the session. */
    ClockGuard(Timing timing, Heartbeat first) {
        this.timing = timing;
        this.first = first;
        this.tolerance = timing.grace().toNanos() / 2;
        this.widest = Math.max(timing.margin().toNanos(), tolerance);
        this.longestWindow = timing.ttl().plus(timing.grace()).toNanos();
        this.sentNanos = first.sentNanos;
        Bounds bounds = bounds(first);
        follow(bounds);
        history.add(bounds);
        restartSteadyTime(first.receivedNanos);
    }

    /** Records a heartbeat that was answered. Returns whether the store's clock has stepped. */
    boolean record(Heartbeat heartbeat) {
        boolean interrupted =
                heartbeat.sentNanos - sentNanos > 2 * timing.heartbeat().toNanos();
        sentNanos = heartbeat.sentNanos;
        Bounds bounds = bounds(heartbeat);
        boolean stepped = bounds.least > most + tolerance || bounds.most < least - tolerance;
        if (stepped) {
            follow(bounds);
        } else {
            narrow(bounds);
        }
        history.add(bounds);
        forgetBefore(heartbeat.receivedNanos - longestWindow);
        if (interrupted || stepped || most - least > widest) {
            restartSteadyTime(heartbeat.receivedNanos);
        }
        return stepped;
    }

    private void follow(Bounds bounds) {
        least = bounds.least;
        most = bounds.most;
    }

    /**
     * Keeps the intersection with the bounds of a heartbeat or, if it is empty, the point of these nearest to the old
     * bounds.
     */
    private void narrow(Bounds bounds) {
        least = Math.max(bounds.least, Math.min(least, bounds.most));
        most = Math.max(bounds.least, Math.min(most, bounds.most));
    }

    /** Forgets the heartbeats before an instant, except for the last of them. */
    private void forgetBefore(long instantNanos) {
        while (history.size() > REMEMBERED) {
            Bounds oldest = history.removeFirst();
            if (history.getFirst().atNanos - instantNanos > 0) {
                history.addFirst(oldest);
                return;
            }
        }
    }

    private Bounds bounds(Heartbeat heartbeat) {
        return new Bounds(
                heartbeat.receivedNanos,
                ahead(heartbeat, heartbeat.receivedNanos),
                ahead(heartbeat, heartbeat.sentNanos));
    }

    /** Returns how far the store's clock is ahead, relative to the start, if a heartbeat was answered at an instant. */
    private long ahead(Heartbeat heartbeat, long atNanos) {
        return Duration.between(first.databaseTime, heartbeat.databaseTime).toNanos() - (atNanos - first.sentNanos);
    }

    /** Prevents sessions from being marked dead for their TTL plus their grace. */
    void restartSteadyTime(long nowNanos) {
        steadySinceNanos = nowNanos;
    }

    /** Returns the condition under which a session may be marked dead, or empty if this client may not mark it. */
    Optional<MarkDeadCondition> markDeadCondition(Neighbor watched, long nowNanos) {
        long window = watched.ttl().plus(watched.grace()).toNanos();
        longestWindow = Math.max(longestWindow, window);
        long steady = nowNanos - steadySinceNanos;
        boolean overdue = nowNanos - sentNanos > 2 * timing.heartbeat().toNanos();
        if (overdue || steady < window) {
            return Optional.empty();
        }
        long greatestLeast = Long.MIN_VALUE;
        long leastMost = Long.MAX_VALUE;
        Iterator<Bounds> newest = history.descendingIterator();
        Bounds bounds;
        do {
            if (!newest.hasNext()) {
                return Optional.empty();
            }
            bounds = newest.next();
            greatestLeast = Math.max(greatestLeast, bounds.least);
            leastMost = Math.min(leastMost, bounds.most);
        } while (nowNanos - bounds.atNanos < window);
        if (greatestLeast - leastMost > watched.grace().toNanos() / 2) {
            return Optional.empty();
        }
        // The store compares its clock with the slowest one that is consistent with these heartbeats.
        long ahead = Math.min(least + (most - least) / 2, leastMost);
        return Optional.of(new MarkDeadCondition(
                watched.session(),
                watched.grace(),
                first.databaseTime.plusNanos(nowNanos - first.sentNanos + ahead),
                Duration.ofNanos(steady)));
    }

    /**
     * A heartbeat that was answered.
     *
     * @param sentNanos when it was sent, by the client's monotonic clock
     * @param receivedNanos when the reply arrived
     * @param databaseTime the store's clock in the reply
     */
    record Heartbeat(long sentNanos, long receivedNanos, Instant databaseTime) {}

    /** How far the store's clock was ahead of the client's, at least and at most, when a heartbeat was answered. */
    private record Bounds(long atNanos, long least, long most) {}
}
