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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
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

    private static ConfigurableApplicationContext start(String participation) {
        SpringApplication application = new SpringApplication(Shop.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(
                "--dbleases.participation=" + participation,
                "--dbleases.leases.orders.partitions=8",
                "--dbleases.debounce=0");
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
