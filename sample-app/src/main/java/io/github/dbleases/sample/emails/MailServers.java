package io.github.dbleases.sample.emails;

import io.github.dbleases.TaskGivenUpException;
import io.github.dbleases.sample.SampleProperties;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stands for the mail servers of the world: what they have taken is a row of a table. */
@Component
class MailServers {

    private static final String TAKE = "INSERT INTO sent_email (order_id, address, sent_by) VALUES (?, ?, ?)";

    private final JdbcClient jdbc;
    private final String sender;
    private final Duration time;

    MailServers(JdbcClient jdbc, SampleProperties properties) {
        this.jdbc = jdbc;
        this.sender = properties.name();
        this.time = properties.emailTime();
    }

    /**
     * Sends an email, which takes its time. The email knows how often it was refused, so that each instance meets the same
     * servers.
     *
     * @throws TaskGivenUpException if there is no such mailbox
     * @throws RefusedException if it is refused this time
     */
    void take(Email email) throws InterruptedException, RefusedException {
        Thread.sleep(time.toMillis());
        MailDomain domain = MailDomain.ofAddress(email.address());
        if (domain == MailDomain.NOWHERE) {
            throw new TaskGivenUpException(domain.answer());
        }
        if (email.attempts() < domain.refusals()) {
            throw new RefusedException(domain.answer());
        }
        jdbc.sql(TAKE).params(email.orderId(), email.address(), sender).update();
    }

    /** A mail server has refused an email. */
    static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        RefusedException(String answer) {
            super(answer);
        }
    }
}
