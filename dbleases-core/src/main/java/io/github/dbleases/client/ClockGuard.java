package io.github.dbleases.client;

import io.github.dbleases.Timing;
import java.time.Duration;
import java.time.Instant;

/**
 * Decides whether a client may mark others dead: not in the first TTL of its own session, not for a TTL after its own
 * heartbeats were interrupted for more than two heartbeats, not for a TTL after the store's clock has moved between two
 * heartbeats by more than half the grace beyond what the client's monotonic clock allows for, and not for a TTL after the
 * store has got a new incarnation.
 *
 * <p>A heartbeat is answered at some instant between sending and receiving. So it tells within which bounds the store's
 * clock is ahead of the client's, and each heartbeat narrows the bounds; one that contradicts them shows a jump. Bounds
 * that are wide, because heartbeats are slow, could hide a jump that lets a session expire while its client still trusts
 * it: while they are wider than the margin nothing is allowed, nor for a TTL after that.
 */
final class ClockGuard {

    private final Timing timing;
    private final Beat first;
    private final long tolerance;
    private final long widest;
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
        this.sentNanos = first.sentNanos;
        bound(first);
        silence(first.receivedNanos);
    }

    /** Takes note of a heartbeat that was answered. */
    void beat(Beat beat) {
        boolean interrupted =
                beat.sentNanos - sentNanos > 2 * timing.heartbeat().toNanos();
        sentNanos = beat.sentNanos;
        boolean jumped =
                ahead(beat, beat.receivedNanos) > most + tolerance || ahead(beat, beat.sentNanos) < least - tolerance;
        if (jumped) {
            bound(beat);
        } else {
            narrow(beat);
        }
        if (interrupted || jumped || most - least > widest) {
            silence(beat.receivedNanos);
        }
    }

    private void bound(Beat beat) {
        least = ahead(beat, beat.receivedNanos);
        most = ahead(beat, beat.sentNanos);
    }

    /** Keeps what both the bounds and the heartbeat allow for; if that is nothing, what the heartbeat does, nearest to it. */
    private void narrow(Beat beat) {
        long leastNow = ahead(beat, beat.receivedNanos);
        long mostNow = ahead(beat, beat.sentNanos);
        least = Math.max(leastNow, Math.min(least, mostNow));
        most = Math.max(leastNow, Math.min(most, mostNow));
    }

    /** Returns by how much the store's clock is ahead if a heartbeat was answered at an instant; 0 is where it began. */
    private long ahead(Beat beat, long atNanos) {
        return Duration.between(first.databaseTime, beat.databaseTime).toNanos() - (atNanos - first.sentNanos);
    }

    /** Allows nothing for a TTL. */
    void silence(long nowNanos) {
        steadySinceNanos = nowNanos;
    }

    /** Returns how long nothing has been out of the ordinary. */
    Duration steadyFor(long nowNanos) {
        return Duration.ofNanos(nowNanos - steadySinceNanos);
    }

    /** Returns whether the client may mark others dead. */
    boolean allows(long nowNanos) {
        boolean overdue = nowNanos - sentNanos > 2 * timing.heartbeat().toNanos();
        return !overdue && steadyFor(nowNanos).compareTo(timing.ttl()) >= 0;
    }

    /** Returns what the store's clock should show. */
    Instant expectedTime(long nowNanos) {
        return first.databaseTime.plusNanos(nowNanos - first.sentNanos + least + (most - least) / 2);
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
