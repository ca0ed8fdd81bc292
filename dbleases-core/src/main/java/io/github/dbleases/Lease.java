package io.github.dbleases;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A named set of partitions, numbered from 0, that is spread over the live clients that have joined it. No two clients own
 * the same partition at the same instant.
 *
 * <p>This client owns a partition from the moment it reads the grant until it gives the partition up or its trust deadline
 * passes, whichever comes first. Every method that reads checks the deadline itself, without a lock, an allocation or a
 * database query, so the answer is correct even if the heartbeat hangs. Work that continues after the check needs a hold to
 * delay hand-overs ({@link #runIfOwned}, {@link #forEachOwned}, {@link #tryHold}), and the {@link #fence fence} or the
 * {@link #token token} to be safe when the process is paused.
 *
 * <p>All methods may be called from any thread.
 */
public interface Lease {

    /** Returns the name of the lease. */
    String name();

    /** Returns the number of partitions of the lease, whether this client owns them or not. */
    int partitions();

    /** Returns the partitions that this client owns at this moment. */
    PartitionSet values();

    /** Returns whether this client owns a partition at this moment. Returns false for a number outside of the lease. */
    boolean owns(int partition);

    /**
     * Returns the fencing token of a partition while this client owns it. The token increases each time the partition gets an
     * owner, so a resource that remembers the highest token it has seen can refuse a former owner.
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
     * Holds a partition. A hand-over waits until the hold is closed. A hold does not extend the session: after the trust
     * deadline, another client may own the partition, and {@link Hold#isTrusted()} returns false.
     *
     * @return the hold, or empty if this client does not own the partition at this moment
     */
    Optional<Hold> tryHold(int partition);

    /**
     * Runs work on a partition if this client owns it at this moment. A hand-over waits until the work returns. After the trust
     * deadline, another client may own the partition while the work still runs, so the work should check
     * {@link Hold#isTrusted()} before each effect that others can see.
     *
     * <p>The hold is closed when the work returns or throws.
     *
     * @param work called once, by this thread, with the hold on the partition
     * @return whether the work was run
     * @throws E if the work throws it
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
     * Runs work on each partition that this client owns at this moment, in ascending order, and holds each partition during
     * its work. Partitions that are lost before their turn are skipped. Partitions that are granted in the meantime are left
     * for the next call.
     *
     * <p>This method returns early if the trust ends, or if this thread is interrupted (the interrupt status stays set). If the
     * work throws an exception, it is passed on and the other partitions are skipped. Work that has begun on a partition is not
     * stopped, so it should check {@link Hold#isTrusted()} before each effect that others can see.
     *
     * @param work called by this thread with the hold on each partition
     * @return the number of partitions on which the work was run
     * @throws E if the work throws it
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
     * Lets a transaction commit only if this client keeps the grant of a partition that it has at the time of this call. See
     * {@link Hold#fence}.
     *
     * <p>Call this as the first statement of the transaction. It does not notice if the partition was lost and won back before
     * the call. {@link Hold#fence} does; work under a hold calls it as its last statement.
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
     * Adds a listener. If this client owns partitions at this moment, the first call is {@link LeaseListener#onAssigned} with
     * all of them.
     *
     * @return the registration, which removes the listener when it is closed
     */
    Registration addListener(LeaseListener listener);

    /**
     * Leaves the lease. The partitions of this client are handed over to the other members once their work has ended. This
     * method waits for that, up to the drain timeout, unless the caller is a listener. Partitions that are still held after
     * the drain timeout are handed over as soon as their holds are closed.
     */
    void leave();
}
