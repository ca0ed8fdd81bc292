package io.github.dbleases.tasks.jdbc;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskSession.Place;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where in the order of the ids the next claim begins. The entries that finished rows leave in the index stay at its head
 * until it is vacuumed: a claim that began there would pass all of them again.
 *
 * <p>A row before the cursor (passed over, given back, of a dead session, committed late) is found when the cursor goes back
 * to the start: as soon as a claim comes back short, when sessions come or go, and after as many seconds as there are
 * sessions, so that about every second one of them is there; but after ten at the latest.
 *
 * <p>Where ids have a scale and several sessions claim, each keeps to its {@linkplain Lanes lane} in between. Safe for use by
 * several threads.
 */
final class ClaimCursor {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static final int MOST_SECONDS = 10;

    private final LongSupplier nanoTime;
    private final Lanes lanes = new Lanes();
    private @Nullable String id;
    private long rewound;
    private Place place = Place.ALONE;

    ClaimCursor(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.rewound = nanoTime.getAsLong();
    }

    /**
     * A claim that was made.
     *
     * @param from where it began, null for the start
     * @param last where it ended, null if it found fewer than it might
     * @param scale of the ids, null if they have none
     */
    record Claimed(
            TaskClaim claim,
            @Nullable String from,
            @Nullable String last,
            @Nullable IdScale scale) {}

    /** Returns the id where the next claim begins, null for the start. */
    synchronized @Nullable String next(Place claiming) {
        long now = nanoTime.getAsLong();
        int seconds = Math.min(MOST_SECONDS, claiming.sessions());
        if (!claiming.equals(place)) {
            place = claiming;
            // All sessions learn of it at about the same time, but need not come back all at once the next time.
            rewound = now - place.position() % seconds * SECOND;
            id = null;
        } else if (now - rewound >= seconds * SECOND) {
            rewound = now;
            id = null;
            lanes.widen();
        }
        return id;
    }

    /** Takes note of where a claim ended. */
    synchronized void moveTo(Claimed claimed) {
        TaskClaim claim = claimed.claim();
        IdScale scale = claimed.scale();
        id = claimed.last();
        if (id == null) {
            rewound = nanoTime.getAsLong();
            if (claimed.from() != null) {
                lanes.end();
            }
        } else if (scale != null && isOneOfMany(claim)) {
            long last = scale.position(id);
            long next = claimed.from() == null
                    ? lanes.enter(last, claim)
                    : lanes.goOn(scale.position(claimed.from()), last, claim);
            // After the last block of the lane there are only the ids that are left in this one.
            id = next <= last || next > scale.last() ? id : scale.firstAt(next);
        }
    }

    /** A share is all that there is for its session: what comes next is not far away. */
    private static boolean isOneOfMany(TaskClaim claim) {
        return claim.sessions() > 1 && !claim.shared();
    }
}
