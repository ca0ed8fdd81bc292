package io.github.dbleases.sample.orders;

import io.github.dbleases.Lease;
import io.github.dbleases.sample.DeskDatabase;
import io.github.dbleases.sample.SampleProperties;
import io.github.dbleases.test.FakeLease;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A database of the order desk, and the parts of an instance that use it. */
final class Desk implements AutoCloseable {

    final JdbcClient jdbc;
    private final JdbcTransactionManager transactionManager;
    private final DeskDatabase database = new DeskDatabase();

    /** Creates a new database without orders. */
    Desk() {
        jdbc = database.jdbc();
        transactionManager = new JdbcTransactionManager(database.dataSource());
    }

    static SampleProperties named(String instance, int orders) {
        return new SampleProperties(instance, orders, Duration.ZERO, 10, Duration.ZERO, null);
    }

    /** Returns a lease that owns all its partitions, whatever other instances own. */
    static FakeLease soleOwner(int partitions) {
        FakeLease lease = new FakeLease("orders", partitions);
        lease.grantAll();
        return lease;
    }

    OrderImport orderImport(Lease lease, SampleProperties properties) {
        return new OrderImport(jdbc, new TransactionTemplate(transactionManager), lease, properties);
    }

    OrderBook book(Lease lease) {
        return new OrderBook(jdbc, new TransactionTemplate(transactionManager), lease);
    }

    PartitionWork work(Lease lease, SampleProperties properties) {
        return new PartitionWork(book(lease), lease, properties);
    }

    BalanceCheck check(SampleProperties properties) {
        return new BalanceCheck(jdbc, transactionManager, properties);
    }

    OrderWorker worker(Lease lease, SampleProperties properties) {
        return new OrderWorker(
                orderImport(lease, properties), book(lease), work(lease, properties), check(properties), lease);
    }

    @Override
    public void close() {
        database.close();
    }

    long count(String table) {
        return jdbc.sql("SELECT count(*) FROM " + table).query(Long.class).single();
    }

    long waiting() {
        return jdbc.sql("SELECT count(*) FROM desk_order WHERE done_at IS NULL")
                .query(Long.class)
                .single();
    }
}
