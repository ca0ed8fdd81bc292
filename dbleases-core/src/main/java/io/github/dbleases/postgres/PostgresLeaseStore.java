package io.github.dbleases.postgres;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.FencedPartition;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.WorkChannel;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Leases in tables of a PostgreSQL database, 14 or newer. {@link PostgresSchema} creates the tables.
 *
 * <p>A client has one standing connection, for heartbeats and notifications, and a second one while it has work to do. The
 * data source should make new connections rather than come from a pool that the application uses: an exhausted pool
 * would cost the leases. It should have a connect timeout and a login timeout, as an attempt to connect that hangs can
 * only be left behind. The user needs to read and write the tables, no more.
 */
public final class PostgresLeaseStore implements LeaseStore {

    private final StoreParts parts;
    private final TransactionFence fence;

    /** Creates a store with {@link PostgresStoreConfig#defaults()}. */
    public PostgresLeaseStore(DataSource dataSource) {
        this(dataSource, PostgresStoreConfig.defaults());
    }

    public PostgresLeaseStore(DataSource dataSource, PostgresStoreConfig config) {
        this.parts = StoreParts.of(dataSource, config);
        this.fence = new TransactionFence(parts.tables());
    }

    @Override
    public HeartbeatChannel heartbeatChannel(Timing timing) {
        return new PostgresHeartbeatChannel(parts, timing);
    }

    @Override
    public WorkChannel workChannel(Timing timing) {
        return new PostgresWorkChannel(parts, timing);
    }

    @Override
    public boolean fence(Connection transaction, FencedPartition granted) throws SQLException {
        return fence.lock(transaction, granted);
    }
}
