package io.github.dbleases.tasks.runner;

import java.time.Duration;

/**
 * When to give back what a claim without an answer may have claimed: before the next claim, and again later. A statement that
 * nobody waits for any more may hang in the database, for example behind a lock on the table, and claim when it goes on.
 */
final class Sweeps {

    private static final long[] LATER = {
        Duration.ofMinutes(1).toNanos(), Duration.ofMinutes(10).toNanos()
    };

    private boolean urgent;
    private int later = LATER.length;
    private long dueNanos;

    /** Takes note that there may be something to give back. */
    void doubt() {
        urgent = true;
        later = 0;
    }

    /** The session is over: what it holds is free. */
    void clear() {
        urgent = false;
        later = LATER.length;
    }

    /** Returns whether to sweep before anything else is claimed. */
    boolean isUrgent() {
        return urgent;
    }

    /** Takes note that everything but what is known was given back. */
    void swept(long now) {
        if (!urgent) {
            later++;
        }
        urgent = false;
        dueNanos = later < LATER.length ? now + LATER[later] : now;
    }

    /** Returns how long until the next one that does not have to be at once, {@code Long.MAX_VALUE} if there is none. */
    long nanosUntilLater(long now) {
        return urgent || later == LATER.length ? Long.MAX_VALUE : dueNanos - now;
    }
}
