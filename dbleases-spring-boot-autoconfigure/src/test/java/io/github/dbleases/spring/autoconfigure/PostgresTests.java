package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.github.dbleases.ClientState;
import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.DbLeasesDataSource;
import io.github.dbleases.spring.jdbc.DbLeasesConnections;
import io.github.dbleases.spring.migration.LeaseMigrationAutoConfiguration;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.scheduling.TaskScheduler;

/** The wiring on a real PostgreSQL. */
class PostgresTests {

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();

    private final ApplicationContextRunner withoutDatabase = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    LeaseStoreAutoConfiguration.class,
                    LeaseMigrationAutoConfiguration.class,
                    DbLeasesAutoConfiguration.class))
            .withPropertyValues(
                    "dbleases.leases.orders.partitions=8",
                    "dbleases.ttl=1500ms",
                    "dbleases.heartbeat=250ms",
                    "dbleases.attempt-timeout=400ms",
                    "dbleases.margin=100ms",
                    "dbleases.grace=100ms",
                    "dbleases.debounce=0");

    private final ApplicationContextRunner application = withoutDatabase.withPropertyValues(
            "spring.datasource.url=" + database.jdbcUrl(),
            "spring.datasource.username=" + database.user(),
            "spring.datasource.password=" + database.password());

    @Test
    void anApplicationNeedsNothingButTheNumberOfPartitions() {
        application.run(context -> {
            Lease lease = context.getBean(Lease.class);
            await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
            assertThat(context.getBean(LeaseClient.class).state()).isEqualTo(ClientState.ACTIVE);
        });
        assertThat(new Sql(database.dataSource()).column("SELECT state FROM dbleases_session WHERE state = 'live'"))
                .isEmpty();
    }

    @Test
    void twoApplicationsShareThePartitions() {
        application.run(one -> {
            Lease here = one.getBean(Lease.class);
            await().untilAsserted(() -> assertThat(here.values()).hasSize(8));
            application.run(two -> {
                Lease there = two.getBean(Lease.class);
                await().untilAsserted(() -> {
                    assertThat(here.values()).hasSize(4);
                    assertThat(there.values()).hasSize(4).doesNotContainAnyElementsOf(here.values());
                });
            });
            await().untilAsserted(() -> assertThat(here.values()).hasSize(8));
        });
    }

    @Test
    void anExhaustedPoolCostsNoLease() {
        application
                .withPropertyValues(
                        "spring.datasource.hikari.maximum-pool-size=1",
                        "spring.datasource.hikari.connection-timeout=250")
                .run(context -> {
                    Lease lease = context.getBean(Lease.class);
                    AtomicInteger revoked = new AtomicInteger();
                    lease.addListener(new LeaseListener() {
                        @Override
                        public void onRevoked(PartitionSet partitions) {
                            revoked.addAndGet(partitions.size());
                        }
                    });
                    await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
                    long session = context.getBean(LeaseClient.class)
                            .status()
                            .session()
                            .orElseThrow();
                    try (Connection exhausting =
                            context.getBean(DataSource.class).getConnection()) {
                        awaitExpiryOfWhatIsPromisedNow();

                        assertThat(exhausting.isValid(1)).isTrue();
                        assertThat(lease.values()).hasSize(8);
                        assertThat(context.getBean(LeaseClient.class).status().session())
                                .hasValue(session);
                    }
                    assertThat(revoked).hasValue(0);
                });
    }

    /** Longer than the TTL and the grace: every session has been renewed, or else it has been taken over. */
    private void awaitExpiryOfWhatIsPromisedNow() {
        Sql sql = new Sql(database.dataSource());
        String promised = sql.column("SELECT max(expires_at) + interval '200 ms' FROM dbleases_session")
                .get(0);
        await().until(() -> sql.column("SELECT clock_timestamp() > '%s'".formatted(promised))
                .equals(List.of("t")));
    }

    @Test
    void theMarkedDataSourceIsUsedInsteadOfThePrimaryOne() {
        PostgresDatabase leases = PostgresServer.newest().freshDatabase();
        withoutDatabase
                .withUserConfiguration(TwoDataSources.class)
                .withBean("databases", Databases.class, () -> new Databases(database, leases))
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(new Sql(leases.dataSource()).tables("public")).contains("dbleases_session");
        assertThat(new Sql(database.dataSource()).tables("public")).isEmpty();
    }

    @Test
    void withoutAMarkedDataSourceThePrimaryOneIsUsed() {
        PostgresDatabase another = PostgresServer.newest().freshDatabase();
        withoutDatabase
                .withBean("one", DataSource.class, database::dataSource, definition -> definition.setPrimary(true))
                .withBean("other", DataSource.class, another::dataSource)
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(new Sql(database.dataSource()).tables("public")).contains("dbleases_session");
    }

    @Test
    void twoDataSourcesOfEqualRankStopTheStart() {
        withoutDatabase
                .withBean("one", DataSource.class, database::dataSource)
                .withBean("other", DataSource.class, database::dataSource)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("several DataSource beans (one, other)"));
    }

    @Test
    void aConnectionOfItsOwnNeedsNoDataSource() {
        withoutDatabase
                .withPropertyValues(
                        "spring.autoconfigure.exclude=" + DataSourceAutoConfiguration.class.getName(),
                        "dbleases.connection.url=" + database.jdbcUrl(),
                        "dbleases.connection.user=" + database.user(),
                        "dbleases.connection.password=" + database.password())
                .withBean("exotic", DataSource.class, Exotic::new)
                .run(context -> await().untilAsserted(() ->
                        assertThat(context.getBean(Lease.class).values()).hasSize(8)));
    }

    @Test
    void aDataSourceThatDoesNotTellItsAddressStopsTheStart() {
        withoutDatabase
                .withBean("exotic", DataSource.class, Exotic::new)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(InvalidConfigurationException.class.getName()));
    }

    @Test
    void connectionDetailsOfAServiceAreUsed() {
        withoutDatabase
                .withBean(JdbcConnectionDetails.class, () -> new Service(database))
                .run(context -> await().untilAsserted(() ->
                        assertThat(context.getBean(Lease.class).values()).hasSize(8)));
    }

    @Test
    void noBeanOfOursIsOfATypeThatBootLooksFor() {
        application.run(context -> {
            assertThat(context).hasSingleBean(DataSource.class);
            assertThat(context.getBean(DataSource.class)).isInstanceOf(HikariDataSource.class);
            assertThat(context).doesNotHaveBean(Flyway.class);
            assertThat(context).doesNotHaveBean(Executor.class);
            assertThat(context).doesNotHaveBean(TaskScheduler.class);
        });
    }

    @Test
    void aStoreOfTheApplicationReplacesConnectionsAndMigrations() {
        application.withBean(LeaseStore.class, InMemoryLeaseStore::new).run(context -> {
            assertThat(context).hasSingleBean(LeaseStore.class);
            assertThat(context).doesNotHaveBean(DbLeasesConnections.class);
        });
        assertThat(new Sql(database.dataSource()).tables("public")).isEmpty();
    }

    @Test
    void switchedOffNoDatabaseIsTouched() {
        withoutDatabase
                .withPropertyValues("dbleases.enabled=false")
                .withBean("exotic", DataSource.class, Exotic::new)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(Lease.class).values()).isEmpty();
                });
    }

    @Test
    void withoutADataSourceThereIsNoStore() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LeaseStoreAutoConfiguration.class,
                        LeaseMigrationAutoConfiguration.class,
                        DbLeasesAutoConfiguration.class))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context).doesNotHaveBean(LeaseStore.class);
                    assertThat(context).doesNotHaveBean(LeaseClient.class);
                });
    }

    record Databases(PostgresDatabase application, PostgresDatabase leases) {}

    @Configuration(proxyBeanMethods = false)
    static class TwoDataSources {

        @Bean
        @Primary
        DataSource application(Databases databases) {
            return databases.application().dataSource();
        }

        @Bean
        @DbLeasesDataSource
        DataSource leases(Databases databases) {
            return databases.leases().dataSource();
        }
    }

    record Service(PostgresDatabase database) implements JdbcConnectionDetails {

        @Override
        public String getJdbcUrl() {
            return database.jdbcUrl();
        }

        @Override
        public String getUsername() {
            return database.user();
        }

        @Override
        public String getPassword() {
            return database.password();
        }
    }

    /** Refuses every connection and does not tell its address. */
    static class Exotic extends AbstractDataSource {

        @Override
        public Connection getConnection() {
            throw new IllegalStateException("Connections are not allowed");
        }

        @Override
        public Connection getConnection(String user, String password) {
            throw new IllegalStateException("Connections are not allowed");
        }
    }
}
