package io.github.dbleases.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.Hold;
import io.github.dbleases.Tasker;
import io.github.dbleases.spring.metrics.MonitoredInstance.Email;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import io.github.dbleases.testing.process.CuttableProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The alert rules of {@code docs/monitoring} fire for the faults that they are for, and for nothing else. Real instances on
 * PostgreSQL have the faults, Prometheus' own {@code promtool} evaluates the rules on what they export, and only the minutes in
 * between are made up.
 */
@EnabledIf(
        value = "io.github.dbleases.spring.metrics.Promtool#isInstalled",
        disabledReason = "promtool, which comes with Prometheus, is not on the path")
class AlertRulesTests {

    private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);
    private static final Duration TTL = Duration.ofSeconds(2);
    private static final Tasker<Email> SENDING = emails -> emails;

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Sql sql = new Sql(database.dataSource());
    private final Map<String, MonitoredInstance> scraped = new TreeMap<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Promtool prometheus = new Promtool();

    @TempDir
    private Path directory;

    @BeforeEach
    void createTable() {
        sql.execute(MonitoredInstance.EMAILS);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    private MonitoredInstance start(String name, String url, Duration ttl, Tasker<Email> tasker) {
        MonitoredInstance instance = new MonitoredInstance(name, database, url, ttl, tasker);
        opened.push(instance);
        scraped.put(name, instance);
        return instance;
    }

    private MonitoredInstance start(String name) {
        return start(name, database.jdbcUrl(), TTL, SENDING);
    }

    private CuttableProxy network() throws Exception {
        CuttableProxy network =
                new CuttableProxy(database.server().host(), database.server().port());
        opened.addLast(network);
        return network;
    }

    private String through(CuttableProxy network) {
        return "jdbc:postgresql://localhost:%d/%s".formatted(network.port(), database.name());
    }

    /** Scrapes all instances until the scrapes are as expected. */
    private Map<String, Scrape> scrapeWhen(Predicate<Map<String, Scrape>> expected) {
        return await().atMost(Duration.ofMinutes(1)).until(this::scrape, expected);
    }

    private Map<String, Scrape> scrape() {
        Map<String, Scrape> scrapes = new TreeMap<>();
        scraped.forEach((name, instance) -> scrapes.put(name, instance.scrape()));
        return scrapes;
    }

    private static double sum(Map<String, Scrape> scrapes, String name, String... labels) {
        return scrapes.values().stream()
                .mapToDouble(scrape -> scrape.sum(name, labels))
                .sum();
    }

    private static double max(Map<String, Scrape> scrapes, String name, String... labels) {
        return scrapes.values().stream()
                .mapToDouble(scrape -> scrape.sum(name, labels))
                .max()
                .orElse(0);
    }

    private static double audits(Map<String, Scrape> scrapes) {
        return sum(scrapes, "dbleases_cluster_audits_total");
    }

    private static double heartbeats(Map<String, Scrape> scrapes) {
        return sum(scrapes, "dbleases_heartbeat_seconds_count", "outcome=\"renewed\"");
    }

    /** Scrapes all instances after another audit, when they are as expected. */
    private Map<String, Scrape> scrapeAfterAudit(Map<String, Scrape> before, Predicate<Map<String, Scrape>> expected) {
        return scrapeWhen(now -> audits(now) > audits(before) && expected.test(now));
    }

    /** Records half an hour in which everything is as it should be. */
    private void healthy(int instances) {
        Predicate<Map<String, Scrape>> isAtWork = now -> isActive(now, instances)
                && sum(now, "dbleases_partitions_owned") == 8
                && sum(now, "dbleases_leader") == 1;
        Map<String, Scrape> first = scrapeWhen(isAtWork);
        Map<String, Scrape> second = scrapeAfterAudit(
                first,
                now -> isAtWork.test(now)
                        && max(now, "dbleases_cluster_sessions") == instances
                        && max(now, "dbleases_cluster_balanced", "lease=\"orders\"") == 1
                        && max(now, "dbleases_cluster_balanced", "lease=\"reports\"") == 1);
        prometheus.phase(HALF_AN_HOUR, first, second).firing();
    }

    private static boolean isActive(Map<String, Scrape> scrapes, int instances) {
        return sum(scrapes, "dbleases_session_state", "state=\"active\"") == instances;
    }

    @Test
    void theRulesAreValid() throws Exception {
        assertThat(Promtool.run("check", "rules", Promtool.RULES.toString())).contains("SUCCESS: 8 rules found");
    }

    @Test
    void theQueriesOfTheDashboardAreValid() throws Exception {
        StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        List<String> queries = MonitoringFilesTests.queries();
        for (String query : queries) {
            String filled = query.replace("$application", "shop")
                    .replace("$instance", ".*")
                    .replaceAll("\\$__[a-z_]+", "5m");
            rules.append("      - record: query\n        expr: '")
                    .append(filled)
                    .append("'\n");
        }
        Path file = Files.writeString(directory.resolve("dashboard.yml"), rules);

        assertThat(Promtool.run("check", "rules", "--lint=none", file.toString()))
                .contains("SUCCESS: " + queries.size() + " rules found");
    }

    @Test
    void noneFiresOnAHealthyClusterAtWork() throws Exception {
        MonitoredInstance one = start("one");
        start("two");
        await().until(() -> one.orders().values().size() == 4);
        sql.execute("INSERT INTO email_outbox (created_at) SELECT now() - interval '1 s' FROM generate_series(1, 20)");
        one.orders().forEachOwned(partition -> {});
        scrapeWhen(now -> sum(now, "dbleases_tasks_total", "outcome=\"completed\"") == 20
                && sum(now, "dbleases_tasks_wait_seconds_count") == 20);
        healthy(2);

        MonitoredInstance three = start("three");
        await().until(() -> !three.orders().values().isEmpty());
        healthy(3);
        scraped.remove("three").close();
        healthy(2);

        prometheus.verify(directory);
    }

    @Test
    void aLeaderThatIsCutOffAtWorkAndThenKilledWhileTheOnlyOtherInstanceIsDrained() throws Exception {
        CuttableProxy network = network();
        MonitoredInstance leader = start("leader", through(network), TTL, SENDING);
        await().until(() -> leader.client().leadership("reports").isLeader());
        MonitoredInstance other = start("other");
        healthy(2);
        Hold hold = leader.orders()
                .tryHold(leader.orders().values().iterator().next())
                .orElseThrow();

        network.cut();
        Map<String, Scrape> first =
                scrapeWhen(now -> now.get("leader").sum("dbleases_session_state", "state=\"suspended\"") == 1
                        && now.get("leader").sum("dbleases_hold_untrusted_total", "lease=\"orders\"") == 1
                        && now.get("other").sum("dbleases_partitions_owned") == 8
                        && now.get("other").sum("dbleases_leader") == 1);
        Map<String, Scrape> second = scrapeAfterAudit(
                first, now -> isActive(now, 1) && now.get("other").sum("dbleases_cluster_sessions") == 1);
        hold.close();
        prometheus
                .phase(Duration.ofMinutes(5), first, second)
                .firing(
                        "DbLeasesHoldUntrusted{instance=\"leader\",lease=\"orders\"}",
                        "DbLeasesSessionNotTrusted{instance=\"leader\"}");

        scraped.remove("leader");
        other.client().drain();
        first = scrapeWhen(now -> sum(now, "dbleases_session_drained") == 1 && sum(now, "dbleases_leader") == 0);
        second = scrapeAfterAudit(
                first, now -> isActive(now, 1) && sum(now, "dbleases_cluster_partitions_unassigned") == 9);
        prometheus
                .phase(HALF_AN_HOUR, first, second)
                .firing("DbLeasesWithoutOwner{lease=\"orders\"}", "DbLeasesWithoutOwner{lease=\"reports\"}");

        prometheus.verify(directory);
    }

    @Test
    void aDatabaseThatIsAwayForLongerThanTheTtlWhileInstancesWork() throws Exception {
        CuttableProxy network = network();
        Duration ttl = Duration.ofSeconds(4);
        MonitoredInstance one = start("one", through(network), ttl, SENDING);
        MonitoredInstance two = start("two", through(network), ttl, SENDING);
        healthy(2);
        Hold hold =
                one.orders().tryHold(one.orders().values().iterator().next()).orElseThrow();

        network.cut();
        Map<String, Scrape> first = scrapeWhen(now -> sum(now, "dbleases_session_state", "state=\"suspended\"") == 2
                && sum(now, "dbleases_hold_untrusted_total") == 1);
        one.pass(Duration.ofMinutes(1));
        two.pass(Duration.ofMinutes(1));
        prometheus
                .phase(Duration.ofMinutes(5), first, scrape())
                .firing(
                        "DbLeasesNoAudit",
                        "DbLeasesSessionNotTrusted{instance=\"one\"}",
                        "DbLeasesSessionNotTrusted{instance=\"two\"}",
                        "DbLeasesWithoutOwner{lease=\"reports\"}");

        network.mend();
        hold.close();
        Predicate<Map<String, Scrape>> isBack = now ->
                isActive(now, 2) && sum(now, "dbleases_partitions_owned") == 8 && sum(now, "dbleases_leader") == 1;
        first = scrapeWhen(isBack);
        Map<String, Scrape> second = scrapeAfterAudit(first, isBack);
        assertThat(sum(second, "dbleases_session_opened_total", "reason=\"over\""))
                .isZero();
        prometheus.phase(Duration.ofMinutes(5), first, second).firing();

        prometheus.verify(directory);
    }

    @Test
    void aHoldThatHangsAndKeepsAPartitionFromMoving() throws Exception {
        // Longer than this JVM may pause: the hold must not lose its trust.
        Duration ttl = Duration.ofSeconds(6);
        MonitoredInstance holder = start("holder", database.jdbcUrl(), ttl, SENDING);
        Map<String, Scrape> alone = scrapeWhen(now -> sum(now, "dbleases_partitions_owned") == 8);
        prometheus.phase(HALF_AN_HOUR, alone, alone);
        opened.push(holder.orders().tryHold(7).orElseThrow());

        MonitoredInstance other = start("other", database.jdbcUrl(), ttl, SENDING);
        await().until(() -> other.orders().values().size() == 3);
        holder.pass(Duration.ofMinutes(15));
        Map<String, Scrape> first = scrape();
        Map<String, Scrape> second = scrapeAfterAudit(
                first,
                now -> isActive(now, 2)
                        && sum(now, "dbleases_partitions_owned") == 7
                        && max(now, "dbleases_cluster_partitions_moving", "lease=\"orders\"") == 1);

        prometheus
                .phase(HALF_AN_HOUR, first, second)
                .firing(
                        "DbLeasesHoldHangs{instance=\"holder\",lease=\"orders\"}",
                        "DbLeasesNotBalanced{lease=\"orders\"}")
                .verify(directory);
    }

    @Test
    void auditsThatAreBlocked() throws Exception {
        start("one");
        start("two");
        healthy(2);
        Map<String, Scrape> before = scrape();

        try (Connection maintenance = database.dataSource().getConnection();
                Statement statement = maintenance.createStatement()) {
            maintenance.setAutoCommit(false);
            statement.execute("LOCK TABLE dbleases_member IN ACCESS EXCLUSIVE MODE");
            Map<String, Scrape> first = scrapeWhen(now -> failedReads(now) > failedReads(before));
            Map<String, Scrape> second = scrapeWhen(now -> heartbeats(now) > heartbeats(first) + 2 && isActive(now, 2));
            assertThat(audits(second)).isEqualTo(audits(first));
            prometheus.phase(Duration.ofMinutes(5), first, second).firing("DbLeasesNoAudit");
            scraped.values().forEach(instance -> instance.pass(Duration.ofMinutes(1)));
            Map<String, Scrape> later = scrape();
            assertThat(sum(later, "dbleases_cluster_balanced")).isZero();
            prometheus
                    .phase(HALF_AN_HOUR, second, later)
                    .firing("DbLeasesNoAudit")
                    .verify(directory);
        }
    }

    private static double failedReads(Map<String, Scrape> scrapes) {
        return sum(scrapes, "dbleases_store_operation_seconds_count", "operation=\"cluster\"", "outcome=\"error\"");
    }

    @Test
    void aRunnerWithWhichEverythingFailsAndWhoseTaskerThenHangs() throws Exception {
        AtomicBoolean hangs = new AtomicBoolean();
        CountDownLatch end = new CountDownLatch(1);
        opened.addLast(end::countDown);
        start("sick", database.jdbcUrl(), TTL, emails -> {
            if (!hangs.get()) {
                throw new IllegalStateException("planted");
            }
            end.await();
            return emails;
        });
        healthy(1);

        sql.execute("INSERT INTO email_outbox DEFAULT VALUES");
        Map<String, Scrape> first = scrapeWhen(now -> sum(now, "dbleases_tasks_total", "outcome=\"given-up\"") == 1);
        Map<String, Scrape> second = scrapeAfterAudit(first, now -> isActive(now, 1));
        prometheus
                .phase(Duration.ofMinutes(5), first, second)
                .firing("DbLeasesTasksFail{instance=\"sick\",runner=\"emails\"}");

        hangs.set(true);
        sql.execute("INSERT INTO email_outbox (created_at) VALUES (now() - interval '20 min')");
        first = scrapeWhen(now -> sum(now, "dbleases_tasks_running") == 1);
        second = scrapeAfterAudit(first, now -> isActive(now, 1));
        prometheus.phase(HALF_AN_HOUR, first, second).firing("DbLeasesTasksTooOld{runner=\"emails\"}");

        prometheus.verify(directory);
    }
}
