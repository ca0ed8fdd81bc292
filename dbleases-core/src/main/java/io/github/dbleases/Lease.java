package io.github.dbleases;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A named set of partitions, numbered from 0, that is spread over the live clients which take part in it. At no instant
 * do two clients own the same partition.
 *
 * <p>A partition is owned from the moment this client has read the grant until it gives the partition up or its trust
 * deadline passes, whichever is first. Every reading method makes that check itself, without a lock, an allocation or
 * the database; so the answer is right even when the heartbeat hangs. Work that goes on after the check needs a
 * hold ({@link #runIfOwned}, {@link #forEachOwned}, {@link #tryHold}; against hand-overs), the {@link #fence fence} or the {@link #token token} (against pauses).
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
     * Holds a partition until the hold is closed; a hand-over waits for that. A hold does not prolong the session: past the
     * trust deadline another client may own the partition, which {@link Hold#isTrusted()} tells.
     *
     * @return the hold, or empty when this client does not own the partition at this moment
     */
    Optional<Hold> tryHold(int partition);

    /**
     * Runs work on a partition if this client owns it at this moment. A hand-over waits until the work returns. The work
     * asks {@link Hold#isTrusted()} before each effect that others can see: past the trust deadline another client may own
     * the partition while the work still runs.
     *
     * <p>An exception of the work is passed on; the hold is closed in any case.
     *
     * @param work is called once, by this thread, with the hold on the partition
     * @return whether the work was run
     * @throws E that of the work
     */
    default <E extends Exception> boolean runIfOwned(int partition, Hold.Work<E> work) throws E {
        Optional<Hold> taken = tryHold(partition);
        if (taken.isEmpty()) {
            return false;
        }
        try (Hold hold = taken.get()) {
            work.run(hold);
        }
        return true;
    }

    /**
     * Runs work on each partition that this client owns at this moment, one after the other in ascending order, each under a
     * hold of its own. Partitions that have gone before their turn are skipped, and those that come meanwhile are left for the
     * next call.
     *
     * <p>Ends early when the trust ends, when this thread is interrupted, which leaves its interrupt status set, or when the
     * work throws an exception, which is passed on. The work on a partition that has begun is never cut short: it asks
     * {@link Hold#isTrusted()} before each effect that others can see.
     *
     * @param work is called by this thread with the hold on each partition
     * @return on how many partitions the work was run
     * @throws E that of the work
     */
    default <E extends Exception> int forEachOwned(Hold.Work<E> work) throws E {
        int done = 0;
        for (int partition : values().toIntArray()) {
            if (Thread.currentThread().isInterrupted()) {
                return done;
            }
            Optional<Hold> taken = tryHold(partition);
            if (taken.isEmpty()) {
                if (values().isEmpty()) {
                    return done;
                }
                continue;
            }
            try (Hold hold = taken.get()) {
                work.run(hold);
                done++;
                if (!hold.isTrusted()) {
                    return done;
                }
            }
        }
        return done;
    }

    /**
     * Lets a transaction commit only while this client still owns a partition, as {@link Hold#fence} does, with the grant
     * under which the partition is owned when this is called.
     *
     * <p>Call it as the first statement of the transaction: the partition may have been lost and won back before this call,
     * which it does not notice. Work under a hold calls {@link Hold#fence}, which notices, as its last statement.
     *
     * @param transaction a connection to the database that keeps the leases, in a transaction
     * @throws OwnershipLostException if this client does not own the partition: roll back
     * @throws InvalidFenceException if the transaction cannot be protected, see {@link Hold#fence}
     * @throws SQLException if the database fails: roll back
     */
    default void fence(Connection transaction, int partition) throws SQLException {
        Optional<Hold> taken = tryHold(partition);
        if (taken.isEmpty()) {
            throw new OwnershipLostException(
                    name(),
                    partition,
                    "This client does not own partition %d of lease '%s'.".formatted(partition, name()));
        }
        try (Hold hold = taken.get()) {
            hold.fence(transaction);
        }
    }

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
