package io.github.dbleases.internal.tasks;

import io.github.dbleases.internal.Backoff;
import java.time.Duration;

/**
 * Limits how much is tried while everything fails.
 *
 * <pre>
 *   CLOSED     allows everything. Opens after a number of failures in a row, unless there was a success a moment ago
 *   OPEN       allows nothing for the delay of a {@link Backoff}
 *   HALF-OPEN  allows one probe after the delay. If the probe fails: OPEN for twice as long
 * </pre>
 *
 * <p>Any success closes it. A probe can remain without an outcome because its session ended; another one follows after the
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
     * Creates a closed breaker.
     *
     * @param threshold the number of failures in a row that open it
     * @param grace how long it stays closed after a success: an instance on which some tasks succeed is not broken
     */
    CircuitBreaker(int threshold, Duration grace, Backoff backoff) {
        this.threshold = threshold;
        this.grace = grace.toNanos();
        this.backoff = backoff;
    }

    boolean isOpen() {
        return openings > 0;
    }

    /** Returns how many tasks may be tried now, up to a wanted number. */
    int allowed(int wanted, long now) {
        if (!isOpen()) {
            return wanted;
        }
        return nanosUntilAllowed(now) <= 0 ? Math.min(1, wanted) : 0;
    }

    /** Returns how long until a task may be tried, 0 or less if one may be tried now. */
    long nanosUntilAllowed(long now) {
        return isOpen() ? closedUntil - now : 0;
    }

    /** Records that a task is about to be tried. */
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
            // Tasks that were in flight when it opened are no probes.
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
