package io.github.dbleases.sample.orders;

import io.github.dbleases.Lease;
import io.github.dbleases.sample.SampleProperties;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Imports the orders of the file into the database. The first instance to start does it, once. */
@Component
class OrderImport {

    private static final Logger log = LoggerFactory.getLogger(OrderImport.class);

    /** A second instance waits here until the first one has committed, and then finds the row. */
    private static final String CLAIM = """
            INSERT INTO desk_import (orders, imported_by) VALUES (?, ?) ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_CUSTOMERS = """
            INSERT INTO desk_customer (id, name) SELECT * FROM unnest(?::text[], ?::text[]) ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_ORDERS = """
            INSERT INTO desk_order (id, customer, partition, cents)
            SELECT * FROM unnest(?::bigint[], ?::text[], ?::integer[], ?::bigint[])
            """;

    /** The formula of {@link Lease#partitionOf} in SQL. */
    private static final String REPARTITION = """
            UPDATE desk_order o SET partition = p.partition
            FROM (SELECT id, ('x' || left(md5(customer), 15))::bit(60)::bigint % ? AS partition
                  FROM desk_order WHERE done_at IS NULL) p
            WHERE o.id = p.id AND o.partition <> p.partition
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Lease lease;
    private final SampleProperties properties;

    OrderImport(
            JdbcClient jdbc,
            TransactionOperations transactions,
            @Qualifier("orders") Lease lease,
            SampleProperties properties) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.lease = lease;
        this.properties = properties;
    }

    /** Imports the orders, or waits until the instance that does has finished. */
    void importOnce() {
        List<OrderFile.Line> lines = OrderFile.first(properties.orders());
        boolean imported = Boolean.TRUE.equals(transactions.execute(transaction -> insert(lines)));
        if (imported) {
            log.info("Imported {} orders.", "%,d".formatted(lines.size()));
        }
        // An earlier run on this database may have used another number of partitions.
        jdbc.sql(REPARTITION).param(lease.partitions()).update();
    }

    private boolean insert(List<OrderFile.Line> lines) {
        if (jdbc.sql(CLAIM).params(lines.size(), properties.name()).update() == 0) {
            return false;
        }
        Map<String, String> names = new LinkedHashMap<>();
        lines.forEach(line -> names.put(line.customer(), line.name()));
        jdbc.sql(INSERT_CUSTOMERS)
                .param(names.keySet().toArray(String[]::new))
                .param(names.values().toArray(String[]::new))
                .update();
        jdbc.sql(INSERT_ORDERS)
                .param(lines.stream().map(OrderFile.Line::order).toArray(Long[]::new))
                .param(lines.stream().map(OrderFile.Line::customer).toArray(String[]::new))
                .param(lines.stream()
                        .map(line -> lease.partitionOf(line.customer()))
                        .toArray(Integer[]::new))
                .param(lines.stream().map(OrderFile.Line::amount).toArray(Long[]::new))
                .update();
        return true;
    }
}
