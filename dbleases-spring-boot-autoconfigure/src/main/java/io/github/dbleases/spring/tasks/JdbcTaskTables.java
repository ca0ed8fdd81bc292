package io.github.dbleases.spring.tasks;

import io.github.dbleases.postgres.tasks.JdbcTaskChannel;
import io.github.dbleases.postgres.tasks.LeaseTables;
import io.github.dbleases.postgres.tasks.TaskTable;
import io.github.dbleases.spi.tasks.TaskChannel;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/**
 * Tables in the database of the application, used over its own pool: tasks are work. Where a transaction of the
 * application is under way, they are finished in it.
 */
public final class JdbcTaskTables implements TaskTables {

    private final RunnerBeans beans;
    private final DataSource dataSource;
    private final LeaseTables leases;

    /**
     * Uses a pool.
     *
     * @param leases where the sessions are, in the same database
     */
    public JdbcTaskTables(ConfigurableListableBeanFactory beans, DataSource dataSource, LeaseTables leases) {
        this.beans = new RunnerBeans(beans);
        this.dataSource = unwrapped(dataSource);
        this.leases = leases;
    }

    private static DataSource unwrapped(DataSource dataSource) {
        DataSource target =
                dataSource instanceof TransactionAwareDataSourceProxy proxy ? proxy.getTargetDataSource() : null;
        return target != null ? target : dataSource;
    }

    @Override
    public DataSource dataSource() {
        return dataSource;
    }

    @Override
    public <T> TaskChannel<T> line(RunnerDeclaration runner, TaskTable table, Class<T> type) {
        TaskRows.Rows<T> rows = new TaskRows(beans).of(runner, table, type);
        TaskChannel<T> line = new JdbcTaskChannel<>(dataSource, table, leases, rows.mapper());
        // No transaction of a caller takes part in anything else, which ends its own: it would be committed half-done.
        TaskChannel<T> inTransaction =
                new JdbcTaskChannel<>(new TransactionAwareDataSourceProxy(dataSource), table, leases, rows.mapper());
        return new CheckedChannel<>(
                line, inTransaction, () -> {}, () -> rows.check().run(dataSource));
    }
}
