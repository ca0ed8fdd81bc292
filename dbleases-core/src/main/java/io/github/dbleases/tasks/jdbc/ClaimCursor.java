package io.github.dbleases.tasks.jdbc;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where in the order of the ids the next claim begins. The entries that finished rows leave in the index stay at its head
 * until it is vacuumed: a claim that began there would pass all of them again.
 *
 * <p>Sessions that claim at the same place get into each other's way: PostgreSQL locks a row that another one has claimed a
 * moment ago before it finds that it is taken, writes this to its log, and makes the other one wait with its finish. So
 * where ids are integers, a session that has claimed at the start goes on at a random place not far from there: within what
 * all sessions claim in {@value #SPREAD} rewinds or so.
 *
 * <p>A row before the cursor (passed over, given back, of a dead session, committed late) is found when the cursor goes back
 * to the start: as soon as a claim comes back short, and every second. Safe for use by several threads.
 */
final class ClaimCursor {

    /** More keeps sessions further apart, less keeps closer to the order of the ids. */
    private static final int SPREAD = 8;

    /** So many claims are expected between two rewinds as long as none have been seen. */
    private static final int FIRST_CLAIMS = 32;

    private static final long REWIND_NANOS = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanoTime;
    private final LongUnaryOperator random;
    private @Nullable String id;
    private long rewound;
    /** How far the claims since the start have come, in ids. */
    private long covered;
    /** How far from the start claims go on at the most, in ids; 0 if not known. */
    private long reach;

    ClaimCursor(LongSupplier nanoTime) {
        this(nanoTime, bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    /** @param random makes a number from 0 to below its argument */
    ClaimCursor(LongSupplier nanoTime, LongUnaryOperator random) {
        this.nanoTime = nanoTime;
        this.random = random;
        this.rewound = nanoTime.getAsLong();
    }

    /**
     * A claim that was made.
     *
     * @param from where it began, null for the start
     * @param last where it ended, null if it found fewer than it might
     * @param limit how many it might find
     * @param sessions how many sessions claim
     * @param greatest the greatest id that there can be, 0 if ids are not integers
     */
    record Claimed(@Nullable String from, @Nullable String last, int limit, int sessions, long greatest) {}

    /** Returns the id where the next claim begins, null for the start. */
    synchronized @Nullable String next() {
        long now = nanoTime.getAsLong();
        if (now - rewound >= REWIND_NANOS) {
            rewound = now;
            id = null;
        }
        return id;
    }

    /** Takes note of where a claim ended. */
    synchronized void moveTo(Claimed claimed) {
        String last = claimed.last();
        boolean apart = claimed.sessions() > 1 && claimed.greatest() > 0;
        id = last;
        if (last == null) {
            rewound = nanoTime.getAsLong();
            // It was too far.
            reach = Math.max(1, reach / 2);
            covered = 0;
        } else if (apart && claimed.from() == null) {
            id = Long.toString(somewhere(Long.parseLong(last), claimed));
            covered = 0;
        } else if (apart) {
            covered += Long.parseLong(last) - Long.parseLong(claimed.from());
        }
    }

    private long somewhere(long last, Claimed claimed) {
        if (covered > 0) {
            reach = covered * claimed.sessions() * SPREAD;
        } else if (reach == 0) {
            reach = (long) claimed.limit() * FIRST_CLAIMS * claimed.sessions() * SPREAD;
        }
        // Compared by the difference, as the sum might not fit.
        return last + random.applyAsLong(Math.max(1, Math.min(reach, claimed.greatest() - last)));
    }
}
