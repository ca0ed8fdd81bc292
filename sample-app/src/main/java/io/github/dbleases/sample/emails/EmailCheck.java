package io.github.dbleases.sample.emails;

import io.github.dbleases.sample.Comparison;
import io.github.dbleases.sample.SampleProperties;
import io.github.dbleases.sample.emails.EmailVerdict.WrongEmail;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;

/**
 * Compares the done orders with the sent emails each time that nothing is left to send. The result is reported once: by
 * the instance that inserts the verdict.
 */
@Component
public class EmailCheck {

    private static final Logger log = LoggerFactory.getLogger(EmailCheck.class);

    private static final int WRONG_LISTED = 20;

    /**
     * The numbers of orders and emails, or no row unless all orders are done, nothing is left to send and no instance
     * has compared since. The balances are compared first, which happens only when no more orders are being added. The
     * emails are counted so that one that is sent after a verdict leads to another comparison.
     */
    private static final String TO_CHECK = """
            SELECT o.orders, s.sent
            FROM (SELECT count(*) AS total, count(*) FILTER (WHERE email_due) AS orders FROM desk_order) o,
                 (SELECT count(*) AS sent FROM sent_email) s
            WHERE NOT EXISTS (SELECT 1 FROM email_outbox WHERE sent_at IS NULL AND given_up_at IS NULL)
              AND o.orders > 0
              AND EXISTS (SELECT 1 FROM desk_verdict b WHERE b.orders = o.total)
              AND NOT EXISTS (SELECT 1 FROM desk_email_verdict v WHERE v.orders = o.orders AND v.sent = s.sent)
            """;

    private static final String NOT_SENT_ONCE = """
            SELECT o.id AS order_id, coalesce(s.times, 0) AS times, p.order_id IS NOT NULL AS pending
            FROM desk_order o
            LEFT JOIN (SELECT order_id, count(*) AS times FROM sent_email GROUP BY order_id) s ON s.order_id = o.id
            LEFT JOIN (SELECT DISTINCT order_id FROM email_outbox WHERE sent_at IS NULL) p ON p.order_id = o.id
            WHERE o.email_due AND coalesce(s.times, 0) <> 1
            ORDER BY o.id
            """;

    private static final String INSERT_VERDICT = """
            INSERT INTO desk_email_verdict (orders, sent, given_up, lost, doubled, checked_by)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_WRONG =
            "INSERT INTO desk_wrong_email (orders, sent, order_id, times) VALUES (?, ?, ?, ?)";

    private static final String LATEST = """
            SELECT orders, sent, given_up, lost, doubled, checked_by, checked_at
            FROM desk_email_verdict ORDER BY checked_at DESC LIMIT 1
            """;

    private static final String WRONG =
            "SELECT order_id, times FROM desk_wrong_email WHERE orders = ? AND sent = ? ORDER BY order_id";

    private final JdbcClient jdbc;
    private final Comparison comparison;
    private final String name;

    EmailCheck(JdbcClient jdbc, PlatformTransactionManager transactions, SampleProperties properties) {
        this.jdbc = jdbc;
        this.comparison = new Comparison(transactions);
        this.name = properties.name();
    }

    /** Returns the latest verdict. */
    public Optional<EmailVerdict> latest() {
        return jdbc.sql(LATEST).query(Heading.class).optional().map(this::verdict);
    }

    private EmailVerdict verdict(Heading heading) {
        return new EmailVerdict(
                heading.orders(),
                heading.sent(),
                heading.givenUp(),
                heading.lost(),
                heading.doubled(),
                jdbc.sql(WRONG)
                        .params(heading.orders(), heading.sent())
                        .query(WrongEmail.class)
                        .list(),
                heading.checkedBy(),
                heading.checkedAt());
    }

    @Scheduled(fixedDelay = 500)
    void check() {
        try {
            checkIfAllSent();
        } catch (DataAccessException | TransactionException e) {
            log.debug("The emails could not be compared; trying again later", e);
        }
    }

    /**
     * Compares if nothing is left to send and no instance has compared since.
     *
     * @return whether this call gave the verdict
     */
    boolean checkIfAllSent() {
        Optional<Findings> findings = comparison.report(
                () -> jdbc.sql(TO_CHECK).query(Due.class).optional().map(this::compare), this::insert);
        findings.ifPresent(EmailCheck::tell);
        return findings.isPresent();
    }

    private Findings compare(Due due) {
        List<Odd> odd = jdbc.sql(NOT_SENT_ONCE).query(Odd.class).list();
        return new Findings(
                due,
                odd.stream().filter(Odd::givenUp).count(),
                odd.stream().filter(Odd::lost).toList(),
                odd.stream().filter(Odd::doubled).toList());
    }

    private boolean insert(Findings findings) {
        long orders = findings.due().orders();
        long sent = findings.due().sent();
        int inserted = jdbc.sql(INSERT_VERDICT)
                .params(
                        orders,
                        sent,
                        findings.givenUp(),
                        findings.lost().size(),
                        findings.doubled().size(),
                        name)
                .update();
        findings.wrong(inserted == 0 ? 0 : WRONG_LISTED)
                .forEach(odd -> jdbc.sql(INSERT_WRONG)
                        .params(orders, sent, odd.orderId(), odd.times())
                        .update());
        return inserted > 0;
    }

    private static void tell(Findings findings) {
        String sent = "%,d emails about %,d orders were sent, %,d were given up"
                .formatted(findings.due().sent(), findings.due().orders(), findings.givenUp());
        if (findings.lost().isEmpty() && findings.doubled().isEmpty()) {
            log.info("{}: no email was lost or sent twice.", sent);
        } else {
            log.error(
                    "{}: {} were LOST and {} were SENT TWICE, for the orders {}",
                    sent,
                    findings.lost().size(),
                    findings.doubled().size(),
                    findings.wrong(WRONG_LISTED).stream().map(Odd::orderId).toList());
        }
    }

    private record Due(long orders, long sent) {}

    /** An order that does not have exactly one sent email. */
    private record Odd(long orderId, long times, boolean pending) {

        boolean givenUp() {
            return times == 0 && pending;
        }

        boolean lost() {
            return times == 0 && !pending;
        }

        boolean doubled() {
            return times > 1;
        }
    }

    private record Findings(Due due, long givenUp, List<Odd> lost, List<Odd> doubled) {

        List<Odd> wrong(int limit) {
            return Stream.concat(lost.stream(), doubled.stream()).limit(limit).toList();
        }
    }

    private record Heading(
            long orders, long sent, long givenUp, long lost, long doubled, String checkedBy, Instant checkedAt) {}
}
