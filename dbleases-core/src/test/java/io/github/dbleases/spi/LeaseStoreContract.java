package io.github.dbleases.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseSpec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link LeaseStore}. Every store must pass these tests, including stores for tests, so that they all
 * behave like the database. A subclass provides an empty store and a way to make sessions expire.
 */
public abstract class LeaseStoreContract extends LeaseTransactionContract {

    private static final int WORKS = 20;

    @Test
    void transactionsOnALeaseTakeEffectOneAfterAnother() {
        createOrders();
        try (WorkChannel other = store().workChannel(TIMING)) {
            CompletableFuture<Void> others = CompletableFuture.runAsync(() -> addPartitions(other));
            addPartitions(work);
            others.join();
        }

        assertThat(ordersState().partitions()).isEqualTo(ORDERS.partitions() + 2 * WORKS);
    }

    private static void addPartitions(WorkChannel channel) {
        for (int i = 0; i < WORKS; i++) {
            channel.transact(names(ORDERS.name()), transaction -> {
                int before = transaction.lease(ORDERS.name()).orElseThrow().partitions();
                transaction.resize(ORDERS.name(), before + 1);
                return before;
            });
        }
    }

    @Test
    void aTransactionOnManyLeasesWritesAllOfThem() {
        open(10);

        work.transact(names("a", "b", "c"), transaction -> {
            for (String lease : names("a", "b", "c")) {
                transaction.create(LeaseSpec.partitions(lease, 2));
                transaction.addMember(lease, 10);
            }
            return null;
        });

        assertThat(work.clusterSnapshot().leases())
                .hasSize(3)
                .allSatisfy(lease -> assertThat(lease.snapshot().members()).hasSize(1));
    }

    @Test
    void theInboxChangesWithWhatAffectsTheSession() {
        open(10);
        createOrders(10);
        long before = heartbeats.renew(10).orElseThrow().inbox();
        open(20);
        assertThat(heartbeats.renew(10).orElseThrow().inbox()).isEqualTo(before);

        grant(1, 10);
        doInOrders(transaction -> transaction.raiseInboxes(List.of(10L)));

        assertThat(heartbeats.renew(10).orElseThrow().inbox()).isNotEqualTo(before);
    }
}
