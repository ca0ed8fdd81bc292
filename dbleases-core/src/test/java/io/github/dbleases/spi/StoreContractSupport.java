package io.github.dbleases.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.WorkChannel.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The base of the contract tests of stores: an empty store, and short methods for common steps. */
public abstract class StoreContractSupport {

    /** Long enough that nothing expires or times out on a slow machine unless a test wants it. */
    protected static final Timing TIMING = new Timing(
            Duration.ofMinutes(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(20));

    protected static final LeaseSpec ORDERS = LeaseSpec.partitions("orders", 4);

    protected HeartbeatChannel heartbeats;
    protected WorkChannel work;

    /** Returns the store of the test, which is empty at the start of the test. */
    protected abstract LeaseStore store();

    /** Makes a session expire, by more than a minute. Other sessions may expire too. */
    protected abstract void letExpire(long session);

    @BeforeEach
    void openLines() {
        LeaseStore store = store();
        heartbeats = store.heartbeatChannel(TIMING);
        work = store.workChannel(TIMING);
    }

    @AfterEach
    void closeLines() {
        heartbeats.close();
        work.close();
    }

    protected final Renewal open(long session) {
        return heartbeats.open(newSession(session));
    }

    protected static NewSession newSession(long session) {
        return new NewSession(session, "client-" + session, 1, TIMING.ttl(), TIMING.grace());
    }

    protected final <T> T inOrders(Work<T> inTransaction) {
        return work.transact(new TreeSet<>(Set.of(ORDERS.name())), inTransaction);
    }

    /** Runs an action under the lock of the lease "orders". */
    protected final void doInOrders(Consumer<LeaseTransaction> inTransaction) {
        inOrders(transaction -> {
            inTransaction.accept(transaction);
            return null;
        });
    }

    /** Creates the lease "orders" with members. */
    protected final void createOrders(long... members) {
        doInOrders(transaction -> {
            transaction.create(ORDERS);
            for (long member : members) {
                transaction.addMember(ORDERS.name(), member);
            }
        });
    }

    protected final Snapshot orders() {
        return inOrders(transaction -> transaction.snapshot(ORDERS.name()));
    }

    protected final Partition partition(int number) {
        return orders().partitions().stream()
                .filter(partition -> partition.number() == number)
                .findFirst()
                .orElseThrow();
    }

    protected final List<Change> apply(Change... changes) {
        return inOrders(transaction -> transaction.apply(ORDERS.name(), List.of(changes)));
    }

    /** Grants a partition that has no live owner, and returns its new state. */
    protected final Partition grant(int number, long to) {
        assertThat(apply(new Change.Grant(partition(number), to, 0))).hasSize(1);
        return partition(number);
    }

    /** Asks the owner of a partition to hand it over, and returns its new state. */
    protected final Partition move(int number, long to) {
        assertThat(apply(new Change.Move(partition(number), to))).hasSize(1);
        return partition(number);
    }

    protected final void end(long session) {
        doInOrders(transaction -> transaction.end(session));
    }

    /** Makes a session expire and marks it dead. */
    protected final Optional<Set<String>> markDead(long session) {
        letExpire(session);
        return work.markDead(new MarkDeadCondition(session, TIMING.grace(), storeTime(), TIMING.ttl()));
    }

    /** Returns the time of the store's clock. */
    protected final Instant storeTime() {
        long witness = 9_007_199_254_740_990L;
        return heartbeats.renew(witness).orElseGet(() -> open(witness)).databaseTime();
    }

    protected final LeaseTransaction.LeaseState ordersState() {
        return inOrders(transaction -> transaction.lease(ORDERS.name()).orElseThrow());
    }

    static LeaseSpec leader(String name) {
        return LeaseSpec.leader(name);
    }
}
