package io.github.dbleases.spi;

import io.github.dbleases.InvalidFenceException;
import io.github.dbleases.Timing;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Keeps sessions, leases and partitions. Any number of clients and threads may share a store.
 *
 * <p>The methods that return a channel only create it. The first call on the channel may connect.
 */
public interface LeaseStore {

    /** Returns a channel for the heartbeats of one client. Each attempt ends within {@link Timing#attemptTimeout()}. */
    HeartbeatChannel heartbeatChannel(Timing timing);

    /** Returns a channel for all other work of one client. Each attempt ends within {@link Timing#attemptTimeout()}. */
    WorkChannel workChannel(Timing timing);

    /**
     * Makes a transaction of the application depend on a grant: if the partition is still owned by the session with the token,
     * it does not change hands until the transaction ends. Neither waits for transactions that only read or ask for the
     * partition, nor holds up other partitions.
     *
     * <p>A store that is not in a database, such as the default implementation, throws {@link InvalidFenceException}.
     *
     * @param transaction a connection of the application to the database of this store, in a transaction
     * @return whether the partition is still owned; if not, the transaction must not be committed
     * @throws InvalidFenceException if the transaction cannot depend on the grant
     * @throws SQLException if the database fails; then the transaction must not be committed
     */
    default boolean fence(Connection transaction, FencedPartition granted) throws SQLException {
        throw new InvalidFenceException(
                "Lease '%s' is kept by %s, which is not in a database: there is no row that a transaction could lock."
                        .formatted(granted.lease(), getClass().getSimpleName()),
                "Keep the leases in the PostgreSQL database of the transaction, or let the resource that the work changes "
                        + "compare fencing tokens.");
    }
}
