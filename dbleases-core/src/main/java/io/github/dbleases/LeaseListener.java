package io.github.dbleases;

/**
 * Is told what a client owns of a lease. For each partition the calls alternate, {@code onAssigned} first, and each
 * {@code onAssigned} is followed by exactly one {@code onRevoked}, also when the client is closed.
 *
 * <p>The calls to one listener come one after the other, never on the heartbeat thread; a slow listener delays only
 * itself and the hand-over of the partitions that it is told to stop. An exception is logged and changes nothing.
 */
public interface LeaseListener {

    /** Called after the client has come to own partitions, or owns them again after its trust had lapsed. */
    default void onAssigned(PartitionSet partitions) {}

    /**
     * Called after partitions have gone from {@link Lease#values()}: work on them must end before this method returns,
     * because a hand-over then goes on.
     */
    default void onRevoked(PartitionSet partitions) {}
}
