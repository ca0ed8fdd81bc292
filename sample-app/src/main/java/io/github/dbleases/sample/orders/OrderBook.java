package io.github.dbleases.sample.orders;

import io.github.dbleases.Lease;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.sample.emails.MailDomain;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** The orders and balances in the database. */
@Component
public class OrderBook {

    private static final String COLUMNS = "id, customer, cents AS amount, partition, done_at, done_by";

    private static final String INSERT_CUSTOMER =
            "INSERT INTO desk_customer (id, name) VALUES (?, ?) ON CONFLICT DO NOTHING";

    /** Makes the numbers of a customer's orders become visible in ascending order. */
    private static final String LOCK_CUSTOMER = "SELECT 1 FROM desk_customer WHERE id = ? FOR NO KEY UPDATE";

    private static final String INSERT_ORDER = """
            INSERT INTO desk_order (customer, cents, partition, posted) VALUES (?, ?, ?, true) RETURNING %s
            """.formatted(COLUMNS);

    private static final String SELECT_ORDER = "SELECT %s FROM desk_order WHERE id = ?".formatted(COLUMNS);

    private static final String PARTITIONS_WITH_WAITING =
            "SELECT DISTINCT partition FROM desk_order WHERE done_at IS NULL AND partition = ANY (?)";

    private static final String WAITING = """
            SELECT %s FROM desk_order WHERE partition = ? AND done_at IS NULL ORDER BY id LIMIT ?
            """.formatted(COLUMNS);

    private static final String BALANCE = "SELECT balance FROM desk_customer WHERE id = ?";

    /** One statement, and therefore one transaction: after a crash, either all of it is done or nothing. */
    private static final String FINISH = """
            WITH done AS (
                UPDATE desk_order SET done_at = clock_timestamp(), done_by = ? WHERE id = ? RETURNING id
            ), email AS (
                INSERT INTO email_outbox (order_id, address) SELECT id, ? FROM done
            )
            UPDATE desk_customer SET balance = ? WHERE id = ?
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Lease lease;

    OrderBook(JdbcClient jdbc, TransactionOperations transactions, @Qualifier("orders") Lease lease) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.lease = lease;
    }

    /** Adds an order, and its customer if that is new. */
    public Order add(String customer, long amount) {
        return transactions.execute(transaction -> {
            jdbc.sql(INSERT_CUSTOMER).params(customer, customer).update();
            jdbc.sql(LOCK_CUSTOMER).param(customer).query().singleRow();
            return jdbc.sql(INSERT_ORDER)
                    .params(customer, amount, lease.partitionOf(customer))
                    .query(Order.class)
                    .single();
        });
    }

    /** Finds an order by its number. */
    public Optional<Order> find(long id) {
        return jdbc.sql(SELECT_ORDER).param(id).query(Order.class).optional();
    }

    /** Returns which of the given partitions have waiting orders. */
    List<Integer> withWaiting(PartitionSet partitions) {
        return jdbc.sql(PARTITIONS_WITH_WAITING)
                .param(partitions.toArray(Integer[]::new))
                .query(Integer.class)
                .list();
    }

    /** Returns the first waiting orders of a partition, in the order in which they were added. */
    List<Order> waiting(int partition, int limit) {
        return jdbc.sql(WAITING).params(partition, limit).query(Order.class).list();
    }

    /** Reads a balance, in cents, without a lock. */
    long balance(String customer) {
        return jdbc.sql(BALANCE).param(customer).query(Long.class).single();
    }

    /**
     * Marks an order as done, overwrites its customer's balance, and puts the email about it into the outbox, all in
     * one transaction.
     */
    void finish(Order order, String doneBy, long balance) {
        jdbc.sql(FINISH)
                .params(doneBy, order.id(), MailDomain.addressOf(order.customer()), balance, order.customer())
                .update();
    }
}
