package io.github.dbleases.sample.emails;

import io.github.dbleases.sample.SampleProperties;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stands for the mail servers of the world: what they have taken is a row of a table. */
@Component
class MailServers {

    /** The email itself knows how often it was refused, so that each instance meets the same servers. */
    private static final String REFUSE = "UPDATE email_outbox SET answer = ? WHERE id = ? AND attempts < ?";

    private static final String TAKE = "INSERT INTO sent_email (order_id, address, sent_by) VALUES (?, ?, ?)";

    private final JdbcClient jdbc;
    private final String sender;
    private final Duration time;

    MailServers(JdbcClient jdbc, SampleProperties properties) {
        this.jdbc = jdbc;
        this.sender = properties.name();
        this.time = properties.emailTime();
    }

    /** Sends an email, which takes its time; returns false if it was refused, with the reason written to it. */
    boolean take(Email email) throws InterruptedException {
        Thread.sleep(time.toMillis());
        MailDomain domain = MailDomain.ofAddress(email.address());
        if (domain.isDifficult() && refuse(email, domain)) {
            return false;
        }
        jdbc.sql(TAKE).params(email.orderId(), email.address(), sender).update();
        return true;
    }

    private boolean refuse(Email email, MailDomain domain) {
        return jdbc.sql(REFUSE)
                        .params(domain.answer(), email.id(), domain.refusals())
                        .update()
                > 0;
    }
}
