package io.github.dbleases.tasks;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where in the order of the ids the next claim begins. The entries that finished rows leave in the index stay at its head
 * until it is vacuumed: a claim that began there would pass all of them again.
 *
 * <p>A row before the cursor (given back, of a dead session, committed late) is found when the cursor goes back to the start:
 * as soon as a claim comes back short, and every second. Safe for use by several threads.
 */
final class ClaimCursor {

    private static final long REWIND_NANOS = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanoTime;
    private @Nullable String id;
    private long rewound;

    ClaimCursor(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.rewound = nanoTime.getAsLong();
    }

    /** Returns the id where the next claim begins, null for the start. */
    synchronized @Nullable String next() {
        long now = nanoTime.getAsLong();
        if (now - rewound >= REWIND_NANOS) {
            rewound = now;
            id = null;
        }
        return id;
    }

    /** Takes note of where a claim ended, null if it found fewer than it might. */
    synchronized void moveTo(@Nullable String last) {
        if (last == null) {
            rewound = nanoTime.getAsLong();
        }
        id = last;
    }
}
