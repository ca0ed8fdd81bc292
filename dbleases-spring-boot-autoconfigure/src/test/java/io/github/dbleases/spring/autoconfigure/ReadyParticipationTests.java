package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.LeaderOnly;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.leader.LeaderOnlyAutoConfiguration;
import io.github.dbleases.testing.log.LogCapture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An instance with {@code dbleases.participation=ready} takes part while the application accepts traffic. */
class ReadyParticipationTests {

    @Test
    void itTakesPartFromWhenTrafficIsAccepted() {
        try (ConfigurableApplicationContext application = start("ready")) {
            Lease lease = application.getBean(Lease.class);
            assertThat(application.getBean(Shop.class).ownedWhenRunning).hasValue(0);
            await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
            assertThat(application.getBean(LeaseClient.class).status().drained())
                    .isFalse();
        }
    }

    @Test
    void itHandsOverEverythingWhenTrafficIsRefusedAndComesBack() {
        try (ConfigurableApplicationContext application = start("ready")) {
            Lease lease = application.getBean(Lease.class);
            LeaseClient client = application.getBean(LeaseClient.class);
            await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
            long session = client.status().session().orElseThrow();

            AvailabilityChangeEvent.publish(application, ReadinessState.REFUSING_TRAFFIC);

            await().untilAsserted(() -> {
                assertThat(lease.values()).isEmpty();
                assertThat(client.cluster().leases().get("orders").members()).isEmpty();
            });
            assertThat(client.status().drained()).isTrue();
            assertThat(client.status().session()).hasValue(session);
            assertThat(client.state()).isEqualTo(ClientState.ACTIVE);

            AvailabilityChangeEvent.publish(application, ReadinessState.ACCEPTING_TRAFFIC);

            await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
        }
    }

    @Test
    void itTakesPartAllTheTimeUnlessToldOtherwise() {
        try (ConfigurableApplicationContext application = start("always")) {
            Lease lease = application.getBean(Lease.class);
            assertThat(application.getBean(Shop.class).drainedWhenRunning).hasValue(false);

            AvailabilityChangeEvent.publish(application, ReadinessState.REFUSING_TRAFFIC);

            await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
            assertThat(application.getBean(LeaseClient.class).status().drained())
                    .isFalse();
        }
    }

    @Test
    void itTakesPartAgainWhenItsContextIsStoppedAndStarted() {
        try (ConfigurableApplicationContext application = start("ready")) {
            Lease lease = application.getBean(Lease.class);
            LeaseClient client = application.getBean(LeaseClient.class);
            await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
            long session = client.status().session().orElseThrow();

            application.stop();

            assertThat(client.state()).isEqualTo(ClientState.STOPPED);
            assertThat(lease.values()).isEmpty();
            assertThat(client.status().drained()).isFalse();

            application.start();

            await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
            assertThat(client.status().session()).isPresent();
            assertThat(client.status().session().getAsLong()).isNotEqualTo(session);
        }
    }

    @Test
    void itStandsByAfterARestartOfItsContextUntilTrafficIsAccepted() {
        try (ConfigurableApplicationContext application = start("ready")) {
            Lease lease = application.getBean(Lease.class);
            LeaseClient client = application.getBean(LeaseClient.class);
            await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
            AvailabilityChangeEvent.publish(application, ReadinessState.REFUSING_TRAFFIC);

            application.stop();
            application.start();

            assertThat(client.status().drained()).isTrue();
            await().untilAsserted(() -> assertThat(client.status().session()).isPresent());
            assertThat(client.cluster().leases().get("orders").members()).isEmpty();
            assertThat(lease.values()).isEmpty();

            application.stop();
            AvailabilityChangeEvent.publish(application, ReadinessState.ACCEPTING_TRAFFIC);
            assertThat(lease.values()).isEmpty();
            application.start();

            await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
            assertThat(client.status().drained()).isFalse();
        }
    }

    @Test
    void settingsOfAnElectionThatIsNotJoinedAreReported() {
        try (ConfigurableApplicationContext application = start(
                        "always",
                        "--dbleases.elections.reports.work-deadline=5m",
                        "--dbleases.elections.reprots.work-deadline=5m");
                // The start of an application sets the levels of all loggers.
                LogCapture log = LogCapture.of(UnusedElections.class)) {
            application.publishEvent(
                    new ApplicationReadyEvent(new SpringApplication(Shop.class), new String[0], application, null));

            assertThat(log.lines()).singleElement().asString().contains("dbleases.elections.reprots", "[reports]");
        }
    }

    private static ConfigurableApplicationContext start(String participation, String... more) {
        SpringApplication application = new SpringApplication(Shop.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(Stream.concat(
                        Stream.of(
                                "--dbleases.participation=" + participation,
                                "--dbleases.leases.orders.partitions=8",
                                "--dbleases.debounce=0"),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({DbLeasesAutoConfiguration.class, LeaderOnlyAutoConfiguration.class})
    static class Shop {

        final AtomicInteger ownedWhenRunning = new AtomicInteger(-1);
        final AtomicReference<Boolean> drainedWhenRunning = new AtomicReference<>();

        @Bean
        LeaseStore store() {
            return new InMemoryLeaseStore();
        }

        @Bean
        Reports reports() {
            return new Reports();
        }

        @Bean
        CommandLineRunner look(Lease lease, LeaseClient client) {
            return arguments -> {
                ownedWhenRunning.set(lease.values().size());
                drainedWhenRunning.set(client.status().drained());
            };
        }
    }

    static class Reports {

        @LeaderOnly("reports")
        public void write() {}
    }
}
