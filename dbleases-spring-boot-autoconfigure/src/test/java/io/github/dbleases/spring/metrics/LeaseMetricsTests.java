package io.github.dbleases.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.Hold;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.spi.observation.ClientObserver.Audit;
import io.github.dbleases.spi.observation.ClientObserver.AuditedLease;
import io.github.dbleases.spi.observation.ClientObserver.HoldActivity;
import io.github.dbleases.spring.FakeLeaseClient;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import io.github.dbleases.spring.autoconfigure.LeaseStoreAutoConfiguration;
import io.github.dbleases.spring.migration.LeaseMigrationAutoConfiguration;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LeaseMetricsTests {

    private static final Pattern DOCUMENTED = Pattern.compile("^\\| `(dbleases\\.[a-z.]+)` \\|", Pattern.MULTILINE);

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    LeaseStoreAutoConfiguration.class,
                    LeaseMigrationAutoConfiguration.class,
                    DbLeasesAutoConfiguration.class,
                    LeaseMetricsAutoConfiguration.class))
            .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
            .withPropertyValues(
                    "dbleases.leases.orders.partitions=8",
                    "dbleases.ttl=3s",
                    "dbleases.debounce=0",
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.user(),
                    "spring.datasource.password=" + database.password());

    @Test
    void theMetersFollowAHandOverInAClusterOnPostgres() {
        application.run(one -> {
            MeterRegistry here = one.getBean(MeterRegistry.class);
            Leadership reports = one.getBean(LeaseClient.class).leadership("reports");
            await().untilAsserted(() -> {
                assertThat(gauge(here, "partitions.owned", "lease", "orders")).isEqualTo(8);
                assertThat(gauge(here, "leader", "election", "reports")).isOne();
                assertThat(counter(here, "leader.changes")).isOne();
                assertThat(gauge(here, "session.state", "state", "active")).isOne();
            });
            assertThat(reports.runIfLeader(() -> {})).isTrue();
            assertThat(timers(here, "leader.call", "outcome", "run")).isOne();
            Hold hold = one.getBean(Lease.class).tryHold(7).orElseThrow();
            assertThat(here.get("dbleases.hold.active")
                            .tag("lease", "orders")
                            .longTaskTimer()
                            .activeTasks())
                    .isOne();
            application.run(two -> {
                MeterRegistry there = two.getBean(MeterRegistry.class);
                await().untilAsserted(() -> assertThat(gauge(here, "partitions.owned", "lease", "orders"))
                        .isEqualTo(4));
                hold.close();
                await().untilAsserted(() -> {
                    assertThat(gauge(there, "partitions.owned", "lease", "orders"))
                            .isEqualTo(4);
                    assertThat(counter(there, "partitions.assigned")).isEqualTo(4);
                    assertThat(here.get("dbleases.partitions.revoked")
                                    .tag("reason", "handed-over")
                                    .counter()
                                    .count())
                            .isEqualTo(4);
                    assertThat(timers(here, "handover", "phase", "transfer")).isEqualTo(4);
                    assertThat(timers(here, "hold", "lease", "orders")).isOne();
                });
                await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                    double quota = gauge(here, "cluster.partitions.quota", "lease", "orders");
                    double otherQuota = gauge(there, "cluster.partitions.quota", "lease", "orders");
                    assertThat(Math.max(quota, otherQuota)).isEqualTo(4);
                    double mine = gauge(here, "cluster.sessions");
                    double other = gauge(there, "cluster.sessions");
                    assertThat(Math.max(mine, other)).isEqualTo(2);
                    assertThat(Math.min(mine, other))
                            .as("only one of them audits")
                            .isZero();
                });
                assertThat(timers(here, "heartbeat", "outcome", "renewed")).isPositive();
                assertThat(timers(here, "store.operation", "operation", "transact", "outcome", "success"))
                        .isPositive();
            });
        });
    }

    @Test
    void aHoldThatOutlivesTheTrustIsCountedOnce() {
        application.run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            Lease lease = context.getBean(Lease.class);
            await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
            Hold hold = lease.tryHold(0).orElseThrow();
            assertThat(counter(registry, "hold.untrusted")).isZero();

            context.getBean(LeaseClient.class).close();
            hold.close();

            assertThat(counter(registry, "hold.untrusted")).isOne();
        });
    }

    @Test
    void overdueHoldsAreCountedAndNumberedUntilTheyAreClosed() {
        MeterRegistry registry = new SimpleMeterRegistry();
        LeaseMetrics metrics = new LeaseMetrics(registry, FakeLeaseClient::new, List::of);
        metrics.onJoined("reports", LeaseKind.LEADER);
        HoldActivity first = metrics.onHold("reports");
        HoldActivity second = metrics.onHold("reports");

        first.overdue();
        second.overdue();
        first.closed();

        assertThat(counter(registry, "hold.overdue")).isEqualTo(2);
        assertThat(registry.get("dbleases.hold.overdue.active")
                        .tag("lease", "reports")
                        .gauge()
                        .value())
                .isOne();
        second.closed();
        assertThat(registry.get("dbleases.hold.overdue.active").gauge().value()).isZero();
    }

    /** The quiet time is often over before the next scrape. */
    @Test
    void aFailoverIsCountedAndStaysAfterTheQuietTime() {
        MeterRegistry registry = new SimpleMeterRegistry();
        LeaseMetrics metrics = new LeaseMetrics(registry, FakeLeaseClient::new, List::of);
        assertThat(counter(registry, "incarnation.changes")).isZero();

        metrics.onIncarnationChanged();
        metrics.onQuietTime(Duration.ZERO);

        assertThat(counter(registry, "incarnation.changes")).isOne();
        assertThat(gauge(registry, "quiet.remaining")).isZero();
    }

    @Test
    void allMetersAreThereBeforeTheFirstEventAndInAScrape() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        LeaseMetrics metrics = metrics(registry, new FakeLeaseClient());

        String scrape = registry.scrape();

        assertThat(names(registry))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(scrape).contains(name.replace('.', '_')));
        assertThat(registry.getMeters())
                .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
        assertThat(metrics).isNotNull();
    }

    @Test
    void theDocumentationListsTheMeters() throws IOException {
        MeterRegistry registry = new SimpleMeterRegistry();
        LeaseMetrics unused = metrics(registry, new FakeLeaseClient());

        Matcher documented = DOCUMENTED.matcher(Files.readString(Path.of("..", "docs", "monitoring.md")));

        Set<String> expected = names(registry);
        expected.addAll(List.of("dbleases.tasks.claim", "dbleases.tasks.batch", "dbleases.tasks.report"));
        Set<String> listed = new TreeSet<>();
        documented.results().forEach(row -> listed.add(row.group(1)));
        assertThat(listed).isEqualTo(expected);
    }

    @Test
    void aScrapeOfAThousandLeasesAndAHundredSessionsAsksNoStore() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        FakeLeaseClient client = new FakeLeaseClient();
        LeaseMetrics metrics = new LeaseMetrics(registry, () -> client, List::of);
        Map<String, AuditedLease> audited = new HashMap<>();
        IntStream.range(0, 1_000).forEach(i -> {
            client.owns("lease-" + i, 4, 1, 2);
            metrics.onJoined("lease-" + i, LeaseKind.PARTITIONS);
            audited.put("lease-" + i, new AuditedLease(0, 0, true, 0.04));
        });
        metrics.onAudit(new Audit(100, 0, audited, Duration.ofHours(1)));
        for (int i = 0; i < 5; i++) {
            registry.scrape();
        }
        long start = System.nanoTime();

        String scrape = registry.scrape();

        System.out.printf("A scrape took %.1f ms%n", (System.nanoTime() - start) / 1e6);
        assertThat(scrape)
                .contains("dbleases_partitions_owned{lease=\"lease-999\"} 2.0")
                .contains("dbleases_cluster_sessions 100.0")
                .contains("dbleases_cluster_balanced{lease=\"lease-0\"} 1.0")
                .contains("dbleases_cluster_partitions_quota{lease=\"lease-0\"} 0.04");
        assertThat(client.wholeViews()).isZero();
    }

    @Test
    void thereAreNoMetersWithoutMicrometer() {
        application
                .withClassLoader(new FilteredClassLoader(MeterRegistry.class))
                .withPropertyValues("dbleases.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LeaseMetrics.class));
    }

    private static LeaseMetrics metrics(MeterRegistry registry, LeaseClient client) {
        LeaseMetrics metrics = new LeaseMetrics(registry, () -> client, List::of);
        metrics.registerLease("orders");
        metrics.registerRunner("emails");
        metrics.onJoined("reports", LeaseKind.LEADER);
        return metrics;
    }

    private static Set<String> names(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static double gauge(MeterRegistry registry, String name, String... tags) {
        return registry.get("dbleases." + name).tags(tags).gauge().value();
    }

    private static double counter(MeterRegistry registry, String name) {
        return registry.get("dbleases." + name).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static long timers(MeterRegistry registry, String name, String... tags) {
        return registry.get("dbleases." + name).tags(tags).timers().stream()
                .mapToLong(timer -> timer.count())
                .sum();
    }
}
