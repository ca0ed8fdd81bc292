package io.github.dbleases.internal.tasks;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** Exponential back-off with jitter: a first delay, doubled after each further failure, up to a longest one. */
final class Backoff {

    private static final double SPREAD = 0.2;

    private final long first;
    private final long longest;
    private final DoubleSupplier random;

    Backoff(Duration first, Duration longest, DoubleSupplier random) {
        this.first = first.toNanos();
        this.longest = longest.toNanos();
        this.random = random;
    }

    /** Returns the delay after a number of failures, which is at least one, within 20 %. */
    long nanos(int failures) {
        int doublings = Math.min(failures - 1, Long.numberOfLeadingZeros(first) - 2);
        return jittered(Math.min(longest, first << doublings), SPREAD, random);
    }

    /** Returns a random time within a spread around another one, so that runners don't act at the same moments. */
    static long jittered(long nanos, double spread, DoubleSupplier random) {
        return (long) (nanos * (1 - spread + 2 * spread * random.getAsDouble()));
    }
}
