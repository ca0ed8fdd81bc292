package io.github.dbleases.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.Holdings.GrantedPartition;
import io.github.dbleases.spi.LeaseTransaction.Assigned;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The contract of {@link WorkChannel}. */
abstract class WorkChannelContract extends StoreContractSupport {

    private static final int WORKS = 20;

    @Test
    void anUnknownSessionOwnsNothing() {
        Holdings holdings = work.holdings(77);

        assertThat(holdings.live()).isFalse();
        assertThat(holdings.partitions()).isEmpty();
    }

    @Test
    void theHoldingsAreThePartitionsThatASessionOwns() {
        open(10);
        open(20);
        createOrders(10, 20);
        Partition one = grant(1, 10);
        Partition three = grant(3, 10);
        grant(2, 20);

        Holdings holdings = work.holdings(10);

        assertThat(holdings.live()).isTrue();
        assertThat(holdings.inbox())
                .isEqualTo(heartbeats.renew(10).orElseThrow().inbox());
        assertThat(holdings.partitions())
                .containsExactlyInAnyOrder(
                        new GrantedPartition("orders", 1, one.token(), false),
                        new GrantedPartition("orders", 3, three.token(), false));
    }

    @Test
    void aSessionIsAskedToHandOverPartitionsThatArePendingForAnother() {
        open(10);
        open(20);
        createOrders(10, 20);
        grant(0, 10);
        Partition moving = move(0, 20);

        assertThat(work.holdings(10).partitions())
                .containsExactly(new GrantedPartition("orders", 0, moving.token(), true));
        assertThat(work.holdings(20).partitions()).isEmpty();
    }

    @Test
    void aDeadSessionStillOwnsPartitionsThatWereNotTakenFromIt() {
        open(10);
        createOrders(10);
        grant(0, 10);
        end(10);

        Holdings holdings = work.holdings(10);

        assertThat(holdings.live()).isFalse();
        assertThat(holdings.partitions()).hasSize(1);
    }

    @Test
    void theFirstIncarnationIsNotQuietAndHasNoTokenFloor() {
        open(10);

        assertThat(work.holdings(10).quietFor()).isZero();
        assertThat(work.holdings(10).tokenFloor()).isZero();
    }

    @Test
    void theNeighborIsTheSameAsInTheHeartbeat() {
        open(10);
        open(20);
        open(30);
        end(20);

        assertThat(work.neighbor(30).map(Neighbor::session)).contains(10L);
        assertThat(work.neighbor(10).map(Neighbor::session)).contains(30L);
        end(10);
        assertThat(work.neighbor(30)).isEmpty();
    }

    @Test
    void anExpiredSessionIsMarkedDeadOnce() {
        open(10);

        assertThat(markDead(10)).contains(Set.of());

        assertThat(work.markDead(markDeadCondition(10))).isEmpty();
    }

    @Test
    void markingASessionReturnsTheLeasesThatNameIt() {
        open(10);
        open(20);
        createOrders(20);
        work.transact(names("member", "owner", "pending", "stranger"), transaction -> {
            for (String lease : names("member", "owner", "pending", "stranger")) {
                transaction.create(leader(lease));
            }
            transaction.addMember("member", 10);
            Partition owned = transaction.snapshot("owner").partitions().get(0);
            transaction.apply("owner", List.of(new Change.Grant(owned, 10, 0)));
            Partition pending = transaction.snapshot("pending").partitions().get(0);
            transaction.apply("pending", List.of(new Change.Grant(pending, 20, 0)));
            pending = transaction.snapshot("pending").partitions().get(0);
            return transaction.apply("pending", List.of(new Change.Move(pending, 10)));
        });

        assertThat(markDead(10)).contains(Set.of("member", "owner", "pending"));
    }

    @Test
    void aSessionThatHasNotExpiredIsNotMarkedDead() {
        open(10);

        assertThat(work.markDead(markDeadCondition(10))).isEmpty();

        assertThat(heartbeats.renew(10)).isPresent();
    }

    @Test
    void aSessionIsNotMarkedDeadBeforeTheGraceIsOver() {
        open(10);
        letExpire(10);

        MarkDeadCondition patient = new MarkDeadCondition(10, Duration.ofDays(1), storeTime(), TIMING.ttl());
        assertThat(work.markDead(patient)).isEmpty();

        assertThat(heartbeats.renew(10)).isPresent();
    }

    @Test
    void aRenewedSessionIsNotMarkedDead() {
        open(10);
        letExpire(10);
        heartbeats.renew(10);

        assertThat(work.markDead(markDeadCondition(10))).isEmpty();
    }

    @Test
    void noSessionIsMarkedDeadByAClockThatIsOff() {
        open(10);
        letExpire(10);
        Duration tooMuch = TIMING.grace().dividedBy(2).plusSeconds(1);
        // The later of the two times, because time passes between the request and the reply.
        Instant ahead = storeTime().plus(tooMuch).plus(TIMING.attemptTimeout());
        Instant behind = storeTime().minus(tooMuch);

        assertThat(work.markDead(new MarkDeadCondition(10, TIMING.grace(), ahead, TIMING.ttl())))
                .isEmpty();
        assertThat(work.markDead(new MarkDeadCondition(10, TIMING.grace(), behind, TIMING.ttl())))
                .isEmpty();

        assertThat(work.markDead(markDeadCondition(10))).isPresent();
    }

