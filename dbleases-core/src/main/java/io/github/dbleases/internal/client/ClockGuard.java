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
 * Decides whether a client may mark a session dead. It may when, for as long as the TTL and the grace of that session,
 *
 * <ul>
 *   <li>the client has had its own session;
 *   <li>its heartbeats were never interrupted for more than two heartbeats;
 *   <li>the store's clock has moved with the client's monotonic clock, to within half the grace of the session: neither a
 *       step nor a different rate has made the session look expired before its client stopped trusting it;
 *   <li>the store has kept its incarnation.
 * </ul>
 *
 * <p>A heartbeat is answered at some instant between sending and receiving. So it tells within which bounds the store's
 * clock is ahead of the client's, and each heartbeat narrows the bounds. Bounds that are wide, because heartbeats are slow,
 * could hide a step: while they are wider than the margin no session may be marked, nor for a TTL after that.
 */
final class ClockGuard {

    /** So many heartbeats are remembered even if no session was watched for so long. */
    private static final int REMEMBERED = 64;

    private final Timing timing;
    private final Beat first;
    private final long tolerance;
    private final long widest;
    private final Deque<Bounds> history = new ArrayDeque<>();
    private long longestWindow;
    private long sentNanos;
    private long least;
    private long most;
    private long steadySinceNanos;

    /** Starts with the heartbeat that opened the session. */
    ClockGuard(Timing timing, Beat first) {
        this.timing = timing;
        this.first = first;
        this.tolerance = timing.grace().toNanos() / 2;
        this.widest = Math.max(timing.margin().toNanos(), tolerance);
        this.longestWindow = timing.ttl().plus(timing.grace()).toNanos();
        this.sentNanos = first.sentNanos;
        Bounds bounds = bounds(first);
        follow(bounds);
        history.add(bounds);
        silence(first.receivedNanos);
    }

    /** Records a heartbeat that was answered. */
    void beat(Beat beat) {
        boolean interrupted =
                beat.sentNanos - sentNanos > 2 * timing.heartbeat().toNanos();
        sentNanos = beat.sentNanos;
        Bounds bounds = bounds(beat);
        boolean stepped = bounds.least > most + tolerance || bounds.most < least - tolerance;
        if (stepped) {
            follow(bounds);
        } else {
            narrow(bounds);
        }
        history.add(bounds);
        forgetBefore(beat.receivedNanos - longestWindow);
        if (interrupted || stepped || most - least > widest) {
            silence(beat.receivedNanos);
        }
    }

    private void follow(Bounds bounds) {
        least = bounds.least;
        most = bounds.most;
    }

    /** Keeps what both the bounds and the heartbeat allow for; if that is nothing, what the heartbeat does, nearest to it. */
    private void narrow(Bounds bounds) {
        least = Math.max(bounds.least, Math.min(least, bounds.most));
        most = Math.max(bounds.least, Math.min(most, bounds.most));
    }

    /** Forgets heartbeats, except for the last one before an instant. */
    private void forgetBefore(long instantNanos) {
        while (history.size() > REMEMBERED) {
            Bounds oldest = history.removeFirst();
            if (history.getFirst().atNanos - instantNanos > 0) {
                history.addFirst(oldest);
                return;
            }
        }
    }

    private Bounds bounds(Beat beat) {
        return new Bounds(beat.receivedNanos, ahead(beat, beat.receivedNanos), ahead(beat, beat.sentNanos));
    }

    /** Returns by how much the store's clock is ahead if a heartbeat was answered at an instant; 0 is where it began. */
    private long ahead(Beat beat, long atNanos) {
        return Duration.between(first.databaseTime, beat.databaseTime).toNanos() - (atNanos - first.sentNanos);
    }

    /** Lets no session be marked dead for the TTL and the grace of that session. */
    void silence(long nowNanos) {
        steadySinceNanos = nowNanos;
    }

    /** Returns the condition to mark a session dead; empty if the client may not. */
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
        // The store compares its clock with the slowest one that these heartbeats allow for.
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
     * @param receivedNanos when the answer came
     * @param databaseTime the store's clock in the answer
     */
    record Beat(long sentNanos, long receivedNanos, Instant databaseTime) {}

    /** By how much the store's clock was ahead of the client's, at least and at most, when a heartbeat was answered. */
    private record Bounds(long atNanos, long least, long most) {}
}
