package io.github.dbleases.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The contract of a store on a database, which can do more than other storage: it locks leases, counts the inbox of
 * each session, sends hints, and keeps dead sessions until they are purged.
 */
abstract class DatabaseContract extends StoreContractSupport {

    @Test
    void theInboxChangesOnlyWhenItIsRaised() {
        long opened = open(10).inbox();
        open(20);
        assertThat(heartbeats.renew(10).orElseThrow().inbox()).isEqualTo(opened);

        raiseInboxes(20);
        assertThat(heartbeats.renew(10).orElseThrow().inbox()).isEqualTo(opened);
        raiseInboxes(10);
        assertThat(heartbeats.renew(10).orElseThrow().inbox()).isNotEqualTo(opened);
    }

    @Test
    void raisingAnInboxSendsAHint() {
        open(10);

        CompletableFuture<Boolean> hinted = awaitHint(10, LONG);
        raiseInboxes(10);

        assertThat(hinted.join()).isTrue();
    }

    @Test
    void aHintSentBeforeTheWaitIsReceived() throws InterruptedException {
        open(10);

        raiseInboxes(10);

        assertThat(heartbeats.awaitHint(10, LONG)).isTrue();
    }

    @Test
    void eachHintIsReceivedOnce() throws InterruptedException {
        open(10);
        raiseInboxes(10);
        assertThat(heartbeats.awaitHint(10, LONG)).isTrue();

        assertThat(heartbeats.awaitHint(10, Duration.ofMillis(1))).isFalse();
    }

    @Test
    void raisingOtherInboxesSendsNoHint() throws InterruptedException {
        open(10);
        open(100);
        raiseInboxes(100);

        assertThat(heartbeats.awaitHint(10, Duration.ofMillis(300))).isFalse();
    }

    @Test
    void veryManyInboxesAreRaisedTogether() {
        open(10);
        long before = heartbeats.renew(10).orElseThrow().inbox();

        raiseInboxes(LongStream.range(10, 510).toArray());

        assertThat(heartbeats.renew(10).orElseThrow().inbox()).isNotEqualTo(before);
    }

    @Test
    void onlyOneTransactionRunsOnALeaseAtATime() {
        open(10);
        createOrders();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (WorkChannel other = store().workChannel(TIMING)) {
            CompletableFuture<Void> others = CompletableFuture.runAsync(() -> count(other, inside, most));
            count(work, inside, most);
            others.join();
        }

        assertThat(most).hasValue(1);
    }

    private static void count(WorkChannel channel, AtomicInteger inside, AtomicInteger most) {
        for (int i = 0; i < 20; i++) {
            channel.transact(names("orders"), transaction -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Snapshot snapshot = transaction.snapshot("orders");
                inside.decrementAndGet();
                return snapshot;
            });
        }
    }

    @Test
    void aTransactionSeesWhatWasCommittedBeforeItGotTheLock() {
        open(10);
        createOrders();
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        try (WorkChannel other = store().workChannel(TIMING)) {
            CompletableFuture<Void> first = CompletableFuture.runAsync(() -> other.transact(names("orders"), tx -> {
                locked.countDown();
                awaitCondition(() -> waiting.getCount() == 0);
                tx.addMember("orders", 10);
                return true;
            }));
            awaitCondition(() -> locked.getCount() == 0);
            CompletableFuture<Snapshot> second = CompletableFuture.supplyAsync(this::orders);
            waiting.countDown();

            assertThat(second.join().members()).containsExactly(new Member(10, 1));
            first.join();
        }
    }

    @Test
    void theClusterSnapshotHasDeadSessionsToo() {
        open(10);
        open(20);
        end(10);

        ClusterSnapshot cluster = work.clusterSnapshot();

        assertThat(cluster.sessions()).extracting(ClusterSnapshot.Session::id).containsExactly(10L, 20L);
        assertThat(cluster.sessions()).extracting(ClusterSnapshot.Session::live).containsExactly(false, true);
    }

    @Test
    void aPurgeDeletesDeadSessionsThatNothingRefersTo() {
        for (long session = 1; session <= 5; session++) {
            open(session);
        }
        createOrders(1, 5);
        grant(0, 2);
        grant(1, 5);
        move(1, 3);
        for (long session = 1; session <= 4; session++) {
            end(session);
        }

        work.purge();

        assertThat(work.clusterSnapshot().sessions())
                .extracting(ClusterSnapshot.Session::id)
                .containsExactly(1L, 2L, 3L, 5L);
    }

    private void raiseInboxes(long... sessions) {
        doInOrders(transaction -> transaction.raiseInboxes(
                List.copyOf(LongStream.of(sessions).boxed().toList())));
    }
}
