package io.github.dbleases.tasks.runner;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** The time for which a queue that could not be used is left alone: from the interval on, twice as long each time. */
final class Pause {

    private static final long LONGEST = Duration.ofMinutes(1).toNanos();

    /** While the runner is being stopped, which has an end. */
    private static final long HASTE = Duration.ofMillis(100).toNanos();

    private final long first;
    private final DoubleSupplier random;
    private long delay;
    private long untilNanos;

    Pause(Duration interval, DoubleSupplier random, long now) {
        this.first = Math.min(LONGEST, interval.toNanos());
        this.random = random;
        this.untilNanos = now;
    }

    void begin(boolean hurried, long now) {
        delay = delay == 0 ? first : Math.min(LONGEST, 2 * delay);
        untilNanos = now + Jitter.of(hurried ? Math.min(HASTE, delay) : delay, random);
    }

    /** Ends the pause, but not the memory of what led to it. */
    void cut(long now) {
        untilNanos = now;
    }

    void end(long now) {
        delay = 0;
        untilNanos = now;
    }

    long nanosLeft(long now) {
        return untilNanos - now;
    }
}
