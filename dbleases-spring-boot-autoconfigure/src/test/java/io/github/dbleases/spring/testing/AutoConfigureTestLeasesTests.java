package io.github.dbleases.spring.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.Tasker;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.test.FakeLeaseClient;
import io.github.dbleases.test.spring.AutoConfigureTestLeases;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What {@link AutoConfigureTestLeases} makes of an application that has no database. */
@SpringBootTest(
        classes = AutoConfigureTestLeasesTests.Application.class,
        webEnvironment = WebEnvironment.NONE,
        properties = {
            "spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "dbleases.leases.orders.partitions=8",
            "dbleases.runners.mails.table=mails",
            "dbleases.runners.mails.finish=delete"
        })
@AutoConfigureTestLeases
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AutoConfigureTestLeasesTests {

    @Autowired
    private FakeLeaseClient leases;

    @Autowired
    private Lease ordersLease;

    @Autowired
    private Reports reports;

    @Test
    @Order(1)
    void theApplicationOwnsAndLeadsEverythingAtOnce(
            @Autowired LeaseClient client, @Autowired ObjectProvider<LeaseStore> stores) {
        assertThat(ordersLease.values()).hasSize(8);
        assertThat(reports.write()).contains("written");
        assertThat(client).isSameAs(leases);
        assertThat(stores).isEmpty();
    }

    @Test
    @Order(2)
    void theTestRevokesAndOusts() {
        leases.revoke("orders", 3);
        leases.setLeader("reports", false);

        assertThat(ordersLease.owns(3)).isFalse();
        assertThat(reports.write()).isEmpty();
    }

    @Test
    @Order(3)
    void eachTestBeginsAnew() {
        assertThat(ordersLease.values()).hasSize(8);
        assertThat(reports.write()).contains("written");
    }

    @Test
    void theTestDrivesTheTime() {
        leases.disconnect();
        leases.advance(Duration.ofSeconds(6));

        assertThat(ordersLease.values()).isEmpty();
        assertThat(reports.write()).isEmpty();
    }

    @Nested
    @AutoConfigureTestLeases(ownsEverything = false)
    class OfAStandby {

        @Test
        void theApplicationOwnsNothingUntilTheTestSaysSo(
                @Autowired FakeLeaseClient standby, @Autowired Lease lease, @Autowired Reports job) {
            assertThat(lease.values()).isEmpty();
            assertThat(job.write()).isEmpty();

            standby.grant("orders", 0, 1);
            standby.setLeader("reports", true);

            assertThat(lease.values()).hasSize(2);
            assertThat(job.write()).contains("written");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Reports reports() {
            return new Reports();
        }

        @Bean
        Tasker<String> mailsTasker() {
            return Tasker.each(mail -> {
                throw new IllegalStateException("No task runner runs");
            });
        }
    }

    static class Reports {

        @LeaderOnly("reports")
        Optional<String> write() {
            return Optional.of("written");
        }
    }
}
