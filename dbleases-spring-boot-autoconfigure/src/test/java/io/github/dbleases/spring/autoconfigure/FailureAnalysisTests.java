package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a real start prints when it fails; the store is in memory. */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysisTests {

    private static InMemoryLeaseStore store;

    @Test
    void timesThatDoNotFitIntoTheTtl(CapturedOutput output) {
        failToStart(
                "--dbleases.ttl=4s",
                "--dbleases.heartbeat=1s",
                "--dbleases.attempt-timeout=1400ms",
                "--dbleases.margin=500ms");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("heartbeat + 2 * attemptTimeout + margin <= ttl")
                .contains("1000 ms + 2 * 1400 ms + 500 ms = 4300 ms, ttl is 4000 ms")
                .contains(
                        "The properties are dbleases.ttl, dbleases.heartbeat, dbleases.attempt-timeout, dbleases.margin.");
    }

    @Test
    void aHeartbeatThatIsTooLong(CapturedOutput output) {
        failToStart("--dbleases.heartbeat=3s");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("heartbeat is 3000 ms, ttl is 6000 ms, ttl / 3 is 2000 ms");
    }

    @Test
    void aLeaseWithAnotherNumberOfPartitions(CapturedOutput output) {
        try (LeaseClient running = LeaseClients.start(LeaseClientConfig.defaults(), newStore())) {
            running.lease("orders", 64);

            failToStart(store, "--dbleases.leases.orders.partitions=128");
        }

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Lease 'orders' was asked for with 128 partitions, but it has 64")
                .contains("Use 64 partitions, or give the lease a new name, for example 'orders-2'");
    }

    @Test
    void aNumberOfPartitionsOutsideTheLimits(CapturedOutput output) {
        failToStart("--dbleases.leases.orders.partitions=100001");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Lease 'orders' was asked for with 100001 partitions")
                .contains("can have 1 to 100,000")
                .contains("Change the number of partitions of 'orders'.");
    }

    @Test
    void aNameOfALeaseThatIsNotAllowed(CapturedOutput output) {
        failToStart("--dbleases.leases[my orders].partitions=8");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("'my orders' is not a valid lease name")
                .contains("Use 1 to 200 characters of letters (a-z, A-Z), digits and . _ - : / only.");
    }

    @Test
    void aMisspeltPropertyOfALease(CapturedOutput output) {
        failToStart("--dbleases.leases.orders.partition=8");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Property dbleases.leases.orders.partition does not exist")
                .contains("Did you mean dbleases.leases.orders.partitions?")
                .contains("Correct or remove the property.")
                .doesNotContain("Bindable@");
    }

    @Test
    void aMisspeltPropertyAtTheTopLevel(CapturedOutput output) {
        failToStart("--dbleases.tll=8");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Property dbleases.tll does not exist (in commandLineArgs).")
                .contains("Did you mean dbleases.ttl?");
    }

    @Test
    void aNameThatNeedsBrackets(CapturedOutput output) {
        failToStart("--dbleases.leases.eu/orders.partitions=8");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Did you mean dbleases.leases[eu/orders].partitions?");
    }

    @Test
    void aLeaseWithoutItsProperty(CapturedOutput output) {
        failToStart("--dbleases.leases.orders=8");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Property dbleases.leases.orders does not exist")
                .contains("There are: dbleases.leases.<name>.partitions, dbleases.leases.<name>.work-deadline, "
                        + "dbleases.leases.<name>.on-work-deadline.");
    }

    @Test
    void aLeaseThatIsNotConfigured(CapturedOutput output) {
        failToStart(WithConsumer.class, "--dbleases.leases.invoices.partitions=8");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("A bean asks for a Lease 'orders' that is not there")
                .contains("Configured: invoices.")
                .contains("Set dbleases.leases.orders.partitions, or use the name of one that is configured as the "
                        + "qualifier, @Qualifier(\"invoices\").");
    }

    @Test
    void aLeaseThatIsNotConfiguredAndWantedByTheNameOfAParameter(CapturedOutput output) {
        failToStart(WithParameter.class);

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("A bean asks for a Lease 'order-items' that is not there")
                .contains("Configured: none.")
                .contains("Set dbleases.leases.order-items.partitions");
    }

    @Test
    void aMethodForTheLeaderOfALease(CapturedOutput output) {
        failToStart(WithLeaderOnly.class, "--dbleases.leases.orders.partitions=8");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("@LeaderOnly(\"orders\") on " + Report.class.getName()
                        + ".print() needs a leader election, but "
                        + "that is the name of something else: Lease 'orders' was asked for as kind 'leader', but it "
                        + "exists as kind 'partitions'.")
                .contains("Give the election a name of its own, for example @LeaderOnly(\"orders-leader\").");
    }

    @Test
    void aMethodForTheLeaderOfALeaseOfAnotherApplication(CapturedOutput output) {
        try (LeaseClient other = LeaseClients.start(LeaseClientConfig.defaults(), newStore())) {
            other.lease("orders", 64);

            failToStart(WithLeaderOnly.class);
        }

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("@LeaderOnly(\"orders\") on " + Report.class.getName()
                        + ".print() needs a leader election, but "
                        + "that is the name of something else: Lease 'orders' was asked for as kind 'leader', but it "
                        + "exists as kind 'partitions'.")
                .contains("Give the election a name of its own, for example @LeaderOnly(\"orders-leader\").");
    }

    @Test
    void aLeaseWithoutAPlaceToKeepIt(CapturedOutput output) {
        failToStart(WithoutStore.class, "--dbleases.leases.orders.partitions=8");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("does not know where to keep its leases")
                .contains("dbleases.connection.url");
    }

    @Test
    void aMissingBeanOfTheApplicationIsLeftToSpringBoot(CapturedOutput output) {
        failToStart(WithoutClock.class);

        assertThat(output).contains("APPLICATION FAILED TO START").contains("java.time.Clock");
    }

    private static InMemoryLeaseStore newStore() {
        store = new InMemoryLeaseStore();
        return store;
    }

    private static void failToStart(String... arguments) {
        failToStart(newStore(), arguments);
    }

    private static void failToStart(InMemoryLeaseStore in, String... arguments) {
        store = in;
        failToStart(Application.class, arguments);
    }

    private static void failToStart(Class<?> type, String... arguments) {
        SpringApplicationBuilder application =
                new SpringApplicationBuilder(type).web(WebApplicationType.NONE).bannerMode(Banner.Mode.OFF);
        assertThatThrownBy(() -> application.run(arguments)).isInstanceOf(Exception.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class Application {

        @Bean
        LeaseStore store() {
            return store;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class WithoutStore {}

    static class WithConsumer extends Application {

        @Bean
        String consumer(@Qualifier("orders") Lease orders) {
            return orders.name();
        }
    }

    static class WithParameter extends Application {

        @Bean
        String consumer(Lease orderItemsLease) {
            return orderItemsLease.name();
        }
    }

    static class WithLeaderOnly extends Application {

        @Bean
        Report report() {
            return new Report();
        }
    }

    static class Report {

        @LeaderOnly("orders")
        public void print() {}
    }

    static class WithoutClock extends WithoutStore {

        @Bean
        String consumer(Clock clock) {
            return clock.toString();
        }
    }
}
