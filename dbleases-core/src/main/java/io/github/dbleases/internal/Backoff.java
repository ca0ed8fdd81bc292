package io.github.dbleases.internal;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Exponential back-off: a first delay that doubles with each further failure, up to a longest delay, with jitter.
 *
 * <p>{@link #nanos} is thread-safe if the source of random numbers is. {@link #next} and {@link #reset} count the failures
 * for a single thread.
 */
public final class Backoff {

    private static final double SPREAD = 0.2;

    private final long first;
    private final long longest;
    private final double least;
    private final double width;
    private final DoubleSupplier random;
    private int failures;

    private Backoff(Duration first, Duration longest, double least, double width, DoubleSupplier random) {
        this.first = first.toNanos();
        this.longest = longest.toNanos();
        this.least = least;
        this.width = width;
        this.random = random;
    }

    /**
     * Returns a back-off whose delays are half to all of the doubled delay, and never longer than the longest.
     *
     * @param random returns numbers from 0 to 1
     */
    public static Backoff upTo(Duration first, Duration longest, DoubleSupplier random) {
        return new Backoff(first, longest, 0.5, 0.5, random);
    }

    /**
     * Returns a back-off whose delays are within 20 % of the doubled delay.
     *
     * @param random returns numbers from 0 to 1
     */
    public static Backoff around(Duration first, Duration longest, DoubleSupplier random) {
        return new Backoff(first, longest, 1 - SPREAD, 2 * SPREAD, random);
    }

    /** Returns the delay after a number of failures, at least one. */
    public long nanos(int number) {
        int doublings = Math.min(number - 1, Long.numberOfLeadingZeros(first) - 2);
        return (long) (Math.min(longest, first << doublings) * (least + width * random.getAsDouble()));
    }

    /** Returns the delay after one more failure. */
    public Duration next() {
        failures = Math.min(failures, Integer.MAX_VALUE - 1) + 1;
        return Duration.ofNanos(nanos(failures));
    }

    /** Starts again with the first delay. */
    public void reset() {
        failures = 0;
    }

    /** Returns a time within a part of another one, so that periodic work of several clients doesn't run in step. */
    public static long jittered(long nanos, double spread, DoubleSupplier random) {
        return (long) (nanos * (1 - spread + 2 * spread * random.getAsDouble()));
    }
}
