package io.github.dbleases;

/**
 * Called when a client gets partitions of a lease and when it loses them. For each partition, the calls alternate, beginning
 * with {@code onAssigned}, and each {@code onAssigned} is followed by exactly one {@code onRevoked}, also when the client is
 * closed.
 *
 * <p>A listener is called by one thread at a time, and never by the heartbeat thread. A slow listener delays only itself and
 * the hand-over of the revoked partitions. Exceptions are logged and have no other effect.
 */
public interface LeaseListener {

    /** Called after the client got partitions, or owns them again after it was suspended. */
    default void onAssigned(PartitionSet partitions) {}

    /**
     * Called after partitions were removed from {@link Lease#values()}. Work on them must end before this method returns,
     * because the hand-over continues then.
     */
    default void onRevoked(PartitionSet partitions) {}
}
