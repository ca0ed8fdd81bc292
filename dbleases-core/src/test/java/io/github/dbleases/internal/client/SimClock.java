package io.github.dbleases.internal.client;

import java.time.Duration;

/** A clock that runs at a rate of its own, and can be set. */
final class SimClock {

    private final SimWorld world;
    private long setAtNanos;
    private long setTo;
    private double rate = 1;

    SimClock(SimWorld world) {
        this.world = world;
    }

    /** Returns its time in nanoseconds. */
    long nanos() {
        long passed = world.nanos() - setAtNanos;
        return setTo + (rate == 1 ? passed : (long) (passed * rate));
    }

    /** Sets the clock forward or back. */
    void step(Duration by) {
        setTo = nanos() + by.toNanos();
        setAtNanos = world.nanos();
    }

    /** Changes the rate of the clock relative to the time of the world. */
    void run(double nextRate) {
        step(Duration.ZERO);
        rate = nextRate;
    }

    /** Converts a time span on this clock into one in the time of the world. */
    Duration worldTime(Duration own) {
        return rate == 1 ? own : Duration.ofNanos((long) Math.ceil(own.toNanos() / rate) + 1);
    }
}
