package io.github.dbleases.sample.emails;

import io.github.dbleases.sample.SampleProperties;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stands for the mail servers of the world: what they have taken is a row of a table. */
@Component
class MailServers {

    /** The emails know how often they were refused, so that each instance meets the same servers. */
    private static final String REFUSED_BEFORE = "SELECT attempts FROM email_outbox WHERE id = ?";

    private static final String TAKE = "INSERT INTO sent_email (order_id, address, sent_by) VALUES (?, ?, ?)";

    private final JdbcClient jdbc;
    private final String sender;
    private final Duration time;

    MailServers(JdbcClient jdbc, SampleProperties properties) {
        this.jdbc = jdbc;
        this.sender = properties.name();
        this.time = properties.emailTime();
    }

    /** Sends an email, which takes its time. */
    void send(Email email) throws MailRefusedException, InterruptedException {
        Thread.sleep(time.toMillis());
        MailDomain domain = MailDomain.ofAddress(email.address());
        if (domain.isDifficult() && domain.refuses(refusedBefore(email))) {
            throw new MailRefusedException(email.address(), domain.answer());
        }
        jdbc.sql(TAKE).params(email.orderId(), email.address(), sender).update();
    }

    private int refusedBefore(Email email) {
        return jdbc.sql(REFUSED_BEFORE).param(email.id()).query(Integer.class).single();
    }
}
