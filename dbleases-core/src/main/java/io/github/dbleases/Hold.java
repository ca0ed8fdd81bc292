package io.github.dbleases;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Prevents the hand-over of a partition, or of a leadership, while a piece of work is done. Close it when the work is done.
 * Closing it again has no effect. A hold can be used and closed by any thread.
 */
public interface Hold extends AutoCloseable {

    /** Returns the partition, or 0 for a leadership. */
    int partition();

    /** Returns the fencing token under which the partition is held. */
    long token();

    /**
     * Returns whether the session of this hold is trusted at this moment, and the hold is open. This is a local check. If the
     * result is false, another client may own the partition: stop before the next effect that others can see.
     */
    boolean isTrusted();

    /**
     * Lets a transaction commit only if this client still owns the partition under this hold. The owner of the partition does
     * not change between this call and the end of the transaction, so two owners cannot both commit, regardless of clocks,
     * pauses and networks. Call this as the last statement of a short transaction: until the transaction ends, the partition
     * cannot be handed over, even if this process dies or hangs.
     *
     * <p>The leases must be in the same PostgreSQL database as the transaction. The user of the connection needs
     * {@code SELECT} and {@code UPDATE} on the partition table, and must reach it under the same name as the store does.
     *
     * @param transaction a connection to the database that keeps the leases, in a transaction that has begun or begins with
     *     this call
     * @throws OwnershipLostException if this client no longer owns the partition, or the hold is closed: roll back
     * @throws InvalidFenceException if the transaction cannot be protected: auto-commit mode, a read-only transaction, another
     *     database, or a store that is not in a database
     * @throws SQLException if the database fails, or reports that the transaction conflicts with a change of the partition,
     *     as it does at the isolation levels repeatable read and serializable: roll back
     */
    void fence(Connection transaction) throws SQLException;

    @Override
    void close();

    /**
     * Work to do while a partition is held.
     *
     * @param <E> the exception that the work may throw; {@code RuntimeException} for a lambda expression that throws no
     *     checked exception
     */
    @FunctionalInterface
    interface Work<E extends Exception> {

        /** Does the work. The hold is closed when this method returns or throws. */
        void run(Hold hold) throws E;
    }
}
