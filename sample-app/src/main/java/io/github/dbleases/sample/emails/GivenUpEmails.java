package io.github.dbleases.sample.emails;

import io.github.dbleases.TaskRunner;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Emails that were given up. They stay in the outbox until a user retries them. */
@Component
public class GivenUpEmails {

    private static final String RETRY = """
            UPDATE email_outbox SET given_up_at = NULL, attempts = 0, error = NULL, due_at = clock_timestamp()
            WHERE given_up_at IS NOT NULL
            """;

    private final JdbcClient jdbc;
    private final TaskRunner runner;

    GivenUpEmails(JdbcClient jdbc, TaskRunner emailsRunner) {
        this.jdbc = jdbc;
        this.runner = emailsRunner;
    }

    /** Makes all of them pending again, and returns how many there are. */
    public int retry() {
        int emails = jdbc.sql(RETRY).update();
        runner.wake();
        return emails;
    }
}
