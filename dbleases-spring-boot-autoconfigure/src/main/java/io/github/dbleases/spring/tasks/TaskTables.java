package io.github.dbleases.spring.tasks;

import io.github.dbleases.postgres.tasks.JdbcTaskChannel;
import io.github.dbleases.postgres.tasks.LeaseTables;
import io.github.dbleases.postgres.tasks.TaskTable;
import io.github.dbleases.spi.tasks.TaskChannel;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/**
 * Task tables in the database of the application. Tasks are work, so they use the application's own pool. If a transaction
 * of the application is under way, tasks are finished in it.
 */
final class TaskTables {

    private final RunnerBeans beans;
    private final DataSource dataSource;
    private final LeaseTables leases;

    /**
     * Uses a pool.
     *
     * @param leases the tables of the sessions, in the same database
     */
    TaskTables(ConfigurableListableBeanFactory beans, DataSource dataSource, LeaseTables leases) {
        this.beans = new RunnerBeans(beans);
        this.dataSource = unwrapped(dataSource);
        this.leases = leases;
    }

    private static DataSource unwrapped(DataSource dataSource) {
        DataSource target =
                dataSource instanceof TransactionAwareDataSourceProxy proxy ? proxy.getTargetDataSource() : null;
        return target != null ? target : dataSource;
    }

    DataSource dataSource() {
        return dataSource;
    }

    /** Returns the channel to a table, whose rows are mapped to objects of a type. */
    <T> TaskChannel<T> channel(RunnerDeclaration runner, TaskTable table, Class<T> type) {
        TaskRows.Rows<T> rows = new TaskRows(beans).of(runner, table, type);
        TaskChannel<T> channel = new JdbcTaskChannel<>(dataSource, table, leases, rows.mapper());
        // Only the finish joins a transaction of the caller. All other calls end their own transaction, and would
        // commit a
        // joined one half-done.
        TaskChannel<T> inTransaction =
                new JdbcTaskChannel<>(new TransactionAwareDataSourceProxy(dataSource), table, leases, rows.mapper());
        return new CheckedChannel<>(
                channel, inTransaction, () -> {}, () -> rows.check().run(dataSource));
    }
}
