package io.github.dbleases.sample.emails;

import io.github.dbleases.sample.emails.Mailing.Outbox;
import io.github.dbleases.sample.emails.Mailing.Share;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts the emails in the database. */
@Component
public class MailingReport {

    /** The same as for the orders. */
    private static final int RATE_SECONDS = 2;

    private static final String OUTBOX = """
            SELECT session_id AS session,
                   count(*) FILTER (WHERE given_up_at IS NULL AND attempts = 0) AS untried,
                   count(*) FILTER (WHERE given_up_at IS NULL AND attempts > 0) AS again,
                   count(*) FILTER (WHERE given_up_at IS NOT NULL) AS given_up,
                   (1000 * extract(epoch FROM clock_timestamp() - min(created_at) FILTER (WHERE given_up_at IS NULL)))::bigint
                       AS oldest_millis,
                   max(error) FILTER (WHERE given_up_at IS NOT NULL) AS answer
            FROM email_outbox WHERE sent_at IS NULL GROUP BY session_id
            """;

    private static final String BY_INSTANCE = """
            SELECT sent_by AS instance, count(*) AS emails,
                   count(*) FILTER (WHERE sent_at > clock_timestamp() - make_interval(secs => ?)) AS recent
            FROM sent_email GROUP BY sent_by
            """;

    private final JdbcClient jdbc;

    MailingReport(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Returns the progress of the mailing. */
    public Mailing read() {
        List<Pending> pending = jdbc.sql(OUTBOX).query(Pending.class).list();
        Map<Long, Long> held = new HashMap<>();
        pending.stream()
                .filter(row -> row.session() != null)
                .forEach(row -> held.put(row.session(), row.untried() + row.again()));
        Map<String, Share> shares = new HashMap<>();
        long sent = 0;
        for (Sent row :
                jdbc.sql(BY_INSTANCE).param(RATE_SECONDS).query(Sent.class).list()) {
            sent += row.emails();
            shares.put(row.instance(), new Share(row.emails(), row.recent() / (double) RATE_SECONDS));
        }
        return new Mailing(outbox(pending), sent, shares, held);
    }

    private static Outbox outbox(List<Pending> pending) {
        return new Outbox(
                sum(pending.stream().filter(row -> row.session() == null).map(Pending::untried)),
                sum(pending.stream().filter(row -> row.session() != null).map(Pending::untried)),
                sum(pending.stream().map(Pending::again)),
                pending.stream()
                        .map(Pending::oldestMillis)
                        .filter(Objects::nonNull)
                        .max(Long::compare)
                        .orElse(null),
                sum(pending.stream().map(Pending::givenUp)),
                pending.stream()
                        .map(Pending::answer)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null));
    }

    private static long sum(Stream<Long> counts) {
        return counts.mapToLong(Long::longValue).sum();
    }

    private record Pending(
            @Nullable Long session,
            long untried,
            long again,
            long givenUp,
            @Nullable Long oldestMillis,
            @Nullable String answer) {}

    private record Sent(String instance, long emails, long recent) {}
}
