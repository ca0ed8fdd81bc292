package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.Hold;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseEvent;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client with real threads that is stopped and started again. */
@Timeout(60)
class RestartTests extends RealClients {

    private static final LeaseClientConfig CONFIG = LeaseClientConfig.builder()
            .clientId("restarted")
            .timing(FAST)
            .debounce(Duration.ZERO)
            .drainTimeout(Duration.ofMillis(300))
            .build();

    private final AtomicBoolean unusable = new AtomicBoolean();
    private final InternalLeaseClient client = LeaseClients.create(
            CONFIG,
            () -> new InterposedStore(store, method -> {
                if (method.equals("open") && unusable.get()) {
                    throw new StoreUnusableException("The database is another one.", "Use PostgreSQL.");
                }
            }),
            events::add);

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void beforeItIsStartedItOwnsNothing() {
        Lease lease = client.lease("orders", 128);
        Leadership leadership = client.leadership("reports");

        assertThat(client.state()).isEqualTo(ClientState.STOPPED);
        assertThat(client.status().session()).isEmpty();
        assertThat(client.status().trustedFor()).isZero();
        assertThat(lease.values()).isEmpty();
        assertThat(lease.owns(1)).isFalse();
        assertThat(lease.token(1)).isEmpty();
        assertThat(lease.tryHold(1)).isEmpty();
        assertThat(lease.partitionOf("")).isEqualTo(32);
        assertThat(leadership.isLeader()).isFalse();
        assertThat(leadership.awaitOutcome(Duration.ofDays(1))).isFalse();
        assertThat(leadership.leader()).isEmpty();
        assertThat(client.leases()).containsExactly(lease);
        assertThat(client.leaderships()).containsExactly(leadership);
        assertThat(client.cluster().sessions()).isEmpty();
        assertThat(start("other").cluster().leases()).isEmpty();
    }

    @Test
    void whenItIsStartedItJoinsTheLeasesThatWereAskedForBefore() {
        Lease lease = client.lease("orders", 128);
        Leadership leadership = client.leadership("reports");

        client.start();

        assertThat(client.state()).isEqualTo(ClientState.ACTIVE);
        assertThat(lease.values()).hasSize(128);
        assertThat(leadership.awaitOutcome(Duration.ZERO)).isTrue();
        assertThat(leadership.isLeader()).isTrue();
        assertThat(client.cluster().leases()).containsOnlyKeys("orders", "reports");
    }

    @Test
    void startingOrStoppingItAgainDoesNothing() {
        client.stop();
        client.start();
        long session = client.status().session().orElseThrow();

        client.start();
        assertThat(client.status().session()).hasValue(session);

        client.stop();
        client.stop();
        assertThat(client.state()).isEqualTo(ClientState.STOPPED);
    }

    @Test
    void startedAgainItIsANewSessionInTheSameLeases() {
        LeaseClient other = start("other");
        Lease lease = client.lease("orders", 128);
        Leadership leadership = client.leadership("reports");
        Told told = new Told();
        lease.addListener(told);
        client.start();
        long first = client.status().session().orElseThrow();
        long token = leadership.token().orElseThrow();
        await().untilAsserted(() -> assertThat(told.owned).hasSize(128));

        client.stop();

        assertThat(told.owned).isEmpty();
        assertThat(client.state()).isEqualTo(ClientState.STOPPED);
        assertThat(lease.values()).isEmpty();
        assertThat(leadership.isLeader()).isFalse();
        assertThat(other.cluster().sessions()).hasSize(1);
        ClientThreads.awaitNoneOf("restarted");

        client.start();

        await().untilAsserted(() -> assertThat(told.owned).hasSize(128));
        assertThat(lease.values()).hasSize(128);
        assertThat(client.status().session().orElseThrow()).isNotEqualTo(first);
        await().untilAsserted(() -> assertThat(leadership.isLeader()).isTrue());
        assertThat(leadership.token().orElseThrow()).isGreaterThan(token);
        assertThat(events).noneMatch(LeaseEvent.SessionLost.class::isInstance);
        assertThat(events).noneMatch(LeaseEvent.ClientSuspended.class::isInstance);
    }

    @Test
    void stoppedItGivesWhatItOwnsToTheOthers() {
        Lease here = client.lease("orders", 128);
        client.start();
        Lease there = start("other").lease("orders", 128);
        await().untilAsserted(() -> assertThat(there.values()).hasSize(64));
        assertThat(here.values()).hasSize(64);

        client.stop();

        await().untilAsserted(() -> assertThat(there.values()).hasSize(128));
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
        told.clear();
        client.start();

        await().until(() -> tasks.id().isPresent());
        assertThat(tasks.id().orElseThrow()).isNotEqualTo(first);
        await().until(() -> told.contains("changed"));
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
        assertThatThrownBy(() -> client.lease("orders", 64)).isInstanceOf(LeaseConflictException.class);
    }

    @Test
    void aLeaseThatCannotBeJoinedFailsTheStartAndLeavesNoSession() {
        LeaseClient other = start("other");
        Lease taken = other.lease("orders", 64);
        Lease lease = client.lease("orders", 128);
        Lease invoices = client.lease("invoices", 8);

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(client::start)
                    .isInstanceOf(LeaseConflictException.class)
                    .hasMessageContaining("128")
                    .hasMessageContaining("64");

            assertThat(client.state()).isEqualTo(ClientState.STOPPED);
            assertThat(client.leases()).containsExactly(invoices, lease);
            assertThat(other.cluster().sessions()).hasSize(1);
        }

