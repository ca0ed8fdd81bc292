package io.github.dbleases.internal.client;

import java.time.Duration;

/** Clocks that a test drives. The monotonic clock overflows soon, which must not matter. */
final class ManualClock implements Clock {

    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();
    private long wallMillis = 1_767_225_600_000L;

    /** Advances both clocks. */
    void pass(Duration time) {
        nanos += time.toNanos();
        wallMillis += time.toMillis();
    }

    /** Advances only the wall clock, as when a virtual machine stands still. */
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
