package io.github.dbleases.sample.emails;

import io.github.dbleases.TaskGivenUpException;
import io.github.dbleases.sample.SampleProperties;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Simulates mail servers: an email that they have accepted is a row in a table. */
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
     * Sends an email, which takes {@code sample.email-time}. The email has the number of its attempts, so that the
     * servers behave the same for each instance.
     *
     * @throws TaskGivenUpException if the mailbox does not exist
     * @throws RefusedException if the server refuses it this time
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
