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

    /** Returns what it shows, in nanoseconds. */
    long nanos() {
        long passed = world.nanos() - setAtNanos;
        return setTo + (rate == 1 ? passed : (long) (passed * rate));
    }

    /** Sets it forward or back. */
    void step(Duration by) {
        setTo = nanos() + by.toNanos();
        setAtNanos = world.nanos();
    }

    /** From now on it runs so many times as fast as the time of the world. */
    void run(double nextRate) {
        step(Duration.ZERO);
        rate = nextRate;
    }

    /** Returns in what time of the world a time passes on this clock. */
    Duration worldTime(Duration own) {
        return rate == 1 ? own : Duration.ofNanos((long) Math.ceil(own.toNanos() / rate) + 1);
    }
}
