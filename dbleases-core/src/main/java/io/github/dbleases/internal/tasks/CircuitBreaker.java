package io.github.dbleases.internal.tasks;

import io.github.dbleases.internal.Backoff;
import java.time.Duration;

/**
 * Limits how much is tried while everything fails.
 *
 * <pre>
 *   CLOSED     all that is wanted; opens after so many failures in a row, if the last success is not quite recent
 *   OPEN       nothing, for the delay of a {@link Backoff}
 *   HALF-OPEN  when the delay has passed: one probe. If it fails, OPEN for twice as long
 * </pre>
 *
 * <p>Any success closes it. A probe that has no outcome, because its session ended, is followed by another one after the
 * delay.
 */
final class CircuitBreaker {

    private final int threshold;
    private final long grace;
    private final Backoff backoff;
    private boolean succeeded;
    private long succeededAt;
    private int failures;
    private int openings;
    private boolean probing;
    private long closedUntil;

    /**
     * Begins closed.
     *
     * @param grace for how long after a success it does not open: whoever can do some tasks is not broken
     */
    CircuitBreaker(int threshold, Duration grace, Backoff backoff) {
        this.threshold = threshold;
        this.grace = grace.toNanos();
        this.backoff = backoff;
    }

    boolean isOpen() {
        return openings > 0;
    }

    /** Returns how much of what is wanted may be tried now. */
    int allowed(int wanted, long now) {
        if (!isOpen()) {
            return wanted;
        }
        return nanosUntilAllowed(now) <= 0 ? Math.min(1, wanted) : 0;
    }

    /** Returns how long until something may be tried, 0 or less if it may be now. */
    long nanosUntilAllowed(long now) {
        return isOpen() ? closedUntil - now : 0;
    }

    /** Records that something is about to be tried. */
    void probed(long now) {
        if (isOpen()) {
            probing = true;
            closedUntil = now + backoff.nanos(openings);
        }
    }

    void succeeded(long now) {
        succeeded = true;
        succeededAt = now;
        failures = 0;
        openings = 0;
        probing = false;
    }

    /** Records a failure, and returns whether the circuit has opened because of it. */
    boolean failed(long now) {
        if (isOpen()) {
            // What was at work when it opened is no probe.
            if (probing) {
                open(now);
            }
            return false;
        }
        failures++;
        if (failures < threshold || (succeeded && now - succeededAt < grace)) {
            return false;
        }
        open(now);
        return true;
    }

    private void open(long now) {
        openings++;
        probing = false;
        closedUntil = now + backoff.nanos(openings);
    }
}
