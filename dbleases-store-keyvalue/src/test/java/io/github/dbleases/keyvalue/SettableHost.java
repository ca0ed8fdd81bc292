package io.github.dbleases.keyvalue;

import java.time.Duration;
import java.time.Instant;

/** The machine that the tests run on, with clocks that can be moved forward. */
final class SettableHost implements Host {

    private final SystemHost machine = new SystemHost();
    private final long startNanos = System.nanoTime();
    private final Instant start = Instant.now();
    private volatile Duration ahead = Duration.ZERO;

    /** Moves both clocks forward. */
    void advance(Duration by) {
        ahead = ahead.plus(by);
    }

    @Override
    public long nanoTime() {
        return machine.nanoTime() + ahead.toNanos();
    }

    /** Exactly as fast as the other clock. */
    @Override
    public Instant wallTime() {
        return start.plusNanos(nanoTime() - startNanos);
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
        machine.pause(time);
    }

    @Override
    public double random() {
        return machine.random();
    }

    @Override
    public Calls calls() {
        return machine.calls();
    }
}