    @Test
    void aSessionIsNotMarkedDeadByAClientThatWasDisturbedWithinItsTtl() {
        open(10);
        letExpire(10);

        Duration almost = TIMING.ttl().minusMillis(1);
        assertThat(work.markDead(new MarkDeadCondition(10, TIMING.grace(), storeTime(), almost)))
                .isEmpty();
        assertThat(work.markDead(new MarkDeadCondition(10, TIMING.grace(), storeTime(), TIMING.ttl())))
                .isPresent();
    }

    @Test
    void anUnknownSessionIsNotMarkedDead() {
        assertThat(work.markDead(markDeadCondition(77))).isEmpty();
    }

    @Test
    void aTransactionIsCommittedAndReturnsItsResult() {
        String result = inOrders(transaction -> {
            transaction.create(ORDERS);
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(orders().partitions()).hasSize(4);
    }

    @Test
    void aTransactionThatThrowsWritesNothing() {
        open(10);
        createOrders(10);
        long inbox = heartbeats.renew(10).orElseThrow().inbox();
        IllegalStateException failure = new IllegalStateException("on purpose");

        assertThatThrownBy(() -> inOrders(transaction -> {
                    transaction.removeMember("orders", 10);
                    transaction.raiseInboxes(List.of(10L));
                    transaction.end(10);
                    throw failure;
                }))
                .isSameAs(failure);

        assertThat(orders().members()).hasSize(1);
        assertThat(heartbeats.renew(10).orElseThrow().inbox()).isEqualTo(inbox);
    }

    @Test
    void transactionsThatCreateTheSameLeaseRunOneAfterAnother() {
        open(10);
        open(20);
        try (WorkChannel other = store().workChannel(TIMING)) {
            CompletableFuture<Integer> one = CompletableFuture.supplyAsync(() -> join(work, 10));
            CompletableFuture<Integer> two = CompletableFuture.supplyAsync(() -> join(other, 20));

            assertThat(List.of(one.join(), two.join())).containsExactlyInAnyOrder(1, 2);
        }
    }

    private static int join(WorkChannel channel, long session) {
        return channel.transact(names("orders"), transaction -> {
            transaction.create(ORDERS);
            transaction.addMember("orders", session);
            return transaction.snapshot("orders").members().size();
        });
    }

    @Test
    void theStateOfALeaseIsReadWithoutItsLock() {
        open(10);
        assertThat(work.lease("orders")).isEmpty();
        createOrders(10);
        doInOrders(transaction -> transaction.assigned("orders", Assigned.COMPLETELY));

        LeaseState state = work.lease("orders").orElseThrow();

        assertThat(state.kind()).isEqualTo(ORDERS.kind());
        assertThat(state.partitions()).isEqualTo(4);
        assertThat(state.settledFor()).isGreaterThanOrEqualTo(Duration.ZERO);
        assertThat(state.assigned()).isEqualTo(Assigned.COMPLETELY);
    }

    @Test
    void aTransactionRunsIfTheLeaseIsNotLockedOrDoesNotExist() {
        assertThat(work.transactUnlessLocked("orders", transaction -> {
                    transaction.create(ORDERS);
                    return "created";
                }))
                .contains("created");
        assertThat(work.transactUnlessLocked(
                        "orders", transaction -> transaction.lease("orders").isPresent()))
                .contains(true);
    }

    @Test
    void theClusterSnapshotHasEverything() {
        open(20);
        open(10);
        open(30);
        work.transact(names("orders", "boss"), transaction -> {
            transaction.create(ORDERS);
            transaction.create(leader("boss"));
            transaction.addMember("orders", 10);
            transaction.addMember("orders", 20);
            return true;
        });
        Partition granted = grant(2, 10);
        end(20);

        ClusterSnapshot cluster = work.clusterSnapshot();

        assertThat(cluster.sessions().stream().filter(ClusterSnapshot.Session::live))
                .extracting(ClusterSnapshot.Session::id)
                .containsExactly(10L, 30L);
        ClusterSnapshot.Session first = cluster.sessions().get(0);
        assertThat(first.ttl()).isEqualTo(TIMING.ttl());
        assertThat(first.grace()).isEqualTo(TIMING.grace());
        assertThat(first.clientId()).isEqualTo("client-10");
        assertThat(first.weight()).isEqualTo(1);
        assertThat(first.expiresIn()).isBetween(Duration.ofSeconds(1), TIMING.ttl());
        assertThat(cluster.leases())
                .extracting(lease -> lease.snapshot().kind())
                .containsExactly(LeaseKind.LEADER, LeaseKind.PARTITIONS);
        ClusterSnapshot.Lease orders = cluster.leases().get(1);
        assertThat(orders.snapshot().lease()).isEqualTo("orders");
        assertThat(orders.snapshot().members()).containsExactly(new Member(10, 1));
        assertThat(orders.deadMembers()).containsExactly(20L);
        assertThat(orders.snapshot().partitions()).hasSize(4).contains(granted);
        assertThat(orders.since())
                .hasSize(4)
                .allSatisfy(since -> assertThat(since).isBetween(first.startedAt(), storeTime()));
    }

    @Test
    void theClusterSnapshotOfAnEmptyStoreIsEmpty() {
        assertThat(work.clusterSnapshot()).isEqualTo(new ClusterSnapshot(List.of(), List.of()));
    }

    @Test
    void anIdleChannelCanBeUsedAgain() {
        open(10);

        work.idle();
        work.idle();

        assertThat(work.holdings(10).live()).isTrue();
    }

    @Test
    void aChannelCanBeClosedTwice() {
        work.close();
        work.close();
        heartbeats.close();
        heartbeats.close();
    }

    private MarkDeadCondition markDeadCondition(long session) {
        return new MarkDeadCondition(session, TIMING.grace(), storeTime(), TIMING.ttl());
    }

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
            return true;
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
