package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.Timing;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The start and the end of clients with real threads. A session lives for minutes and the drain timeout is a day, so
 * what happens at once does not happen because of a timeout.
 */
@Timeout(60)
class LifecycleTests {

    private static final Timing LONG = new Timing(
            Duration.ofMinutes(10),
            Duration.ofMillis(200),
            Duration.ofMillis(200),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));
    private static final LeaseClientConfig CONFIG = LeaseClientConfig.builder()
            .timing(LONG)
            .debounce(Duration.ofMillis(50))
            .drainTimeout(Duration.ofDays(1))
            .build();
    private static final Duration NO_TIME = Duration.ZERO;

    private final LeaseStore store = new InMemoryLeaseStore();
    private final List<LeaseClient> clients = new ArrayList<>();

    @AfterEach
    void closeClients() {
        clients.forEach(LeaseClient::close);
    }

    @Test
    void noThreadIsLeftAfterAClientIsClosed() {
        LeaseClient client = start("closed", store);
        Lease lease = client.lease("orders", 4);
        lease.addListener(new LeaseListener() {});
        awaitAll(lease);

        client.close();

        ClientThreads.awaitNoneOf("closed");
    }

    @Test
    void noThreadIsLeftAfterAStartThatFailed() {
        LeaseStore unusable =
                failing("open", new StoreUnusableException("The database is another one.", "Use PostgreSQL."));

        assertThatThrownBy(() ->
                        LeaseClients.start(CONFIG.toBuilder().clientId("failed").build(), unusable))
                .isInstanceOf(StoreUnusableException.class);

        ClientThreads.awaitNoneOf("failed");
    }

    @Test
    void aClientThatHasNeverReachedTheStoreCanBeClosed() {
        LeaseClient client = start("unlucky", failing("open", new StoreUnavailableException("away")));
        Lease lease = client.lease("orders", 4);
        assertThat(client.state()).isEqualTo(ClientState.STARTING);

        client.close();

        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(lease.values()).isEmpty();
        ClientThreads.awaitNoneOf("unlucky");
    }

    @Test
    void closingTwiceAtOnceIsClosingOnce() throws InterruptedException {
        LeaseClient client = start("twice", store);
        awaitAll(client.lease("orders", 4));

        Thread other = new Thread(client::close);
        other.start();
        client.close();
        other.join();
        client.close();

        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        awaitAll(start("other", store).lease("orders", 4));
    }

    @Test
    void aDrainTimeoutOfZeroReleasesPartitionsThatAreNotInUse() {
        LeaseClient client = start("idle", store, NO_TIME);
        awaitAll(client.lease("orders", 4));

        client.close();

        awaitAll(start("other", store).lease("orders", 4));
    }

    @Test
    void anInterruptedThreadCanCloseAClient() {
        LeaseClient client = start("interrupted", store);
        awaitAll(client.lease("orders", 4));

        Thread.currentThread().interrupt();
        client.close();

        assertThat(Thread.interrupted()).isTrue();
        awaitAll(start("other", store).lease("orders", 4));
        ClientThreads.awaitNoneOf("interrupted");
    }

    @Test
    void aListenerCanCloseItsClient() {
        LeaseClient client = start("suicidal", store);
        Lease lease = client.lease("orders", 4);

        lease.addListener(onAssigned(client::close));

        awaitAll(start("other", store).lease("orders", 4));
        ClientThreads.awaitNoneOf("suicidal");
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
    }

    @Test
    void aListenerCanLeaveItsLease() {
        LeaseClient client = start("leaving", store);
        Lease lease = client.lease("orders", 4);

        lease.addListener(onAssigned(lease::leave));

        awaitAll(start("other", store).lease("orders", 4));
    }

    @Test
    void aListenerCanUseItsClient() {
        LeaseClient client = start("curious", store);
        Lease lease = client.lease("orders", 4);
        AtomicBoolean told = new AtomicBoolean();
        AtomicInteger held = new AtomicInteger();

        lease.addListener(onAssigned(() -> {
            lease.addListener(onAssigned(() -> told.set(true)));
            lease.values()
                    .forEach(partition -> lease.tryHold(partition).ifPresent(hold -> {
                        held.incrementAndGet();
                        hold.close();
                    }));
            client.lease("invoices", 2);
        }));

        await().untilTrue(told);
        await().until(() -> held.get() == 4);
        assertThat(client.leases()).extracting(Lease::name).contains("invoices", "orders");
    }

    @Test
    void aListenerThatReturnsAfterTheCloseIsStillToldToStop() throws InterruptedException {
        LeaseClient client = start("patient", store, NO_TIME);
        Lease lease = client.lease("orders", 4);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        lease.addListener(new LeaseListener() {
            @Override
            public void onAssigned(PartitionSet partitions) {
                started.countDown();
                ClientThreads.awaitUninterruptibly(closed);
            }

            @Override
            public void onRevoked(PartitionSet partitions) {
                stopped.countDown();
            }
        });
        started.await();

        client.close();
        closed.countDown();

        stopped.await();
        ClientThreads.awaitNoneOf("patient");
    }

    @Test
    void leavingALeaseOfAClosedClientDoesNotWait() {
        LeaseClient client = start("closed", store);
        Lease lease = client.lease("orders", 4);
        awaitAll(lease);
        client.close();

        lease.leave();

        assertThat(lease.values()).isEmpty();
    }

    @Test
    void aLeaseIsReturnedWhileTheWorkChannelIsStuck() {
        CountDownLatch goesOn = new CountDownLatch(1);
        LeaseClient client = start("stuck", new InterposedStore(store, method -> {
            if (method.equals("transact")) {
                ClientThreads.awaitUninterruptibly(goesOn);
            }
        }));

        Lease lease = client.lease("orders", 4);

        assertThat(lease.values()).isEmpty();
        goesOn.countDown();
        awaitAll(lease);
    }

    @Test
    void theClientKeepsWorkingWhateverTheStoreThrows() {
        Set<String> failed = ConcurrentHashMap.newKeySet();
        LeaseClient client = start("sturdy", new InterposedStore(store, method -> {
            if (!method.equals("close") && failed.add(method)) {
                throw new NoClassDefFoundError("on purpose");
            }
        }));

        awaitAll(client.lease("orders", 4));

        await().until(() -> failed.containsAll(Set.of("open", "renew", "awaitHint", "transact", "holdings")));
        assertThat(client.state()).isEqualTo(ClientState.ACTIVE);
    }

    @Test
    void aConnectionThatIsMadeWhileTheClientClosesIsClosed() throws InterruptedException {
        AtomicBoolean connected = new AtomicBoolean();
        AtomicBoolean slow = new AtomicBoolean();
        CountDownLatch calling = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Consumer<String> connecting = method -> {
            if (method.equals("renew") && slow.get()) {
                calling.countDown();
                ClientThreads.awaitUninterruptibly(closed);
                connected.set(true);
            } else if (method.equals("close")) {
                connected.set(false);
            }
        };
        LeaseClient client = start("connecting", new InterposedStore(store, connecting));
        slow.set(true);
        calling.await();

        client.close();
        closed.countDown();

        ClientThreads.awaitNoneOf("connecting");
        assertThat(connected).isFalse();
    }

    private LeaseClient start(String clientId, LeaseStore on) {
        return start(clientId, on, CONFIG.drainTimeout());
    }

    private LeaseClient start(String clientId, LeaseStore on, Duration drainTimeout) {
        LeaseClient client = LeaseClients.start(
                CONFIG.toBuilder().clientId(clientId).drainTimeout(drainTimeout).build(), on);
        clients.add(client);
        return client;
    }

    private LeaseStore failing(String call, RuntimeException failure) {
        return new InterposedStore(store, method -> {
            if (method.equals(call)) {
                throw failure;
            }
        });
    }

    private static LeaseListener onAssigned(Runnable action) {
        return new LeaseListener() {
            @Override
            public void onAssigned(PartitionSet partitions) {
                action.run();
            }
        };
    }

    private static void awaitAll(Lease lease) {
        await().until(() -> lease.values().size() == lease.partitions());
    }
}
