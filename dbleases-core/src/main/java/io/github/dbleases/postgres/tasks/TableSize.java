package io.github.dbleases.postgres.tasks;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The approximate size of the table. PostgreSQL keeps the plan of a prepared statement: a plan for a table of a few pages reads
 * the whole table, and still does so when the table has millions of rows, until the table is analyzed. Therefore each
 * {@linkplain #step step} of the size has statements, and thereby plans, of its own. Thread-safe.
 */
final class TableSize {

    /** In less time, a table does not grow enough to matter. */
    private static final long FRESH_NANOS = Duration.ofMillis(100).toNanos();

    private static final int LARGEST_STEP = 4;

    private final LongSupplier nanoTime;
    private volatile Reading last;

    TableSize(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.last = new Reading(0, nanoTime.getAsLong() - FRESH_NANOS);
    }

    private record Reading(int step, long at) {}

    /** Records the size in pages. */
    void read(long pages) {
        last = new Reading(step(pages), nanoTime.getAsLong());
    }

    /** Returns whether the size must be read again before a statement is chosen. */
    boolean isOld() {
        return nanoTime.getAsLong() - last.at() >= FRESH_NANOS;
    }

    int step() {
        return last.step();
    }

    /** Below 8, 64, 512 and 4096 pages, and more: for tables of that size, any plan uses the indexes. */
    private static int step(long pages) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(pages);
        return Math.min(LARGEST_STEP, Math.max(0, bits - 1) / 3);
    }
}
