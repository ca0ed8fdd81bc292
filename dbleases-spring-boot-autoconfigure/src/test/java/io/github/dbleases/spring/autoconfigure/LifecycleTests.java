package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.Probe;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/** The client in the life of an application, on the store in memory. */
class LifecycleTests {

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();
    private final LeaseClient other = LeaseClients.start(LeaseClientConfig.defaults(), store);

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(DbLeasesAutoConfiguration.class, TaskSchedulingAutoConfiguration.class))
            .withBean("store", LeaseStore.class, () -> store)
            .withPropertyValues("dbleases.leases.orders.partitions=8", "dbleases.debounce=0");

    @AfterEach
    void closeOther() {
        other.close();
    }

    @Test
    void theClientStartsBeforeTheWebServerAndTheSchedulersAndStopsAfterThem() {
        assertThat(DbLeasesAutoConfiguration.CLIENT_PHASE)
                .isLessThan(ExecutorConfigurationSupport.DEFAULT_PHASE)
                .isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE)
                .isLessThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
    }

    @Test
    void whileBeansAreMadeNothingIsOwned() {
        application
                .withBean(Eager.class)
                .run(context -> assertThat(context.getBean(Eager.class).state).isEqualTo(ClientState.STOPPED));
    }

    @Test
    void aJobThatRunsWhileTheApplicationStopsOwnsItsPartitionsToItsEnd() {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch stopping = new CountDownLatch(1);
        AtomicReference<Boolean> ownedAtItsEnd = new AtomicReference<>();
        application
                .withUserConfiguration(Scheduling.class)
                .withBean("first", Probe.class, () -> new Probe(Integer.MAX_VALUE, stopping::countDown))
                .run(context -> {
                    Lease lease = ownedLease(context);
                    Runnable job = () -> {
                        running.countDown();
                        await().until(() -> stopping.getCount() == 0);
                        ownedAtItsEnd.set(lease.owns(3));
                    };
                    context.getBean(TaskScheduler.class).schedule(job, Instant.now());
                    running.await();
                });

        assertThat(ownedAtItsEnd).hasValue(true);
    }

    @Test
    void whatStopsAfterTheClientFindsItStopped() {
        AtomicReference<ClientState> before = new AtomicReference<>();
        AtomicReference<ClientState> after = new AtomicReference<>();
        AtomicReference<LeaseClient> client = new AtomicReference<>();
        application
                .withBean(
                        "before",
                        Probe.class,
                        () -> new Probe(
                                DbLeasesAutoConfiguration.CLIENT_PHASE + 1,
                                () -> before.set(client.get().state())))
                .withBean(
                        "after",
                        Probe.class,
                        () -> new Probe(
                                DbLeasesAutoConfiguration.CLIENT_PHASE - 1,
                                () -> after.set(client.get().state())))
                .run(context -> {
                    client.set(context.getBean(LeaseClient.class));
                    ownedLease(context);
                });

        assertThat(before).hasValue(ClientState.ACTIVE);
        assertThat(after).hasValue(ClientState.STOPPED);
    }

    @Test
    void anApplicationThatEndsHandsOver() {
        Lease there = other.lease("orders", 8);
        application.run(context -> {
            Lease here = context.getBean(Lease.class);
            await().untilAsserted(() -> assertThat(here.values()).hasSize(4));
        });

        await().untilAsserted(() -> assertThat(there.values()).hasSize(8));
        assertThat(other.cluster().sessions()).hasSize(1);
    }

    @Test
    void anApplicationThatCannotStartLeavesNoSession() {
        application
                .withBean("later", SmartLifecycle.class, () -> new Probe(Integer.MAX_VALUE, () -> {}) {
                    @Override
                    public void start() {
                        throw new IllegalStateException("as when a port is taken");
                    }
                })
                .run(context -> assertThat(context).hasFailed());

        assertThat(other.cluster().sessions()).hasSize(1);
    }

    @Test
    void aContextThatIsStoppedAndStartedTakesPartAgain() {
        application.run(context -> {
            Lease lease = ownedLease(context);

            LeaseClient client = context.getBean(LeaseClient.class);
            assertThat(client.lease("orders", 8)).isSameAs(lease);

            context.stop();
            assertThat(lease.values()).isEmpty();
            assertThat(client.state()).isEqualTo(ClientState.STOPPED);
            assertThat(other.cluster().sessions()).hasSize(1);

            context.start();
            await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
        });
    }

    @Test
    void aClientThatTheApplicationHasClosedStaysClosed() {
        application.run(context -> {
            ownedLease(context);
            LeaseClient client = context.getBean(LeaseClient.class);

            client.close();
            context.stop();
            context.start();

            assertThat(client.state()).isEqualTo(ClientState.CLOSED);
            assertThat(other.cluster().sessions()).hasSize(1);
        });
    }

    @Test
    void whenTheContextIsGoneTheClientIsClosed() {
        AtomicReference<LeaseClient> client = new AtomicReference<>();
        application.run(context -> client.set(context.getBean(LeaseClient.class)));

        assertThat(client.get().state()).isEqualTo(ClientState.CLOSED);
    }

    @Test
    void twoApplicationsInOneJvmShareThePartitions() {
        application.run(one -> application.run(two -> {
            Lease here = one.getBean(Lease.class);
            Lease there = two.getBean(Lease.class);
            await().untilAsserted(() -> {
                assertThat(here.values()).hasSize(4);
                assertThat(there.values()).hasSize(4).doesNotContainAnyElementsOf(here.values());
            });
        }));
    }

    private static Lease ownedLease(AssertableApplicationContext context) {
        Lease lease = context.getBean(Lease.class);
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
        return lease;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Scheduling {}

    static class Eager {

        final ClientState state;

        Eager(LeaseClient client) {
            state = client.state();
        }
    }
}
