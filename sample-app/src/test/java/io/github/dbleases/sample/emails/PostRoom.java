package io.github.dbleases.sample.emails;

import io.github.dbleases.sample.DeskDatabase;
import io.github.dbleases.sample.SampleProperties;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** A database with done orders and their emails, and the parts of an instance that use it. */
final class PostRoom implements AutoCloseable {

    private final DeskDatabase database;
    final JdbcClient jdbc;

    PostRoom(DeskDatabase database) {
        this.database = database;
        this.jdbc = database.jdbc();
    }

    EmailCheck check(String instance) {
        return new EmailCheck(jdbc, new JdbcTransactionManager(database.dataSource()), properties(instance));
    }

    MailServers servers(String instance) {
        return new MailServers(jdbc, properties(instance));
    }

    MailingReport report() {
        return new MailingReport(jdbc);
    }

    private static SampleProperties properties(String instance) {
        return new SampleProperties(instance, 0, Duration.ZERO, 10, Duration.ZERO, null);
    }

    /** Adds a waiting order of a customer, and returns its number. */
    long order(String customer) {
        jdbc.sql("INSERT INTO desk_customer (id, name) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .params(customer, customer)
                .update();
        return jdbc.sql("INSERT INTO desk_order (customer, partition, cents) VALUES (?, 0, 1) RETURNING id")
                .param(customer)
                .query(Long.class)
                .single();
    }

    /** Adds a done order, with its email in the outbox. */
    Email done(String customer) {
        long order = order(customer);
        finish(order);
        return jdbc.sql("""
                        INSERT INTO email_outbox (order_id, address) VALUES (?, ?) RETURNING id, order_id, address, attempts
                        """)
                .params(order, MailDomain.addressOf(customer))
                .query(Email.class)
                .single();
    }

    /** Marks an order as done and does nothing else. */
    void finish(long order) {
        jdbc.sql("UPDATE desk_order SET done_at = now(), done_by = 'instance-1' WHERE id = ?")
                .param(order)
                .update();
    }

    /** Records that the balances of all orders were compared. */
    void compareBalances() {
        jdbc.sql("""
                INSERT INTO desk_verdict (orders, customers, checked_by)
                SELECT count(*), 0, 'instance-1' FROM desk_order
                """).update();
    }

    /** Marks an email in the outbox as sent. */
    void markSent(Email email) {
        jdbc.sql("UPDATE email_outbox SET sent_at = now() WHERE id = ?")
                .param(email.id())
                .update();
    }

    void refuse(Email email, int times) {
        jdbc.sql("UPDATE email_outbox SET attempts = ?, error = 'No such mailbox' WHERE id = ?")
                .params(times, email.id())
                .update();
    }

    void giveUp(Email email) {
        jdbc.sql("UPDATE email_outbox SET given_up_at = now(), attempts = 1, error = 'No such mailbox' WHERE id = ?")
                .param(email.id())
                .update();
    }

    void claim(Email email, long session) {
        jdbc.sql("UPDATE email_outbox SET session_id = ? WHERE id = ?")
                .params(session, email.id())
                .update();
    }

    @Override
    public void close() {
        database.close();
    }
}
