package io.github.dbleases.postgres;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.FencedPartition;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.Incarnation;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.WorkChannel;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Leases in the tables of a PostgreSQL database, version 14 or newer. {@link PostgresSchema} creates the tables.
 *
 * <p>A client has one permanent connection for heartbeats and notifications, and a second one while it has other work. The
 * data source should open new connections instead of taking them from the application's pool: an exhausted pool would cost
 * the leases. Set a connect timeout and a login timeout on it, because an attempt to connect that hangs cannot be
 * interrupted. The database user only needs to read and write the tables.
 */
public final class PostgresLeaseStore implements LeaseStore {

    final DataSource dataSource;
    final Tables tables;
    final PostgresHistory history;
    final boolean notifications;
    final Attempt.Threads threads = new Attempt.Threads();
    private final TransactionFence fence;
    private volatile @Nullable Incarnation newest;

    /** Creates a store with {@link PostgresStoreConfig#defaults()}. */
    public PostgresLeaseStore(DataSource dataSource) {
        this(dataSource, PostgresStoreConfig.defaults());
    }

    public PostgresLeaseStore(DataSource dataSource, PostgresStoreConfig config) {
        this.dataSource = dataSource;
        this.history = new PostgresHistory(config.historyRetention());
        this.tables = new Tables(config);
        this.notifications = config.notifications();
        this.fence = new TransactionFence(tables);
    }

    @Override
    public HeartbeatChannel heartbeatChannel(Timing timing) {
        return new PostgresHeartbeatChannel(this, timing);
    }

    @Override
    public WorkChannel workChannel(Timing timing) {
        return new PostgresWorkChannel(this, timing);
    }

    /** Records that a connection has been set up in an incarnation of the database. */
    void found(Incarnation incarnation) {
        newest = incarnation;
    }

    /**
     * Returns whether a connection that was set up in an incarnation may still be used: no connection of the store has been
     * set up in another incarnation since. A heartbeat over a direct connection does not notice that the incarnation's row
     * has been deleted or replaced. Without this check it would contradict all other replies for as long as its connection
     * lasts.
     */
    boolean isNewest(Incarnation incarnation) {
        return incarnation.equals(newest);
    }

    @Override
    public boolean fence(Connection transaction, FencedPartition granted) throws SQLException {
        return fence.lock(transaction, granted);
    }
}
