package io.github.dbleases.internal.client;

import java.time.Duration;

/**
 * The trust in a session until its deadline on both clocks, counted from before the heartbeat was sent (rule 2). Trust
 * belongs to an epoch: grants of another epoch are not trusted, even if they have not been dropped yet. Immutable.
 */
final class Trust {

    /** No session is trusted. */
    static final Trust NONE = new Trust(TrustDeadline.NO_EPOCH, false, 0, 0);

    private final long epoch;
    private final boolean granted;
    private final long untilNanos;
    private final long untilWallMillis;

    private Trust(long epoch, boolean granted, long untilNanos, long untilWallMillis) {
        this.epoch = epoch;
        this.granted = granted;
        this.untilNanos = untilNanos;
        this.untilWallMillis = untilWallMillis;
    }

    /** Returns the trust that lasts for a time from the instant at which a heartbeat was sent. */
    static Trust since(Moment sent, Duration time, long epoch) {
        return new Trust(epoch, true, sent.nanos() + time.toNanos(), sent.wallMillis() + time.toMillis());
    }

    /** Returns whether both clocks show a time before the deadline. */
    boolean holds(Clock clock) {
        return granted && clock.nanoTime() - untilNanos < 0 && clock.wallMillis() < untilWallMillis;
    }

    /** Returns whether grants of an epoch are trusted. */
    boolean holds(long grantedIn, Clock clock) {
        return grantedIn == epoch && holds(clock);
    }

    /** Returns the time until the deadline, zero if it has passed. */
    Duration remaining(Clock clock) {
        if (!holds(clock)) {
            return Duration.ZERO;
        }
        long nanos = untilNanos - clock.nanoTime();
        long wallNanos = (untilWallMillis - clock.wallMillis()) * 1_000_000;
        return Duration.ofNanos(Math.max(0, Math.min(nanos, wallNanos)));
    }

    /** Returns how long ago the deadline passed on the monotonic clock, zero if it did not. */
    Duration overdue(Clock clock) {
        return granted ? Duration.ofNanos(Math.max(0, clock.nanoTime() - untilNanos)) : Duration.ZERO;
    }

    /** An instant on both clocks. */
    record Moment(long nanos, long wallMillis) {

        static Moment now(Clock clock) {
            return new Moment(clock.nanoTime(), clock.wallMillis());
        }
    }
}
