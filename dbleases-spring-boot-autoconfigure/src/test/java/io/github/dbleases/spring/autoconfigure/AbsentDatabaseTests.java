package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.spring.actuate.LeasesDescriptor;
import io.github.dbleases.spring.actuate.LeasesEndpoint;
import io.github.dbleases.spring.actuate.LeasesEndpointAutoConfiguration;
import io.github.dbleases.spring.migration.LeaseMigrationAutoConfiguration;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The database is away when an application starts, or goes away. Each test finds and leaves it there. */
@ExtendWith(OutputCaptureExtension.class)
class AbsentDatabaseTests {

    private static PostgresServer server;
    private static PostgresDatabase database;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.privateServer(Map.of());
        database = server.freshDatabase();
        application().run(context -> assertThat(context).hasNotFailed());
    }

    @AfterAll
    static void removeServer() {
        server.close();
    }

    @Test
    void withModeMigrateTheStartFails() {
        server.stopFast();

        application()
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(StoreUnavailableException.class.getName()));

        server.start();
    }

    @Test
    void withModeNoneTheApplicationStartsAndJoinsWhenTheDatabaseIsThere() {
        assertStartsAndJoinsLater("none");
    }

    @Test
    void withModeValidateTheApplicationStartsAndJoinsWhenTheDatabaseIsThere() {
        assertStartsAndJoinsLater("validate");
    }

    private static void assertStartsAndJoinsLater(String mode) {
        server.stopFast();
        application().withPropertyValues("dbleases.migration.mode=" + mode).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(LeaseClient.class).state()).isEqualTo(ClientState.STARTING);
            assertThat(context.getBean(Lease.class).values()).isEmpty();

            server.start();

            awaitOwned(context);
        });
    }

    @Test
    void aLeaseThatIsRefusedLateIsReportedAndTriedAgain(CapturedOutput output) {
        LeaseClient other = LeaseClients.start(
                LeaseClientConfig.builder()
                        .timing(new Timing(
                                Duration.ofMinutes(1),
                                Duration.ofMillis(500),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(1)))
                        .clientId("other")
                        .build(),
                new PostgresLeaseStore(database.dataSource()));
        other.lease("orders", 4);
        server.stopFast();
        application().withPropertyValues("dbleases.migration.mode=none").run(context -> {
            server.start();
            await().untilAsserted(() ->
                    assertThat(output).contains("Lease 'orders' was asked for with 8 partitions, but it has 4"));
            assertThat(context.getBean(Lease.class).values()).isEmpty();

            other.close();

            awaitOwned(context);
        });
    }

    @Test
    void whenTheDatabaseGoesAwayTheEndpointAnswersFromTheOwnView() {
        application().run(context -> {
            awaitOwned(context);
            LeasesEndpoint endpoint = context.getBean(LeasesEndpoint.class);
            assertThat(endpoint.leases().error()).isNull();
            assertThat(endpoint.leases().sessions()).hasSize(1);

            server.stopFast();

            LeaseClient client = context.getBean(LeaseClient.class);
            await().untilAsserted(() -> assertThat(client.state()).isEqualTo(ClientState.SUSPENDED));
            LeasesDescriptor leases = endpoint.leases();
            assertThat(leases.error()).isNotBlank();
            assertThat(leases.sessions()).isEmpty();
            assertThat(leases.client().state()).isEqualTo(ClientState.SUSPENDED);
            assertThat(leases.leases().get("orders").owned()).isEmpty();
            assertThat(endpoint.lease("orders").error()).isNotBlank();

            server.start();
            awaitOwned(context);
        });
    }

    @Test
    void anApplicationEndsWithoutTheDatabase() {
        application().run(context -> {
            awaitOwned(context);
            server.stopFast();
        });

        server.start();
    }

    private static void awaitOwned(AssertableApplicationContext context) {
        await().untilAsserted(
                        () -> assertThat(context.getBean(Lease.class).values()).hasSize(8));
    }

    private static ApplicationContextRunner application() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        LeaseStoreAutoConfiguration.class,
                        LeaseMigrationAutoConfiguration.class,
                        DbLeasesAutoConfiguration.class,
                        LeasesEndpointAutoConfiguration.class))
                .withPropertyValues(
                        "spring.datasource.url=" + database.jdbcUrl(),
                        "spring.datasource.username=" + database.user(),
                        "spring.datasource.password=" + database.password(),
                        "management.endpoints.web.exposure.include=leases",
                        "dbleases.leases.orders.partitions=8",
                        "dbleases.ttl=1500ms",
                        "dbleases.heartbeat=250ms",
                        "dbleases.attempt-timeout=400ms",
                        "dbleases.margin=100ms",
                        "dbleases.grace=100ms");
    }
}
