package io.github.dbleases.postgres.tasks;

import java.time.Duration;

/**
 * Decides when to repeat a search that can be expensive, so that it takes at most a fiftieth of the time.
 *
 * <p>The cost of a search is how much longer it takes than a claim without it. A single slow search may have waited for
 * something else, such as the processor or a lock, so the smaller of the last two costs counts. Thread-safe.
 */
final class SearchCost {

    private static final int PARTS = 50;

    /** A search that costs less can be made at any time. */
    private static final long CHEAP = Duration.ofMillis(5).toNanos();

    private final long longestWait;
    private long usual;
    private long last;
    private long beforeLast;
    private long searchedAt;

    /** @param longestWait the time after which the search is made whatever it costs */
    SearchCost(Duration longestWait) {
        this.longestWait = longestWait.toNanos();
    }

    /** Records how long a claim took without the search. */
    synchronized void madeWithout(long nanos) {
        usual = nanos;
    }

    /** Records how long a claim took with the search. */
    synchronized void made(long nanos, long now) {
        beforeLast = last;
        last = nanos;
        searchedAt = now;
    }

    /** Records that another search included this one. */
    synchronized void included(long now) {
        searchedAt = now;
    }

    synchronized boolean isAffordable(long now) {
        long cost = Math.min(last, beforeLast) - usual;
        return cost < CHEAP || now - searchedAt >= Math.min(longestWait, PARTS * cost);
    }
}
