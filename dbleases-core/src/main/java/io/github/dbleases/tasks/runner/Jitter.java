package io.github.dbleases.tasks.runner;

import java.util.function.DoubleSupplier;

/** Keeps runners from going in step. */
final class Jitter {

    private Jitter() {}

    /** Returns a time within 10 % of another. */
    static long of(long nanos, DoubleSupplier random) {
        return (long) (nanos * (0.9 + 0.2 * random.getAsDouble()));
    }
}
