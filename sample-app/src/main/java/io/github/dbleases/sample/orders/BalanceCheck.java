package io.github.dbleases.sample.orders;

import io.github.dbleases.sample.Comparison;
import io.github.dbleases.sample.SampleProperties;
import io.github.dbleases.sample.orders.Verdict.WrongBalance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Compares every balance with the file and with the added orders each time that all orders are done. The result is
 * reported once: by the instance that inserts the verdict.
 */
@Component
public class BalanceCheck {

    private static final Logger log = LoggerFactory.getLogger(BalanceCheck.class);

    /** The number of orders, or no row unless all are done and no instance has compared since. */
    private static final String TO_CHECK = """
            SELECT i.orders AS imported, o.total
            FROM desk_import i, (SELECT count(*) AS total, count(done_at) AS done FROM desk_order) o
            WHERE o.total > 0 AND o.done = o.total
              AND NOT EXISTS (SELECT 1 FROM desk_verdict v WHERE v.orders = o.total)
            """;

    private static final String POSTED_SUMS =
            "SELECT customer, sum(cents)::bigint AS cents FROM desk_order WHERE posted GROUP BY customer";

    private static final String BALANCES = "SELECT id AS customer, balance AS cents FROM desk_customer";

    private static final String INSERT_VERDICT = """
            INSERT INTO desk_verdict (orders, customers, checked_by) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_WRONG =
            "INSERT INTO desk_wrong_balance (orders, customer, expected, actual) VALUES (?, ?, ?, ?)";

    private static final String LATEST = """
            SELECT orders, customers, checked_by, checked_at FROM desk_verdict ORDER BY orders DESC LIMIT 1
            """;

    private static final String WRONG = """
            SELECT customer, expected, actual FROM desk_wrong_balance WHERE orders = ? ORDER BY customer
            """;

    private final JdbcClient jdbc;
    private final Comparison comparison;
    private final SampleProperties properties;

    BalanceCheck(JdbcClient jdbc, PlatformTransactionManager transactions, SampleProperties properties) {
        this.jdbc = jdbc;
        this.comparison = new Comparison(transactions);
        this.properties = properties;
    }

    /** Returns the latest verdict. */
    public Optional<Verdict> latest() {
        return jdbc.sql(LATEST)
                .query(Heading.class)
                .optional()
                .map(heading -> new Verdict(
                        heading.orders(),
                        heading.customers(),
                        wrong(heading.orders()),
                        heading.checkedBy(),
                        heading.checkedAt()));
    }

    private List<WrongBalance> wrong(long orders) {
        return jdbc.sql(WRONG).param(orders).query(WrongBalance.class).list();
    }

    /**
     * Compares if all orders are done and no instance has compared since.
     *
     * @return whether this call gave the verdict
     */
    boolean checkIfAllDone() {
        Optional<Findings> findings = comparison.report(
                () -> jdbc.sql(TO_CHECK).query(Due.class).optional().map(this::compare), this::insert);
        findings.ifPresent(BalanceCheck::tell);
        return findings.isPresent();
    }

    private Findings compare(Due due) {
        Map<String, Long> expected = expected(due.imported());
        Map<String, Long> actual = new HashMap<>();
        jdbc.sql(BALANCES).query(Sum.class).list().forEach(balance -> actual.put(balance.customer(), balance.cents()));
        return new Findings(due.total(), actual.size(), differences(expected, actual));
    }

    private boolean insert(Findings findings) {
        int inserted = jdbc.sql(INSERT_VERDICT)
                .params(findings.orders(), findings.customers(), properties.name())
                .update();
        if (inserted == 0) {
            return false;
        }
        findings.wrong()
                .forEach(balance -> jdbc.sql(INSERT_WRONG)
                        .params(findings.orders(), balance.customer(), balance.expected(), balance.actual())
                        .update());
        return true;
    }

    private Map<String, Long> expected(int imported) {
        Map<String, Long> sums = OrderFile.first(imported).stream()
                .collect(Collectors.groupingBy(
                        OrderFile.Line::customer, Collectors.summingLong(OrderFile.Line::amount)));
        jdbc.sql(POSTED_SUMS)
                .query(Sum.class)
                .list()
                .forEach(sum -> sums.merge(sum.customer(), sum.cents(), Long::sum));
        return sums;
    }

    private static List<WrongBalance> differences(Map<String, Long> expected, Map<String, Long> actual) {
        TreeSet<String> customers = new TreeSet<>(expected.keySet());
        customers.addAll(actual.keySet());
        List<WrongBalance> wrong = new ArrayList<>();
        for (String customer : customers) {
            long wanted = expected.getOrDefault(customer, 0L);
            long found = actual.getOrDefault(customer, 0L);
            if (wanted != found) {
                wrong.add(new WrongBalance(customer, wanted, found));
            }
        }
        return wrong;
    }

    private static void tell(Findings findings) {
        String done = "%,d orders of %,d customers are done".formatted(findings.orders(), findings.customers());
        if (findings.wrong().isEmpty()) {
            log.info("{}: all balances are right.", done);
        } else {
            log.error(
                    "{}: {} balances are WRONG, in cents: {}",
                    done,
                    findings.wrong().size(),
                    findings.wrong());
        }
    }

    private record Due(int imported, long total) {}

    private record Findings(long orders, int customers, List<WrongBalance> wrong) {}

    private record Sum(String customer, long cents) {}

    private record Heading(long orders, int customers, String checkedBy, Instant checkedAt) {}
}
