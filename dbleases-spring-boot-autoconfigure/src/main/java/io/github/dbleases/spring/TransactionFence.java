package io.github.dbleases.spring;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.Hold;
import io.github.dbleases.InvalidFenceException;
import io.github.dbleases.LeaderOnly;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.OwnershipLostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Lets the current transaction commit only while this instance still owns a partition, or still leads.
 *
 * <pre>{@code
 * @Transactional
 * void finish(Order order, Hold hold) {
 *     fence.bind(hold);
 *     // the work, in the database that keeps the leases
 * }
 * }</pre>
 *
 * <p>The ownership is fixed when {@code bind} is called, and checked in the database as the last statement before the
 * commit. If it was lost in between, the transaction is rolled back and the call of the transactional method throws an
 * {@link OwnershipLostException}. So two owners cannot both commit, whatever clocks, pauses and networks do.
 *
 * <p>There is a bean of this type in an application that has a {@code DataSource} and a {@code LeaseClient}. All methods may
 * be called from any thread.
 */
public final class TransactionFence {

    private final Supplier<DataSource> dataSource;

    /**
     * Creates a fence for the transactions of a data source.
     *
     * @param dataSource gives the data source of the application whose database keeps the leases; called at each fence
     */
    public TransactionFence(Supplier<DataSource> dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Lets the current transaction commit only while this instance owns a partition, with the grant of this moment, without
     * a gap. A hand-over waits until the transaction has ended.
     *
     * @throws OwnershipLostException if this instance does not own the partition
     * @throws InvalidFenceException if there is no transaction that can be protected, see {@link #bind(Hold)}
     */
    public void bind(Lease lease, int partition) {
        DataSource fenced = requireTransaction();
        Optional<Hold> taken = lease.tryHold(partition);
        if (taken.isEmpty()) {
            throw new OwnershipLostException(
                    lease.name(),
                    partition,
                    "This instance does not own partition %d of lease '%s'.".formatted(partition, lease.name()));
        }
        Hold hold = taken.get();
        register(fenced, hold::fence, hold::close);
    }

    /**
     * Lets the current transaction commit only while this instance leads, by the election of this moment, without a gap. A
     * hand-over waits until the transaction has ended.
     *
     * @throws OwnershipLostException if this instance does not lead
     * @throws InvalidFenceException if there is no transaction that can be protected, see {@link #bind(Hold)}
     */
    public void bind(Leadership leadership) {
        DataSource fenced = requireTransaction();
        Optional<Hold> taken = leadership.tryHold();
        if (taken.isEmpty()) {
            throw new OwnershipLostException(
                    leadership.name(), 0, "This instance does not lead '%s'.".formatted(leadership.name()));
        }
        Hold hold = taken.get();
        register(fenced, hold::fence, hold::close);
    }

    /**
     * Lets the current transaction commit only while a partition or leadership is owned under a hold of the caller, who closes
     * the hold after the transaction has ended.
     *
     * @throws InvalidFenceException if this thread is in no transaction, or in one that is read-only or of another data source
     *     than the one whose database keeps the leases
     */
    public void bind(Hold hold) {
        register(requireTransaction(), hold::fence, () -> {});
    }

    /**
     * Lets the current transaction commit only while the leadership for which this thread was called is led without a gap: in
     * a method with {@link LeaderOnly}, or one that it calls.
     *
     * @throws InvalidFenceException if this thread was not called for a leader, or there is no transaction that can be
     *     protected, see {@link #bind(Hold)}
     */
    public void bindLeadership() {
        CurrentLeadership leadership = CurrentLeadership.get()
                .orElseThrow(() -> new InvalidFenceException(
                        "A fence was set for the leadership of this thread, but the thread was not called for a leader.",
                        "Set it in a method with @LeaderOnly, or in work that Leadership.runIfLeader runs."));
        register(requireTransaction(), leadership::fence, () -> {});
    }

    private DataSource requireTransaction() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()
                || !TransactionSynchronizationManager.isSynchronizationActive()) {
            throw new InvalidFenceException(
                    "A fence was set, but this thread is in no transaction.",
                    "Set it in a @Transactional method, called through the bean, or in a TransactionTemplate.");
        }
        if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
            throw new InvalidFenceException(
                    "A fence was set in a transaction that is read-only: it cannot lock the row of the partition.",
                    "Remove readOnly = true from the transaction.");
        }
        DataSource fenced = unwrapped(dataSource.get());
        if (!TransactionSynchronizationManager.hasResource(fenced)) {
            throw new InvalidFenceException(
                    "A fence was set, but the transaction of this thread is not one of the DataSource whose database keeps the leases.",
                    "Use the transaction manager of that DataSource. If there are several, put @DbLeasesDataSource on the one "
                            + "whose database keeps the leases. For work elsewhere, compare fencing tokens.");
        }
        return fenced;
    }

    private static DataSource unwrapped(DataSource dataSource) {
        DataSource target =
                dataSource instanceof TransactionAwareDataSourceProxy proxy ? proxy.getTargetDataSource() : null;
        return target != null ? target : dataSource;
    }

    private static void register(DataSource dataSource, Fence fence, Runnable release) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

            @Override
            public void beforeCommit(boolean readOnly) {
                set(dataSource, fence);
            }

            @Override
            public void afterCompletion(int status) {
                release.run();
            }
        });
    }

    private static void set(DataSource dataSource, Fence fence) {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            fence.set(connection);
        } catch (SQLException e) {
            DataAccessException translated = new SQLExceptionSubclassTranslator().translate("fence", null, e);
            throw translated != null ? translated : new UncategorizedSQLException("fence", null, e);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    @FunctionalInterface
    private interface Fence {

        void set(Connection transaction) throws SQLException;
    }
}
