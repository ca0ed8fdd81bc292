package io.github.dbleases.postgres.tasks;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * About how large the table is. PostgreSQL keeps the plan of a prepared statement: one that was made for a table of a few
 * pages reads it as a whole, and goes on to do so when the table has millions of rows, until something analyzes it. So each
 * {@linkplain #step step} of the size has statements, and thereby plans, of its own. Safe for use by several threads.
 */
final class TableSize {

    /** In a shorter time a table grows by less than matters. */
    private static final long FRESH_NANOS = Duration.ofMillis(100).toNanos();

    private static final int LARGEST_STEP = 4;

    private final LongSupplier nanoTime;
    private volatile Reading last;

    TableSize(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.last = new Reading(0, nanoTime.getAsLong() - FRESH_NANOS);
    }

    private record Reading(int step, long at) {}

    /** Takes note of the size, in pages. */
    void read(long pages) {
        last = new Reading(step(pages), nanoTime.getAsLong());
    }

    /** Returns whether the size is to be read again before a statement is chosen. */
    boolean isOld() {
        return nanoTime.getAsLong() - last.at() >= FRESH_NANOS;
    }

    int step() {
        return last.step();
    }

    /** Below 8 pages, 64, 512, 4096, and more: for a table of so many any plan goes by the indexes. */
    private static int step(long pages) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(pages);
        return Math.min(LARGEST_STEP, Math.max(0, bits - 1) / 3);
    }
}
