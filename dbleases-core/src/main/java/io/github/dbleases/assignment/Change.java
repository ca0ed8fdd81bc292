package io.github.dbleases.assignment;

import io.github.dbleases.assignment.Snapshot.Partition;

/** What is to be written for one partition. It is written only if the partition is still as it was read. */
public sealed interface Change {

    /** The partition as it was read. */
    Partition before();

    /** The session that has to know of the change, or {@link Snapshot#NO_SESSION}. */
    long affectedSession();

    /**
     * A partition without a live owner gets one, and a new token.
     *
     * @param to the new owner
     * @param above the new token is larger than this and than the token before
     */
    record Grant(Partition before, long to, long above) implements Change {

        /** Returns this grant with a new token that is larger than this one too. */
        public Grant above(long token) {
            return new Grant(before, to, Math.max(above, token));
        }

        @Override
        public long affectedSession() {
            return to;
        }
    }

    /**
     * The owner of a partition is asked to hand it over.
     *
     * @param to the session that is to own it
     */
    record Move(Partition before, long to) implements Change {

        @Override
        public long affectedSession() {
            return before.owner();
        }
    }

    /** The owner of a partition is no longer asked to hand it over. */
    record Withdraw(Partition before) implements Change {

        @Override
        public long affectedSession() {
            return before.owner();
        }
    }

    /** A partition without a live owner has nobody to go to. */
    record Vacate(Partition before) implements Change {

        @Override
        public long affectedSession() {
            return Snapshot.NO_SESSION;
        }
    }
}
