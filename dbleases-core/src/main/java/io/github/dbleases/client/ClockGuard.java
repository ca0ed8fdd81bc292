package io.github.dbleases.client;

import io.github.dbleases.Timing;
import java.time.Duration;
import java.time.Instant;

/**
 * Decides whether a client may mark others dead: not in the first TTL of its own session, not for a TTL after its own
 * heartbeats were interrupted for more than two heartbeats, and not for a TTL after the store's clock has moved between
 * two heartbeats by more than half the grace beyond what the client's monotonic clock allows for, and not for a TTL after
 * the store has got a new incarnation.
 *
 * <p>A heartbeat is answered at some instant between sending and receiving; that uncertainty counts in favour of the
 * clock here, and is bounded by the attempt timeout.
 */
final class ClockGuard {

    private final Timing timing;
    private Beat last;
    private long silentUntilNanos;

    /** Starts with the heartbeat that opened the session. */
    ClockGuard(Timing timing, Beat first) {
        this.timing = timing;
        this.last = first;
        this.silentUntilNanos = first.receivedNanos + timing.ttl().toNanos();
    }

    /** Takes note of a heartbeat that was answered. */
    void beat(Beat beat) {
        boolean interrupted =
                beat.sentNanos - last.sentNanos > 2 * timing.heartbeat().toNanos();
        if (interrupted || clockJumped(beat)) {
            silentUntilNanos = beat.receivedNanos + timing.ttl().toNanos();
        }
        last = beat;
    }

    /** Allows nothing for a TTL, because the store has a new incarnation. */
    void silence(long nowNanos) {
        silentUntilNanos = nowNanos + timing.ttl().toNanos();
    }

    private boolean clockJumped(Beat beat) {
        long moved = Duration.between(last.databaseTime, beat.databaseTime).toNanos();
        long least = beat.sentNanos - last.receivedNanos;
        long most = beat.receivedNanos - last.sentNanos;
        long tolerance = timing.grace().toNanos() / 2;
        return moved < least - tolerance || moved > most + tolerance;
    }

    /** Returns whether the client may mark others dead. */
    boolean allows(long nowNanos) {
        boolean overdue = nowNanos - last.sentNanos > 2 * timing.heartbeat().toNanos();
        return !overdue && nowNanos - silentUntilNanos >= 0;
    }

    /** Returns what the store's clock should show. */
    Instant expectedTime(long nowNanos) {
        long middle = last.sentNanos + (last.receivedNanos - last.sentNanos) / 2;
        return last.databaseTime.plusNanos(nowNanos - middle);
    }

    /**
     * A heartbeat that was answered.
     *
     * @param sentNanos when it was sent, by the client's monotonic clock
     * @param receivedNanos when the answer came
     * @param databaseTime the store's clock in the answer
     */
    record Beat(long sentNanos, long receivedNanos, Instant databaseTime) {}
}