        taken.leave();
        client.start();
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(128));
    }

    @Test
    void aLeaseThatCannotBeJoinedWhileItRunsIsNotRemembered() {
        start("other").lease("orders", 64);
        client.start();

        assertThatThrownBy(() -> client.lease("orders", 128)).isInstanceOf(LeaseConflictException.class);

        assertThat(client.state()).isEqualTo(ClientState.ACTIVE);
        assertThat(client.leases()).isEmpty();
        assertThat(client.lease("orders", 64).partitions()).isEqualTo(64);
    }

    @Test
    void aStoreThatCannotBeUsedFailsTheStartWhichCanBeRepeated() {
        Lease lease = client.lease("orders", 4);
        unusable.set(true);

        assertThatThrownBy(client::start).isInstanceOf(StoreUnusableException.class);
        assertThat(client.state()).isEqualTo(ClientState.STOPPED);
        ClientThreads.awaitNoneOf("restarted");

        unusable.set(false);
        client.start();
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(4));
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
        Lease lease = client.lease("orders", 128);
        client.start();

        client.close();

        assertThatThrownBy(client::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Client 'restarted' is closed.");
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(client.leases()).isEmpty();
        assertThat(client.cluster().sessions()).isEmpty();
        client.stop();
        lease.leave();
        assertThatThrownBy(() -> client.lease("invoices", 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aClientThatWasNeverStartedCanBeClosed() {
        Lease lease = client.lease("orders", 128);

        client.close();

        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        lease.leave();
        assertThat(lease.values()).isEmpty();
    }

    @Test
    void aHoldThatIsNeverClosedHoldsUpNeitherTheStopNorTheNextStart() {
        Lease lease = client.lease("orders", 2);
        client.start();
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(2));
        Hold forgotten = lease.tryHold(0).orElseThrow();

        client.stop();
        assertThat(client.state()).isEqualTo(ClientState.STOPPED);
        assertThat(forgotten.isTrusted()).isFalse();

        client.start();
        await().untilAsserted(() -> assertThat(lease.values()).containsExactly(1));
        assertThat(forgotten.isTrusted()).isFalse();

        forgotten.close();
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(2));
    }

    @Test
    void aListenerThatNeverReturnsDoesNotHoldUpTheStopForever() {
        CountDownLatch never = new CountDownLatch(1);
        Lease lease = client.lease("orders", 1);
        lease.addListener(new LeaseListener() {
            @Override
            public void onRevoked(PartitionSet partitions) {
                ClientThreads.awaitUninterruptibly(never);
            }
        });
        client.start();
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(1));

        client.stop();

        assertThat(client.state()).isEqualTo(ClientState.STOPPED);
        never.countDown();
    }

    @Test
    void aListenerCanRestartItsClient() {
        Lease lease = client.lease("orders", 4);
        AtomicInteger assigned = new AtomicInteger();
        AtomicLong first = new AtomicLong();
        lease.addListener(new LeaseListener() {
            @Override
            public void onAssigned(PartitionSet partitions) {
                if (assigned.getAndIncrement() == 0) {
                    first.set(client.status().session().orElseThrow());
                    client.stop();
                    client.start();
                }
            }
        });
        client.start();

        await().until(() -> assigned.get() == 2);
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(4));
        assertThat(client.status().session().orElseThrow()).isNotEqualTo(first.get());
    }

    @Test
    void aStopDuringAStartWins() throws InterruptedException {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        InternalLeaseClient slow = LeaseClients.create(
                CONFIG.toBuilder().clientId("slow").build(),
                () -> new InterposedStore(store, method -> {
                    if (method.equals("open")) {
                        opening.countDown();
                        ClientThreads.awaitUninterruptibly(goesOn);
                    }
                }),
                event -> {});
        Lease lease = slow.lease("orders", 4);
        Thread starting = new Thread(slow::start);
        starting.start();
        opening.await();

        slow.stop();
        starting.join();

        assertThat(slow.state()).isEqualTo(ClientState.STOPPED);
        goesOn.countDown();
        ClientThreads.awaitNoneOf("slow");
        assertThat(slow.status().session()).isEmpty();
        assertThat(lease.values()).isEmpty();
        slow.start();
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(4));
        slow.close();
    }

    @Test
    void manyThreadsThatStartAndStopItLeaveItInOnePiece() throws InterruptedException {
        Lease lease = client.lease("orders", 4);
        Told told = new Told();
        lease.addListener(told);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(new Thread(() -> {
                for (int round = 0; round < 20; round++) {
                    client.start();
                    client.stop();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        client.start();
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(4));
        await().untilAsserted(() -> assertThat(told.owned).hasSize(4));
        client.stop();
        assertThat(told.owned).isEmpty();
        assertThat(told.wrong).isEmpty();
        ClientThreads.awaitNoneOf("restarted");
        // A session that was being opened when the client stopped is not ended, but expires.
        LeaseClient other = start("other");
        await().untilAsserted(() -> assertThat(other.cluster().sessions()).hasSize(1));
    }

    /** Remembers what a listener has been told, and whether the calls alternate. */
    private static final class Told implements LeaseListener {

        private final List<Integer> owned = new CopyOnWriteArrayList<>();
        private final List<String> wrong = new CopyOnWriteArrayList<>();

        @Override
        public void onAssigned(PartitionSet partitions) {
            if (partitions.stream().anyMatch(owned::contains)) {
                wrong.add("assigned twice: " + partitions);
            }
            owned.addAll(partitions);
        }

        @Override
        public void onRevoked(PartitionSet partitions) {
            if (!owned.containsAll(partitions)) {
                wrong.add("revoked without a start: " + partitions);
            }
            owned.removeAll(partitions);
        }
    }
}
