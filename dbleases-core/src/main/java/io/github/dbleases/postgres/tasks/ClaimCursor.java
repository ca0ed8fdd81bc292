package io.github.dbleases.postgres.tasks;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where in the order of the tasks the next claim begins. The entries that finished rows leave in the index stay there until
 * it is vacuumed, and for longer while somebody holds an old snapshot: a claim that began at the start would pass all of
 * them again.
 *
 * <p>A row before the cursor (passed over, given back, of a dead session, committed late) is found when the cursor goes back:
 * as soon as a claim comes back short, when sessions come or go, and after as many seconds as there are sessions, but after
 * ten at the latest. How far it goes back depends on its {@linkplain SearchCost cost}: to the start, or to where it was ten
 * seconds or one second ago. So going back takes at most a few percent of the time, however many dead entries there are.
 *
 * <p>Where ids have a scale and several sessions claim, each keeps to its {@linkplain Lanes lane} in between. Safe for use by
 * several threads.
 */
final class ClaimCursor {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static final int MOST_SECONDS = 10;

    private static final Duration NO_LIMIT = Duration.ofNanos(Long.MAX_VALUE);

    /** How far back: to the start, or to where the cursor was so long ago. */
    private static final long[] DEPTHS = {Long.MAX_VALUE, 10 * SECOND, SECOND};

    private static final long MARK_EVERY = SECOND / 4;

    private final LongSupplier nanoTime;
    private final Lanes lanes = new Lanes();
    private final Deque<Mark> marks = new ArrayDeque<>();
    private final List<SearchCost> costs =
            Stream.generate(() -> new SearchCost(NO_LIMIT)).limit(DEPTHS.length).toList();
    private @Nullable Position position;
    private boolean goBack = true;
    private boolean goToStart = true;
    private int depth;
    private long rewound;
    private Place place = Place.ALONE;

    ClaimCursor(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.rewound = nanoTime.getAsLong();
    }

    /**
     * A place in the order.
     *
     * @param due the time when the task there is due, as text; null if tasks have none
     * @param id its id, as text
     */
    record Position(@Nullable String due, String id) {}

    /** Where the cursor was at a time. */
    private record Mark(long at, Position position) {}

    /**
     * A claim that was made.
     *
     * @param start where it began
     * @param last where it ended, null if it found nothing
     * @param full whether it found as many as were wanted
     * @param nanos how long it took
     * @param scale of the ids, null if they have none
     */
    record Claimed(
            TaskClaim claim,
            Beginning start,
            @Nullable Position last,
            boolean full,
            long nanos,
            @Nullable IdScale scale) {}

    /**
     * Where a claim begins.
     *
     * @param from null for the start
     * @param depth how far the cursor went back for it, -1 if it did not
     */
    record Beginning(@Nullable Position from, int depth) {

        /** Returns whether a short claim from here may have left out some that were passed over. */
        boolean isForward() {
            return depth < 0;
        }
    }

    /** Returns where the next claim begins. */
    synchronized Beginning next(Place claiming) {
        long now = nanoTime.getAsLong();
        int seconds = Math.min(MOST_SECONDS, claiming.sessions());
        if (!claiming.equals(place)) {
            place = claiming;
            // All sessions learn of it at about the same time, but need not come back all at once the next time.
            rewound = now - place.position() % seconds * SECOND;
            goBack = true;
            goToStart = true;
        } else if (now - rewound >= seconds * SECOND) {
            rewound = now;
            goBack = true;
            lanes.widen();
        }
        return goBack ? back(now) : new Beginning(position, -1);
    }

    private Beginning back(long now) {
        depth = 0;
        while (!goToStart && depth < DEPTHS.length - 1 && !costs.get(depth).isAffordable(now)) {
            depth++;
        }
        return new Beginning(depth == 0 ? null : positionBefore(now - DEPTHS[depth]), depth);
    }

    /** Returns where the cursor was at a time, or the oldest place that is known. */
    private @Nullable Position positionBefore(long time) {
        Position found = marks.isEmpty() ? null : marks.element().position();
        for (Mark mark : marks) {
            if (mark.at() - time > 0) {
                break;
            }
            found = mark.position();
        }
        return found;
    }

    /** Records where a claim ended. */
    synchronized void moveTo(Claimed claimed) {
        long now = nanoTime.getAsLong();
        TaskClaim claim = claimed.claim();
        Beginning start = claimed.start();
        boolean wentBack = !start.isForward();
        if (wentBack) {
            goToStart = false;
            costs.get(start.depth()).made(claimed.nanos(), now);
            costs.subList(start.depth() + 1, costs.size()).forEach(nearer -> nearer.included(now));
        } else {
            costs.forEach(further -> further.madeWithout(claimed.nanos()));
        }
        goBack = !claimed.full();
        if (goBack) {
            rewound = now;
        }
        Position last = claimed.last();
        if (last == null) {
            if (!wentBack) {
                lanes.end();
            }
            return;
        }
        mark(now, last);
        position = last;
        if (goBack) {
            if (!wentBack) {
                lanes.end();
            }
            return;
        }
        IdScale scale = claimed.scale();
        if (scale != null && isOneOfMany(claim)) {
            long reached = scale.position(last.id());
            long next = start.from() == null || wentBack
                    ? lanes.enter(reached, claim)
                    : lanes.goOn(scale.position(start.from().id()), reached, claim);
            // After the last block of the lane there are only the ids that are left in this one.
            position = next <= reached || next > scale.last() ? last : new Position(null, scale.firstAt(next));
        }
    }

    private void mark(long now, Position last) {
        Mark newest = marks.peekLast();
        if (newest == null || now - newest.at() >= MARK_EVERY) {
            marks.add(new Mark(now, last));
        }
        // One that is older than the longest time is needed, no more.
        while (marks.size() > 1) {
            Mark first = marks.remove();
            if (now - marks.element().at() < DEPTHS[1]) {
                marks.addFirst(first);
                break;
            }
        }
    }

    /** A share is all that there is for its session: what comes next is not far away. */
    private static boolean isOneOfMany(TaskClaim claim) {
        return claim.sessions() > 1 && !claim.shared();
    }
}
