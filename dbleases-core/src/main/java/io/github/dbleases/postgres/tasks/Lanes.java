package io.github.dbleases.postgres.tasks;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;

/**
 * Keeps the claims of sessions apart. Those that claim at the same place get into each other's way: they pass the rows of
 * the others, PostgreSQL locks a row that another one has claimed a moment ago before it finds that it is taken, writes this
 * to its log, and makes the other one wait with its finish.
 *
 * <p>The ids, as positions on their {@linkplain IdScale scale}, are cut into blocks, and the blocks dealt out: the first one to the lane of the first session, the next one to
 * that of the second, and so on, round after round. A session claims in the blocks of its lane, one after the other.
 * Whatever nobody claims in a lane, because its session is slow or has just died, or because not all sessions know yet how
 * many they are, is claimed by those who come by from the start. Who has come too far ahead of the start leaves its lane
 * until it comes by again, and goes on through all blocks.
 *
 * <p>Not safe for use by several threads.
 */
final class Lanes {

    /** A block has rows for so many claims, of all that a session may hold. */
    private static final int BLOCK_CLAIMS = 64;

    /** Fewer rows have their entries in one or two pages of the index. */
    private static final int LEAST_BLOCK_ROWS = 1_024;

    private static final int MOST_HALVINGS = 6;

    /** How far ahead is too far: so many rounds, or times what all lanes have covered since the last start. */
    private static final int AHEAD = 2;

    private static final long NOWHERE = Long.MIN_VALUE;

    private Place place = Place.ALONE;
    private int halvings;
    /** How many ids there are for a row, as it was at the last start; 0 if not known. */
    private double width;
    /** The fewest that were seen since then: other claims have passed rows of others. */
    private double leastWidth = Double.MAX_VALUE;
    /** A block has two to the power of this many ids. */
    private int blockBits;

    private boolean left;
    private long entered = NOWHERE;
    private long reached = NOWHERE;
    /** As a floating-point number, like all differences of ids: they do not overflow. */
    private double covered;

    /** A claim has come to the end of the table. What there is, is dealt out again, in smaller blocks, so that all have some. */
    void end() {
        halvings = Math.min(MOST_HALVINGS, halvings + 1);
        reached = NOWHERE;
    }

    /** No claim has come to the end of the table for a while: there is a lot to deal out. */
    void widen() {
        halvings = 0;
    }

    /**
     * Returns the id where a session goes on after a claim at the start.
     *
     * @param front where the claim ended
     */
    long enter(long front, TaskClaim claim) {
        if (!claim.place().equals(place)) {
            place = claim.place();
            reached = NOWHERE;
        }
        if (leastWidth < Double.MAX_VALUE) {
            width = leastWidth;
            leastWidth = Double.MAX_VALUE;
        }
        deal(claim);
        double round = place.sessions() * (double) (1L << blockBits);
        left = (double) reached - front > AHEAD * Math.max(round, covered);
        if (left) {
            return front;
        }
        reached = inLane(Math.max(front, reached));
        entered = reached;
        return reached;
    }

    /** Returns the id where a session goes on after a claim that went from one id to another one. */
    long goOn(long from, long last, TaskClaim claim) {
        leastWidth = Math.min(leastWidth, ((double) last - from) / claim.limit());
        if (width == 0 && leastWidth > 2 * place.sessions()) {
            // More than comes from passing the rows that the others claim before they have found their lanes.
            width = leastWidth;
            deal(claim);
        }
        if (left) {
            return last;
        }
        reached = inLane(last);
        covered = (double) reached - entered;
        return reached;
    }

    private void deal(TaskClaim claim) {
        long capacity = (long) claim.limit() + claim.held();
        long rows = Math.max(LEAST_BLOCK_ROWS, capacity * BLOCK_CLAIMS) >> halvings;
        double ids = Math.max(1, width) * Math.max(capacity, rows);
        blockBits = Math.min(Long.SIZE - 2, Math.getExponent(ids) + 1);
    }

    /** Returns an id if it is in the lane, or else where the next block of the lane begins; less if there is no such block. */
    private long inLane(long id) {
        long block = id >> blockBits;
        int away = Math.floorMod(place.position() - block, place.sessions());
        return away == 0 ? id : (block + away) << blockBits;
    }
}
