package io.github.dbleases.internal.tasks;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/** A clock that a test drives. It overflows soon, which must not matter. Waiting threads poll it. */
final class ManualClock implements Clock {

    private volatile long nanos = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();

    synchronized void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public void await(Condition condition, long nanosAtMost) throws InterruptedException {
        boolean unused = condition.await(1, TimeUnit.MILLISECONDS);
    }
}
