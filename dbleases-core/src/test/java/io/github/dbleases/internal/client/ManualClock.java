package io.github.dbleases.internal.client;

import java.time.Duration;

/** Clocks that a test drives; the monotonic one overflows soon, which must not matter. */
final class ManualClock implements Clock {

    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();
    private long wallMillis = 1_767_225_600_000L;

    /** Lets time pass on both clocks. */
    void pass(Duration time) {
        nanos += time.toNanos();
        wallMillis += time.toMillis();
    }

    /** Lets time pass that the monotonic clock does not see, as in a virtual machine that stands still. */
    void passUnseen(Duration time) {
        wallMillis += time.toMillis();
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }
}
