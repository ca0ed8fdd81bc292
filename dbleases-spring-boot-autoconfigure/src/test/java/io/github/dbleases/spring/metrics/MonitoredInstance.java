package io.github.dbleases.spring.metrics;

import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.Tasker;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import io.github.dbleases.spring.autoconfigure.LeaseStoreAutoConfiguration;
import io.github.dbleases.spring.migration.LeaseMigrationAutoConfiguration;
import io.github.dbleases.spring.tasks.TaskRunnersAutoConfiguration;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/**
 * An instance of the application {@code shop} that Prometheus scrapes. It has the lease {@code orders}, the election {@code
 * reports} and the runner {@code emails}. A test can set the clock of its registry forward, which measures for how long holds
 * are open, and how old the last audit is.
 */
final class MonitoredInstance implements AutoCloseable {

    /** The table of the runner's tasks. */
    static final String EMAILS = """
            CREATE TABLE email_outbox (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                created_at timestamptz NOT NULL DEFAULT now(),
                attempts int NOT NULL DEFAULT 0,
                status text NOT NULL DEFAULT 'new',
                session_id bigint);
            CREATE INDEX ON email_outbox (id) WHERE status = 'new' AND attempts = 0;
            CREATE INDEX ON email_outbox (id) WHERE status = 'new' AND attempts > 0
            """;

    private final AdjustableClock clock = new AdjustableClock();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
    private final ConfigurableApplicationContext context;

    /** A task of the runner. */
    record Email(long id) {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        DataSourceAutoConfiguration.class,
        DataSourceTransactionManagerAutoConfiguration.class,
        JdbcTemplateAutoConfiguration.class,
        JdbcClientAutoConfiguration.class,
        LeaseStoreAutoConfiguration.class,
        LeaseMigrationAutoConfiguration.class,
        DbLeasesAutoConfiguration.class,
        TaskRunnersAutoConfiguration.class,
        LeaseMetricsAutoConfiguration.class
    })
    static class Application {}

    /** Starts an instance that takes part in the lease, the election and the runner. */
    MonitoredInstance(String name, PostgresDatabase database, String url, Duration ttl, Tasker<Email> tasker) {
        registry.config().commonTags("application", "shop");
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(registry));
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .initializers((GenericApplicationContext beans) -> {
                    beans.registerBean(MeterRegistry.class, () -> registry);
                    beans.registerBean(ObservationRegistry.class, () -> observations);
                    beans.registerBean("emailsTasker", EmailTasker.class, () -> new EmailTasker(tasker));
                })
                .properties(Map.ofEntries(
                        Map.entry("spring.datasource.url", url),
                        Map.entry("spring.datasource.username", database.user()),
                        Map.entry("spring.datasource.password", database.password()),
                        Map.entry("spring.datasource.hikari.maximum-pool-size", "2"),
                        Map.entry("spring.datasource.hikari.connection-timeout", "1000"),
                        Map.entry("dbleases.client-id", name),
                        Map.entry("dbleases.ttl", ttl.toMillis() + "ms"),
                        Map.entry("dbleases.debounce", "0"),
                        Map.entry("dbleases.drain-timeout", "0"),
                        Map.entry("dbleases.leases.orders.partitions", "8"),
                        Map.entry("dbleases.runners.emails.table", "email_outbox"),
                        Map.entry("dbleases.runners.emails.pending", "status = 'new'"),
                        Map.entry("dbleases.runners.emails.finish", "status = 'sent'"),
                        Map.entry("dbleases.runners.emails.give-up", "status = 'dead'"),
                        Map.entry("dbleases.runners.emails.attempts-column", "attempts"),
                        Map.entry("dbleases.runners.emails.max-attempts", "2"),
                        Map.entry("dbleases.runners.emails.created-column", "created_at"),
                        Map.entry("dbleases.runners.emails.drain-timeout", "0"),
                        Map.entry("dbleases.runners.emails.interval", "100ms"),
                        Map.entry("dbleases.runners.emails.retry-delay", "20ms")))
                .run();
        client().leadership("reports");
    }

    /** Has a declared type of tasks, which a lambda has not. */
    private record EmailTasker(Tasker<Email> delegate) implements Tasker<Email> {

        @Override
        public List<Email> perform(List<Email> emails) throws Exception {
            return delegate.perform(emails);
        }
    }

    LeaseClient client() {
        return context.getBean(LeaseClient.class);
    }

    Lease orders() {
        return context.getBean(Lease.class);
    }

    /** Sets the clock of the registry forward. */
    void pass(Duration time) {
        clock.passedNanos.addAndGet(time.toNanos());
    }

    private static final class AdjustableClock implements Clock {

        private final AtomicLong passedNanos = new AtomicLong();

        @Override
        public long wallTime() {
            return Clock.SYSTEM.wallTime() + passedNanos.get() / 1_000_000;
        }

        @Override
        public long monotonicTime() {
            return Clock.SYSTEM.monotonicTime() + passedNanos.get();
        }
    }

    Scrape scrape() {
        return Scrape.parse(registry.scrape());
    }

    @Override
    public void close() {
        context.close();
    }
}
