package io.github.dbleases.postgres.tasks;

import java.time.Duration;

/**
 * Decides when a search that may be expensive is made again, so that it takes at most a fiftieth of the time.
 *
 * <p>The cost of a search is how much longer it takes than a claim without it. A single slow one may have waited for
 * something else, such as the processor or a lock, so the smaller of the last two counts. Safe for use by several threads.
 */
final class SearchCost {

    private static final int PARTS = 50;

    /** A search that costs less may be made at any time. */
    private static final long CHEAP = Duration.ofMillis(5).toNanos();

    private final long longestWait;
    private long usual;
    private long last;
    private long beforeLast;
    private long searchedAt;

    /** @param longestWait after which the search is made whatever it costs */
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

    /** Records that another search has included it. */
    synchronized void included(long now) {
        searchedAt = now;
    }

    synchronized boolean isAffordable(long now) {
        long cost = Math.min(last, beforeLast) - usual;
        return cost < CHEAP || now - searchedAt >= Math.min(longestWait, PARTS * cost);
    }
}
