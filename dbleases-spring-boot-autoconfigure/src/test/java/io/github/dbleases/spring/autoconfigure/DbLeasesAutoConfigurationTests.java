package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.Timing;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.FakeLeaseClient;
import io.github.dbleases.spring.actuate.LeasesEndpoint;
import io.github.dbleases.spring.actuate.LeasesEndpointAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class DbLeasesAutoConfigurationTests {

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();

    private final ApplicationContextRunner withoutStore = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(DbLeasesAutoConfiguration.class, LeasesEndpointAutoConfiguration.class))
            .withPropertyValues("management.endpoints.web.exposure.include=leases");

    private final ApplicationContextRunner application = withoutStore.withBean("store", LeaseStore.class, () -> store);

    @Test
    void aStoreOfTheApplicationIsUsed() {
        application.withPropertyValues("dbleases.leases.orders.partitions=128").run(context -> {
            Lease lease = context.getBean(Lease.class);
            await().untilAsserted(() -> assertThat(lease.values()).hasSize(128));
            assertThat(context.getBean(LeaseClient.class).state()).isEqualTo(ClientState.ACTIVE);
            assertThat(context.getBean(LeaseClient.class).cluster().sessions()).hasSize(1);
        });
    }

    @Test
    void aClientOfTheApplicationReplacesTheConfiguredOne() {
        FakeLeaseClient mine = new FakeLeaseClient();
        application
                .withBean("mine", LeaseClient.class, () -> mine)
                .withPropertyValues("dbleases.leases.orders.partitions=128")
                .run(context -> {
                    assertThat(context).hasSingleBean(LeaseClient.class);
                    assertThat(mine.leases()).extracting(Lease::name).containsExactly("orders");
                    assertThat(context).hasSingleBean(LeasesEndpoint.class);
                });
    }

    @Test
    void withoutAStoreThereIsNoClientAndNoEndpoint() {
        withoutStore.run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context).doesNotHaveBean(LeaseClient.class);
            assertThat(context).doesNotHaveBean(LeasesEndpoint.class);
        });
    }

    @Test
    void withoutAStoreALeaseStopsTheStart() {
        withoutStore
                .withPropertyValues("dbleases.leases.orders.partitions=128")
                .run(context -> assertThat(context).getFailure().hasMessageContaining("LeaseClient"));
    }

    @Test
    void withoutTheActuatorThereIsNoEndpoint() {
        application.withClassLoader(new FilteredClassLoader(Endpoint.class)).run(context -> {
            assertThat(context).hasSingleBean(LeaseClient.class);
            assertThat(context).doesNotHaveBean(LeasesEndpoint.class);
        });
    }

    @Test
    void anEndpointThatIsNotExposedIsNotMade() {
        application
                .withPropertyValues("management.endpoints.web.exposure.include=health")
                .run(context -> assertThat(context).doesNotHaveBean(LeasesEndpoint.class));
    }

    @Test
    void timesThatContradictEachOtherStopTheStart() {
        application
                .withPropertyValues("dbleases.ttl=3s", "dbleases.heartbeat=1500ms")
                .run(context ->
                        assertThat(context).getFailure().rootCause().isInstanceOf(InvalidConfigurationException.class));
    }

    @Test
    void switchedOffLeasesExistAndOwnNothing() {
        withoutStore
                .withPropertyValues("dbleases.enabled=false", "dbleases.leases.orders.partitions=128")
                .run(context -> {
                    Lease lease = context.getBean(Lease.class);
                    assertThat(lease.partitions()).isEqualTo(128);
                    assertThat(lease.values()).isEmpty();
                    assertThat(lease.owns(0)).isFalse();
                    assertThat(lease.tryHold(0)).isEmpty();
                    assertThat(lease.partitionOf("")).isEqualTo(32);
                    assertThat(context.getBean(LeaseClient.class).state()).isEqualTo(ClientState.STOPPED);
                });
    }

    @Test
    void switchedOffTheEndpointAnswers() {
        withoutStore
                .withPropertyValues("dbleases.enabled=false", "dbleases.leases.orders.partitions=128")
                .run(context -> {
                    LeasesEndpoint endpoint = context.getBean(LeasesEndpoint.class);
                    assertThat(endpoint.leases().client().state()).isEqualTo(ClientState.STOPPED);
                    assertThat(endpoint.leases().leases()).containsOnlyKeys("orders");
                    assertThat(endpoint.leases().error()).isNull();
                    assertThat(endpoint.lease("orders")).isNotNull();
                    assertThat(endpoint.lease("unknown")).isNull();
                });
    }

    @Test
    void switchedOffWrongTimesStopTheStartAllTheSame() {
        withoutStore
                .withPropertyValues("dbleases.enabled=false", "dbleases.ttl=3s", "dbleases.heartbeat=1500ms")
                .run(context -> assertThat(context).hasFailed());
    }

    @Test
    void switchedOffTheStoreOfTheApplicationIsNotUsed() {
        application
                .withPropertyValues("dbleases.enabled=false", "dbleases.leases.orders.partitions=128")
                .run(context -> {
                    context.stop();
                    context.start();
                    assertThat(context.getBean(LeaseClient.class).state()).isEqualTo(ClientState.STOPPED);
                    assertThat(store.workChannel(Timing.DEFAULT)
                                    .clusterSnapshot()
                                    .sessions())
                            .isEmpty();
                });
    }

    @Test
    void switchedOffTheClientCannotBeStarted() {
        application.withPropertyValues("dbleases.enabled=false").run(context -> {
            LeaseClient client = context.getBean(LeaseClient.class);

            assertThatThrownBy(client::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("dbleases.enabled is false");

            assertThat(client.state()).isEqualTo(ClientState.STOPPED);
            assertThat(client.cluster().sessions()).isEmpty();
        });
    }
}
