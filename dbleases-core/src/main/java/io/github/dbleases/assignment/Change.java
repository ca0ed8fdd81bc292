package io.github.dbleases.assignment;

import io.github.dbleases.assignment.Snapshot.Partition;

/** A change of one partition. A store writes it only if the partition is still as it was read. */
public sealed interface Change {

    /** The partition as it was read. */
    Partition before();

    /** The session that needs to know of the change, or {@link Snapshot#NO_SESSION}. */
    long affectedSession();

    /**
     * Gives a partition without a live owner to a session, with a new token.
     *
     * @param to the new owner
     * @param above the new token must be larger than this, and than the previous token
     */
    record Grant(Partition before, long to, long above) implements Change {

        /** Returns a copy of this grant whose new token must also be larger than the given token. */
        public Grant above(long token) {
            return new Grant(before, to, Math.max(above, token));
        }

        @Override
        public long affectedSession() {
            return to;
        }
    }

    /**
     * Asks the owner of a partition to hand it over.
     *
     * @param to the session that should own it
     */
    record Move(Partition before, long to) implements Change {

        @Override
        public long affectedSession() {
            return before.owner();
        }
    }

    /** Withdraws the request to hand a partition over. Its owner keeps it. */
    record Withdraw(Partition before) implements Change {

        @Override
        public long affectedSession() {
            return before.owner();
        }
    }

    /** Leaves a partition without a live owner vacant, because no member can own it. */
    record Vacate(Partition before) implements Change {

        @Override
        public long affectedSession() {
            return Snapshot.NO_SESSION;
        }
    }
}
