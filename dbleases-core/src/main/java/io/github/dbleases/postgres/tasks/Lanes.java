package io.github.dbleases.postgres.tasks;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;

/**
 * Keeps the claims of sessions apart. Sessions that claim at the same place get in each other's way: they pass each other's
 * rows, and PostgreSQL locks a row that another session has just claimed before it sees that the row is taken. It writes that
 * lock to its log, and the other session waits for it with its finish.
 *
 * <p>The ids, as positions on their {@linkplain IdScale scale}, are cut into blocks. The blocks are dealt out in rounds: the
 * first block to the lane of the first session, the second block to that of the second session, and so on. A session claims in
 * the blocks of its lane, one after the other. Tasks can be left in a lane because its session is slow or has just died, or
 * because not all sessions know yet how many they are; claims from the start find them. A session that is too far ahead of the
 * start leaves its lane until its next claim from the start, and claims in all blocks.
 *
 * <p>Not thread-safe.
 */
final class Lanes {

    /** A block has rows for this many claims, each of everything that a session may hold. */
    private static final int BLOCK_CLAIMS = 64;

    /** The index entries of fewer rows are in one or two pages. */
    private static final int MIN_BLOCK_ROWS = 1_024;

    private static final int MAX_HALVINGS = 6;

    /** How far ahead is too far: this many rounds, or this many times what was covered since the last claim from the start. */
    private static final int MAX_AHEAD = 2;

    private static final long NOWHERE = Long.MIN_VALUE;

    private Place place = Place.ALONE;
    private int halvings;
    /** How many ids there are per row, as of the last claim from the start; 0 if unknown. */
    private double width;
    /** The fewest ids per row since then: wider claims have passed rows of other sessions. */
    private double leastWidth = Double.MAX_VALUE;
    /** A block has two to the power of this many ids. */
    private int blockBits;

    private boolean left;
    private long entered = NOWHERE;
    private long reached = NOWHERE;
    /** A floating-point number, like all differences of ids, so that they don't overflow. */
    private double covered;

    /** A claim has reached the end of the table. The ids are dealt out again in smaller blocks, so that each session gets some. */
    void end() {
        halvings = Math.min(MAX_HALVINGS, halvings + 1);
        reached = NOWHERE;
    }

    /** No claim has reached the end of the table for a while, so there are enough tasks for large blocks. */
    void widen() {
        halvings = 0;
    }

    /**
     * Returns the id where a session continues after a claim from the start.
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
        left = (double) reached - front > MAX_AHEAD * Math.max(round, covered);
        if (left) {
            return front;
        }
        reached = inLane(Math.max(front, reached));
        entered = reached;
        return reached;
    }

    /** Returns the id where a session continues after a claim from one id to another. */
    long goOn(long from, long last, TaskClaim claim) {
        leastWidth = Math.min(leastWidth, ((double) last - from) / claim.limit());
        if (width == 0 && leastWidth > 2 * place.sessions()) {
            // Wider than it looks while sessions pass each other's rows before they have found their lanes.
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
        long rows = Math.max(MIN_BLOCK_ROWS, capacity * BLOCK_CLAIMS) >> halvings;
        double ids = Math.max(1, width) * Math.max(capacity, rows);
        blockBits = Math.min(Long.SIZE - 2, Math.getExponent(ids) + 1);
    }

    /** Returns the id if it is in the lane, else the first id of the lane's next block; a smaller id if there is no next block. */
    private long inLane(long id) {
        long block = id >> blockBits;
        int away = Math.floorMod(place.position() - block, place.sessions());
        return away == 0 ? id : (block + away) << blockBits;
    }
}
