package io.github.dbleases;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A named set of partitions, numbered from 0, that is spread over the live clients which take part in it. At no instant
 * do two clients own the same partition.
 *
 * <p>A partition is owned from the moment this client has read the grant until it gives the partition up or its trust
 * deadline passes, whichever is first. Every reading method makes that check itself, without a lock, an allocation or
 * the database; so the answer is right even when the heartbeat hangs. Work that goes on after the check needs a
 * {@link #tryHold hold} (against hand-overs) or the {@link #token token} (against pauses).
 *
 * <p>All methods may be called from any thread.
 */
public interface Lease {

    /** Returns the name of the lease. */
    String name();

    /** Returns how many partitions the lease has, owned or not. */
    int partitions();

    /** Returns the partitions that this client owns at this moment. */
    PartitionSet values();

    /** Returns whether this client owns a partition at this moment; false for a number that is no partition. */
    boolean owns(int partition);

    /**
     * Returns the fencing token of a partition while this client owns it. Each time that a partition gets an owner its
     * token grows, so a resource that remembers the highest token it has seen can refuse a former owner.
     */
    OptionalLong token(int partition);

    /**
     * Returns the partition of a key: the first 60 bits of the MD5 of its UTF-8 form, modulo the number of partitions. It
     * is the same on every machine, in every version and in SQL:
     * {@code ('x' || left(md5(key), 15))::bit(60)::bigint % partitions}.
     */
    default int partitionOf(String key) {
        return KeyHash.partitionOf(key, partitions());
    }

    /**
     * Holds a partition for as long as it takes to finish a piece of work: a hand-over waits until the hold is closed. A
     * hold does not prolong the session: past the trust deadline others may take the partition, which
     * {@link Hold#isTrusted()} tells.
     *
     * @return the hold, or empty when this client does not own the partition at this moment
     */
    Optional<Hold> tryHold(int partition);

    /**
     * Adds a listener. If partitions are owned at this moment, the listener is told of them first.
     *
     * @return the registration, which removes the listener when it is closed
     */
    Registration addListener(LeaseListener listener);

    /**
     * Stops taking part in this lease: its partitions are drained and go to the other members. Waits for that up to the
     * drain timeout, unless the caller is a listener; what is still held then is given up as soon as the holds close.
     */
    void leave();
}
