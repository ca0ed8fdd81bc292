package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseEvent;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spring.FakeLeaseClient;
import io.github.dbleases.testing.log.LogCapture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.support.GenericApplicationContext;

@Timeout(60)
class ClientLifecycleTests {

    private static final LeaseClientConfig CONFIG = LeaseClientConfig.builder()
            .clientId("managed")
            .timing(Timing.of(Duration.ofSeconds(2)))
            .debounce(Duration.ZERO)
            .drainTimeout(Duration.ofMillis(300))
            .build();

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();
    private final List<LeaseEvent> events = new CopyOnWriteArrayList<>();
    private final GenericApplicationContext context = new GenericApplicationContext();
    private final ClientLifecycle lifecycle = new ClientLifecycle(
            context, true, true, events::add, listener -> LeaseClients.create(CONFIG, () -> store, listener));
    private final LeaseClient client = lifecycle.client();
    private final LeaseClient other =
            LeaseClients.start(CONFIG.toBuilder().clientId("other").build(), store);

    @AfterEach
    void close() {
        client.close();
        other.close();
    }

    @Test
    void itRunsWhileTheClientIsStarted() {
        assertThat(lifecycle.isRunning()).isFalse();
        lifecycle.start();
        assertThat(lifecycle.isRunning()).isTrue();
        lifecycle.stop();
        assertThat(lifecycle.isRunning()).isFalse();
        assertThat(client.state()).isEqualTo(ClientState.STOPPED);
        lifecycle.start();
        assertThat(lifecycle.isRunning()).isTrue();
        client.close();
        assertThat(lifecycle.isRunning()).isFalse();
        lifecycle.start();
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
    }

    @Test
    void aLeaseThatCannotBeJoinedFailsTheStartAndLeavesNoSession() {
        other.lease("orders", 64);
        client.lease("orders", 128);

        assertThatThrownBy(lifecycle::start).isInstanceOf(LeaseConflictException.class);

        assertThat(lifecycle.isRunning()).isFalse();
        assertThat(other.cluster().sessions()).hasSize(1);
    }

    @Test
    void theJvmIsKeptAliveWhileTheClientRunsAndTakesPart() throws InterruptedException {
        lifecycle.start();
        await().until(() -> !isKeptAlive());
        Lease lease = client.lease("orders", 4);
        assertThat(isKeptAlive()).isTrue();

        lifecycle.stop();
        await().until(() -> !isKeptAlive());
        lifecycle.start();
        assertThat(isKeptAlive()).isTrue();
        lease.leave();
        await().until(() -> !isKeptAlive());
        client.leadership("reports");
        assertThat(isKeptAlive()).isTrue();
        lifecycle.destroy();
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(isStillKeptAlive()).isFalse();
    }

    private static boolean isStillKeptAlive() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("dbleases-keep-alive")) {
                thread.join();
            }
        }
        return isKeptAlive();
    }

    private static boolean isKeptAlive() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("dbleases-keep-alive"));
    }

    @Test
    void whatIsOwnedIsLoggedAndPublished() {
        try (LogCapture log = LogCapture.of(OwnershipLog.class)) {
            client.lease("orders", 4);

            lifecycle.start();
            await().until(() -> events.stream().anyMatch(LeaseEvent.PartitionsAssigned.class::isInstance));
            lifecycle.stop();

            assertThat(events).anyMatch(LeaseEvent.PartitionsRevoked.class::isInstance);
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("Client managed owns 4 of the 4 partitions of orders: 0-3"))
                    .anyMatch(line -> line.contains("Client managed owns none of the 4 partitions of orders"));
        }
    }

    @Test
    void whenTheContextClosesTheClientTakesUpNothingNew() {
        FakeLeaseClient fake = registered();

        context.close();

        assertThat(fake.isRetired()).isTrue();
    }

    @Test
    void whenAChildContextClosesTheClientGoesOn() {
        FakeLeaseClient fake = registered();
        GenericApplicationContext child = new GenericApplicationContext(context);
        child.refresh();

        child.close();

        assertThat(fake.isRetired()).isFalse();
        context.close();
    }

    private FakeLeaseClient registered() {
        FakeLeaseClient fake = new FakeLeaseClient();
        context.registerBean(
                ClientLifecycle.class, () -> new ClientLifecycle(context, true, true, event -> {}, listener -> fake));
        context.refresh();
        return fake;
    }
}
