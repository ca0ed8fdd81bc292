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
 * Where in the order of the tasks the next claim begins. Finished rows leave entries in the index until it is vacuumed, and for
 * longer while a transaction holds an old snapshot. Claims from the start would pass all of these entries each time.
 *
 * <p>Rows before the cursor (skipped, released, held by a dead session, or committed late) are found when the cursor goes back:
 * as soon as a claim comes back short, when sessions come or go, and after as many seconds as there are sessions, but after ten
 * at the latest. How far it goes back depends on the {@linkplain SearchCost cost}: to the start, or to where it was ten seconds
 * or one second ago. So going back takes at most a few percent of the time, however many dead entries there are.
 *
 * <p>If ids have a scale and several sessions claim, each session stays in its {@linkplain Lanes lane} in between. Thread-safe.
 */
final class ClaimCursor {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static final int MAX_SECONDS = 10;

    private static final Duration NO_LIMIT = Duration.ofNanos(Long.MAX_VALUE);

    /** How far the cursor can go back: to the start, or to where it was this long ago. */
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
     * A position in the order.
     *
     * @param due when the task at this position is due, as text; null without a due column
     * @param id the id of the task, as text
     */
    record Position(@Nullable String due, String id) {}

    /** Where the cursor was at some time. */
    private record Mark(long at, Position position) {}

    /**
     * The result of a claim.
     *
     * @param start where it began
     * @param last where it ended, null if it found nothing
     * @param full whether it found as many tasks as were wanted
     * @param nanos how long it took
     * @param scale the scale of the ids, null if they have none
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
     * @param depth how far the cursor went back, as an index of {@link #DEPTHS}; -1 if it did not
     */
    record Beginning(@Nullable Position from, int depth) {

        /** Returns whether the cursor did not go back, so that a short claim from here may have missed earlier rows. */
        boolean isForward() {
            return depth < 0;
        }
    }

    /** Returns where the next claim begins. */
    synchronized Beginning next(Place claiming) {
        long now = nanoTime.getAsLong();
        int seconds = Math.min(MAX_SECONDS, claiming.sessions());
        if (!claiming.equals(place)) {
            place = claiming;
            // All sessions learn of it at about the same time, but should not all go back at once the next time.
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

    /** Returns where the cursor was at a time, or the oldest known position. */
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
            // After the last block of the lane, only the rest of this block is left.
            position = next <= reached || next > scale.last() ? last : new Position(null, scale.firstAt(next));
        }
    }

    private void mark(long now, Position last) {
        Mark newest = marks.peekLast();
        if (newest == null || now - newest.at() >= MARK_EVERY) {
            marks.add(new Mark(now, last));
        }
        // One mark that is older than the longest time is enough.
        while (marks.size() > 1) {
            Mark first = marks.remove();
            if (now - marks.element().at() < DEPTHS[1]) {
                marks.addFirst(first);
                break;
            }
        }
    }

    /** A shared claim takes everything that there is for its session, so the next tasks are not far away. */
    private static boolean isOneOfMany(TaskClaim claim) {
        return claim.sessions() > 1 && !claim.shared();
    }
}
