package io.github.dbleases.internal.client;

import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;

/** The engine's view of a listener to a lease or a leadership. */
interface OwnershipListener {

    /**
     * Partitions are owned, for the first time or again.
     *
     * @param grants all owned partitions, with their tokens
     */
    void assigned(PartitionSet partitions, Grants grants);

    void revoked(PartitionSet partitions);

    default void failed(Exception error) {}

    /** Notifies a listener to a lease. */
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

    /** Notifies a listener to a leadership. */
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
