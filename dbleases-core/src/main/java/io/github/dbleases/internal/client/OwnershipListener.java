package io.github.dbleases.internal.client;

import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;

/** What any listener of a lease or a leadership is told, in the terms of the engine. */
interface OwnershipListener {

    /**
     * Partitions are owned, for the first time or again.
     *
     * @param grants all that are owned, with their tokens
     */
    void assigned(PartitionSet partitions, Grants grants);

    void revoked(PartitionSet partitions);

    default void failed(Exception error) {}

    /** Tells a listener of partitions. */
    record OfLease(LeaseListener listener) implements OwnershipListener {

        @Override
        public void assigned(PartitionSet partitions, Grants grants) {
            listener.onAssigned(partitions);
        }

        @Override
        public void revoked(PartitionSet partitions) {
            listener.onRevoked(partitions);
        }
    }

    /** Tells a listener of a leadership. */
    record OfLeadership(LeadershipListener listener) implements OwnershipListener {

        @Override
        public void assigned(PartitionSet leadership, Grants grants) {
            listener.onElected(grants.token(JoinedLeadership.PARTITION).orElseThrow());
        }

        @Override
        public void revoked(PartitionSet leadership) {
            listener.onOusted();
        }

        @Override
        public void failed(Exception error) {
            listener.onError(error);
        }
    }
}
