package io.github.dbleases.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.spi.WorkChannel.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The base class of the contract's groups: an empty store for each test, and short methods for common steps. */
abstract class StoreContractSupport {

    /** So long that nothing expires or times out on a slow machine unless a test wants it to. */
    static final Timing TIMING = new Timing(
            Duration.ofMinutes(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(20));

    static final LeaseSpec ORDERS = LeaseSpec.partitions("orders", 4);

    static final Duration LONG = Duration.ofMinutes(1);

    private StoreUnderTest subject;

    HeartbeatChannel heartbeats;
    WorkChannel work;

    /** Returns an empty store. */
    abstract StoreUnderTest newStore();

    @BeforeEach
    void openChannels() {
        subject = newStore();
        heartbeats = store().heartbeatChannel(TIMING);
        work = store().workChannel(TIMING);
    }

    @AfterEach
    void closeChannels() throws Exception {
        heartbeats.close();
        work.close();
        subject.close();
    }

    final LeaseStore store() {
        return subject.store();
    }

    final void letExpire(long session) {
        subject.letExpire(session);
    }

    final Renewal open(long session) {
        return heartbeats.open(newSession(session));
    }

    static NewSession newSession(long session) {
        return new NewSession(session, "client-" + session, 1, TIMING.ttl(), TIMING.grace());
    }

    final <T> T inOrders(Work<T> inTransaction) {
        return work.transact(new TreeSet<>(Set.of(ORDERS.name())), inTransaction);
    }

    /** Runs an action under the lock of the lease "orders". */
    final void doInOrders(Consumer<LeaseTransaction> inTransaction) {
        inOrders(transaction -> {
            inTransaction.accept(transaction);
            return true;
        });
    }

    /** Creates the lease "orders" with members. */
    final void createOrders(long... members) {
        doInOrders(transaction -> {
            transaction.create(ORDERS);
            for (long member : members) {
                transaction.addMember(ORDERS.name(), member);
            }
        });
    }

    final Snapshot orders() {
        return inOrders(transaction -> transaction.snapshot(ORDERS.name()));
    }

    final Partition partition(int number) {
        return orders().partitions().stream()
                .filter(partition -> partition.number() == number)
                .findFirst()
                .orElseThrow();
    }

    final List<Change> apply(Change... changes) {
        return inOrders(transaction -> transaction.apply(ORDERS.name(), List.of(changes)));
    }

    /** Grants a partition that has no live owner, and returns its new state. */
    final Partition grant(int number, long to) {
        assertThat(apply(new Change.Grant(partition(number), to, 0))).hasSize(1);
        return partition(number);
    }

    /** Asks the owner of a partition to hand it over, and returns its new state. */
    final Partition move(int number, long to) {
        assertThat(apply(new Change.Move(partition(number), to))).hasSize(1);
        return partition(number);
    }

    final void end(long session) {
        doInOrders(transaction -> transaction.end(session));
    }

    /** Makes a session expire and marks it dead. */
    final Optional<Set<String>> markDead(long session) {
        letExpire(session);
        return work.markDead(new MarkDeadCondition(session, TIMING.grace(), storeTime(), TIMING.ttl()));
    }

    /** Returns the time of the store's clock. */
    final Instant storeTime() {
        long witness = 9_007_199_254_740_990L;
        return heartbeats.renew(witness).orElseGet(() -> open(witness)).databaseTime();
    }

    final LeaseTransaction.LeaseState ordersState() {
        return inOrders(transaction -> transaction.lease(ORDERS.name()).orElseThrow());
    }

    static LeaseSpec leader(String name) {
        return LeaseSpec.leader(name);
    }

    static SortedSet<String> names(String... names) {
        return new TreeSet<>(List.of(names));
    }

    final CompletableFuture<Boolean> awaitHint(long session, Duration atMost) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return heartbeats.awaitHint(session, atMost);
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    static void awaitCondition(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end)
                    .as("nanoseconds after the end of the wait")
                    .isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
