package io.github.dbleases;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Keeps a partition, or a leadership, from being handed over while a piece of work is done. Close it when the work is
 * finished; closing again does nothing. May be used and closed by any thread.
 */
public interface Hold extends AutoCloseable {

    /** Returns the partition that is held; 0 for a leadership. */
    int partition();

    /** Returns the fencing token under which the partition is held. */
    long token();

    /**
     * Returns whether the session under which the partition is held is trusted at this moment, and the hold is not closed;
     * a local check. If not, another client may own the partition: stop before the next effect that others can see.
     */
    boolean isTrusted();

    /**
     * Lets a transaction commit only while this client still owns the partition under this hold. From this call until the
     * transaction ends, the partition does not change hands; so two owners cannot both commit, whatever clocks, pauses and
     * networks do. Call it as the last statement of a short transaction: until the transaction ends, the partition cannot be
     * handed over, even if this process dies or hangs.
     *
     * <p>Needs a store in the database of the transaction: PostgreSQL. The user of the connection needs {@code SELECT} and
     * {@code UPDATE} on the partition table, and finds it under the same name as the store does.
     *
     * @param transaction a connection to the database that keeps the leases, in a transaction that has begun or begins with
     *     this call
     * @throws OwnershipLostException if this client does not own the partition any more, or the hold is closed: roll back
     * @throws InvalidFenceException if the transaction cannot be protected: auto-commit mode, a read-only transaction, another
     *     database, or a store that is not in a database
     * @throws SQLException if the database fails, or reports that the transaction conflicts with a change of the partition,
     *     as it does at the isolation levels repeatable read and serializable: roll back
     */
    void fence(Connection transaction) throws SQLException;

    @Override
    void close();

    /**
     * Work that is done while a partition is held.
     *
     * @param <E> what the work may throw; {@code RuntimeException} for a lambda expression that throws nothing else
     */
    @FunctionalInterface
    interface Work<E extends Exception> {

        /** Does the work. The hold is closed when this method returns or throws. */
        void run(Hold hold) throws E;
    }
}
