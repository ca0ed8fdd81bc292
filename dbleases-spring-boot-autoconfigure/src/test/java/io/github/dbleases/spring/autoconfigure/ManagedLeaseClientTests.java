package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.memory.InMemoryLeaseStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ManagedLeaseClientTests {

    private static final LeaseClientConfig CONFIG = LeaseClientConfig.builder()
            .clientId("managed")
            .timing(new Timing(
                    Duration.ofMillis(1200),
                    Duration.ofMillis(200),
                    Duration.ofMillis(200),
                    Duration.ofMillis(100),
                    Duration.ofMillis(100)))
            .debounce(Duration.ZERO)
            .drainTimeout(Duration.ofMillis(300))
            .build();

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();
    private final ManagedLeaseClient client =
            new ManagedLeaseClient(CONFIG, true, event -> {}, events -> LeaseClients.start(CONFIG, store, events));
    private final LeaseClient other =
            LeaseClients.start(CONFIG.toBuilder().clientId("other").build(), store);

    @AfterEach
    void close() {
        client.close();
        other.close();
    }

    @Test
    void beforeItIsStartedItOwnsNothing() {
        Lease lease = client.lease("orders", 128);

        assertThat(client.state()).isEqualTo(ClientState.STARTING);
        assertThat(client.status().session()).isEmpty();
        assertThat(lease.values()).isEmpty();
        assertThat(lease.owns(1)).isFalse();
        assertThat(lease.token(1)).isEmpty();
        assertThat(lease.tryHold(1)).isEmpty();
        assertThat(lease.partitionOf("")).isEqualTo(32);
        assertThat(other.cluster().leases()).isEmpty();
        assertThatThrownBy(client::cluster).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void whenItIsStartedItJoinsTheLeasesThatWereAskedForBefore() {
        Lease lease = client.lease("orders", 128);

        client.start();

        await().untilAsserted(() -> assertThat(lease.values()).hasSize(128));
        assertThat(client.state()).isEqualTo(ClientState.ACTIVE);
        assertThat(lease.token(1)).isPresent();
        assertThat(client.cluster().leases()).containsOnlyKeys("orders");
    }

    @Test
    void whileItRunsALeaseIsJoinedAtOnce() {
        client.start();

        Lease lease = client.lease("orders", 128);

        assertThat(client.lease("orders", 128)).isSameAs(lease);
        assertThat(client.leases()).containsExactly(lease);
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(128));
    }

    @Test
    void aTaskSessionHasAnIdWhileTheClientRuns() {
        TaskSession tasks = client.taskSession("letters");
        assertThat(tasks.id()).isEmpty();
        assertThat(tasks.sessions()).isEqualTo(1);
        List<String> told = new CopyOnWriteArrayList<>();
        tasks.addListener(new TaskSessionListener() {

            @Override
            public void onChanged() {
                told.add("changed");
            }

            @Override
            public void onClosing() {
                told.add("closing");
            }
        });

        client.start();
        await().until(() -> tasks.id().isPresent());
        long first = tasks.id().orElseThrow();
        assertThat(client.taskSessions()).containsExactly(tasks);
        assertThat(client.leases()).isEmpty();
        client.stop();
        assertThat(tasks.id()).isEmpty();
        await().until(() -> told.contains("closing"));
        client.start();

        await().until(() -> tasks.id().isPresent());
        assertThat(tasks.id().orElseThrow()).isNotEqualTo(first);
        tasks.leave();
        assertThat(client.taskSessions()).isEmpty();
        assertThat(tasks.id()).isEmpty();
    }

    @Test
    void allKindsOfLeasesShareOneNamespaceBeforeTheStartToo() {
        client.lease("orders", 4);
        client.leadership("reports");
        client.taskSession("letters");

        assertThatThrownBy(() -> client.taskSession("orders"))
                .isInstanceOf(LeaseConflictException.class)
                .hasMessageContaining("'tasks'")
                .hasMessageContaining("'partitions'");
        assertThatThrownBy(() -> client.leadership("letters"))
                .isInstanceOf(LeaseConflictException.class)
                .hasMessageContaining("'tasks'");
    }

    @Test
    void whereItIsSwitchedOffATaskSessionHasNoId() {
        try (SwitchedOffLeaseClient off = new SwitchedOffLeaseClient(CONFIG)) {
            TaskSession tasks = off.taskSession("letters");

            assertThat(tasks.id()).isEmpty();
            assertThat(tasks.sessions()).isEqualTo(1);
            assertThat(off.taskSession("letters")).isSameAs(tasks);
            assertThatThrownBy(() -> off.lease("letters", 4)).isInstanceOf(LeaseConflictException.class);
        }
    }

    @Test
    void startedAgainItIsANewSessionInTheSameLeases() {
        Lease lease = client.lease("orders", 128);
        Told told = new Told();
        lease.addListener(told);
        client.start();
        long first = client.status().session().orElseThrow();
        await().untilAsserted(() -> assertThat(told.owned).hasSize(128));

        client.stop();

        assertThat(told.owned).isEmpty();
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(lease.values()).isEmpty();
        assertThat(other.cluster().sessions()).hasSize(1);

        client.start();

        await().untilAsserted(() -> assertThat(told.owned).hasSize(128));
        assertThat(lease.values()).hasSize(128);
        assertThat(client.status().session().orElseThrow()).isNotEqualTo(first);
    }

    @Test
    void aListenerThatIsRemovedIsNotToldAfterAStart() {
        Lease lease = client.lease("orders", 128);
        Told removed = new Told();
        Told kept = new Told();
        Registration registration = lease.addListener(removed);
        lease.addListener(kept);
        client.start();
        await().untilAsserted(() -> assertThat(removed.owned).hasSize(128));
        client.stop();

        registration.close();
        client.start();

        await().untilAsserted(() -> assertThat(kept.owned).hasSize(128));
        assertThat(removed.owned).isEmpty();
    }

    @Test
    void aLeaseThatCannotBeJoinedStopsTheStartAndLeavesNoSession() {
        other.lease("orders", 64);
        client.lease("orders", 128);

        assertThatThrownBy(client::start)
                .isInstanceOf(LeaseConflictException.class)
                .hasMessageContaining("128")
                .hasMessageContaining("64");

        assertThat(client.isRunning()).isFalse();
        assertThat(other.cluster().sessions()).hasSize(1);
    }

    @Test
    void aLeaseThatCannotBeJoinedIsNotRemembered() {
        other.lease("orders", 64);
        client.start();

        assertThatThrownBy(() -> client.lease("orders", 128)).isInstanceOf(LeaseConflictException.class);

        assertThat(client.leases()).isEmpty();
        assertThat(client.lease("orders", 64).partitions()).isEqualTo(64);
    }

    @Test
    void twoNumbersOfPartitionsForOneLeaseAreRefused() {
        client.lease("orders", 128);

        assertThatThrownBy(() -> client.lease("orders", 64)).isInstanceOf(LeaseConflictException.class);
    }

    @Test
    void aLeaseThatWasLeftIsNotJoinedAgainWithTheNextStart() {
        Lease lease = client.lease("orders", 128);
        Lease kept = client.lease("invoices", 16);
        client.start();

        lease.leave();
        client.stop();
        client.start();

        await().untilAsserted(() -> assertThat(kept.values()).hasSize(16));
        assertThat(lease.values()).isEmpty();
        assertThat(client.leases()).containsExactly(kept);
    }

    @Test
    void closedItStaysClosed() {
        client.lease("orders", 128);
        client.start();

        client.close();
        client.start();

        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(other.cluster().sessions()).hasSize(1);
        assertThatThrownBy(() -> client.lease("invoices", 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void stoppedItGivesWhatItOwnsToTheOthers() {
        Lease here = client.lease("orders", 128);
        client.start();
        await().untilAsserted(() -> assertThat(here.values()).hasSize(128));
        Lease there = other.lease("orders", 128);
        await().untilAsserted(() -> assertThat(there.values()).hasSize(64));

        client.stop();

        await().untilAsserted(() -> assertThat(there.values()).hasSize(128));
    }

    @Test
    void aHoldThatIsNeverClosedDoesNotHoldUpTheStopForEver() {
        Lease lease = client.lease("orders", 1);
        client.start();
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(1));
        Hold forgotten = lease.tryHold(0).orElseThrow();

        client.stop();

        assertThat(client.isRunning()).isFalse();
        await().untilAsserted(() -> assertThat(forgotten.isTrusted()).isFalse());
    }

    @Test
    void aListenerThatNeverReturnsDoesNotHoldUpTheStopForEver() {
        CountDownLatch never = new CountDownLatch(1);
        Lease lease = client.lease("orders", 1);
        lease.addListener(new LeaseListener() {
            @Override
            public void onRevoked(PartitionSet partitions) {
                try {
                    never.await();
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        client.start();
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(1));

        client.stop();

        assertThat(client.isRunning()).isFalse();
        never.countDown();
    }

    /** Remembers what a listener has been told, and that the calls alternate. */
    private static final class Told implements LeaseListener {

        private final List<Integer> owned = new CopyOnWriteArrayList<>();

        @Override
        public void onAssigned(PartitionSet partitions) {
            assertThat(owned).doesNotContainAnyElementsOf(partitions);
            owned.addAll(partitions);
        }

        @Override
        public void onRevoked(PartitionSet partitions) {
            assertThat(owned).containsAll(partitions);
            owned.removeAll(partitions);
        }
    }
}
