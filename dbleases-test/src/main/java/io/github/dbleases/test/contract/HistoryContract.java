package io.github.dbleases.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.HistoryEvent.Party;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.NewEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract of a store that keeps a history. */
abstract class HistoryContract extends StoreContractSupport {

    private static final Party TEN = new Party(10, "client-10");
    private static final Party TWENTY = new Party(20, "client-20");

    @Test
    void theStoreKeepsAHistory() {
        assertThat(work.keepsHistory()).isTrue();
        assertThat(work.history(HistoryQuery.all())).isEmpty();
    }

    @Test
    void aSessionIsOpenedAndEnded() {
        open(10);
        heartbeats.renew(10);
        end(10);

        List<HistoryEvent> events = work.history(HistoryQuery.ofSession(10));

        assertThat(events)
                .extracting(HistoryEvent::type)
                .containsExactly(HistoryEvent.Type.SESSION_ENDED, HistoryEvent.Type.SESSION_OPENED);
        assertThat(events).allSatisfy(event -> {
            assertThat(event.session()).isEqualTo(TEN);
            assertThat(event.by()).isEqualTo(TEN);
            assertThat(event.lease()).isNull();
            assertThat(event.partitions()).isEmpty();
        });
        assertThat(events.get(0).at()).isAfterOrEqualTo(events.get(1).at());
    }

    @Test
    void aSessionThatIsDeadAlreadyDoesNotEnd() {
        open(10);
        end(10);
        end(10);
        end(77);

        assertThat(work.history(HistoryQuery.ofSession(10))).hasSize(2);
        assertThat(work.history(HistoryQuery.ofSession(77))).isEmpty();
    }

    @Test
    void theHistoryNamesTheSessionThatMarkedAnotherOneDead() {
        open(10);
        open(20);
        letExpire(10);
        MarkDeadCondition condition = new MarkDeadCondition(10, TIMING.grace(), storeTime(), TIMING.ttl()).by(20);
        assertThat(work.markDead(condition)).isPresent();
        assertThat(work.markDead(condition)).isEmpty();

        List<HistoryEvent> events = work.history(HistoryQuery.ofSession(10));

        assertThat(events)
                .extracting(HistoryEvent::type)
                .containsExactly(HistoryEvent.Type.SESSION_MARKED_DEAD, HistoryEvent.Type.SESSION_OPENED);
        assertThat(events.get(0).session()).isEqualTo(TEN);
        assertThat(events.get(0).by()).isEqualTo(TWENTY);
    }

    @Test
    void theEventsOfATransactionAreReadAsTheyWereRecorded() {
        open(10);
        open(20);
        PartitionSet some = PartitionSet.of(0, 1, 2, 70);
        NewEvent event = new NewEvent(
                HistoryEvent.Type.HAND_OVER_REQUESTED, "orders", some, 10, 0, 20, Cause.BALANCED, "alice", "A detail");
        doInOrders(transaction -> {
            transaction.create(ORDERS);
            transaction.record(20, List.of(event));
        });

        HistoryEvent read = newestOf("orders");

        assertThat(read.type()).isEqualTo(HistoryEvent.Type.HAND_OVER_REQUESTED);
        assertThat(read.lease()).isEqualTo("orders");
        assertThat(read.partitions()).isEqualTo(some);
        assertThat(read.session()).isEqualTo(TEN);
        assertThat(read.from()).isNull();
        assertThat(read.to()).isEqualTo(TWENTY);
        assertThat(read.by()).isEqualTo(TWENTY);
        assertThat(read.cause()).isEqualTo(Cause.BALANCED);
        assertThat(read.principal()).isEqualTo("alice");
        assertThat(read.detail()).isEqualTo("A detail");
        assertThat(read.token()).isNull();
        assertThat(Duration.between(read.at(), storeTime()).abs()).isLessThan(LONG);
    }

    @Test
    void theEventsOfATransactionThatFailsAreNotRecorded() {
        assertThatThrownBy(() -> doInOrders(transaction -> {
                    transaction.record(10, List.of(granted("orders", 0, 10)));
                    throw new IllegalStateException("as the test wants");
                }))
                .hasMessage("as the test wants");

        assertThat(work.history(HistoryQuery.all())).isEmpty();
    }

    @Test
    void anElectedLeaderIsRecordedWithItsToken() {
        open(10);
        long token = work.transact(names("reports"), transaction -> {
            transaction.create(leader("reports"));
            Partition vacant = transaction.snapshot("reports").partitions().get(0);
            transaction.apply("reports", List.of(new Change.Grant(vacant, 10, 0)));
            transaction.record(
                    10,
                    List.of(new NewEvent(
                            HistoryEvent.Type.ELECTED,
                            "reports",
                            PartitionSet.of(0),
                            10,
                            0,
                            0,
                            Cause.JOINED,
                            null,
                            null)));
            return transaction.snapshot("reports").partitions().get(0).token();
        });

        assertThat(newestOf("reports").token()).isEqualTo(token).isPositive();
    }

    @Test
    void aSessionThatTheStoreDoesNotKnowHasNoName() {
        doInOrders(transaction -> transaction.record(77, List.of(granted("orders", 0, 78))));

        assertThat(newestOf("orders").by()).isEqualTo(new Party(77, null));
        assertThat(newestOf("orders").session()).isEqualTo(new Party(78, null));
    }

    @Test
    void theNamesOfSessionsStayAfterTheyArePurged() {
        open(10);
        doInOrders(transaction -> transaction.record(10, List.of(granted("orders", 0, 10))));
        end(10);
        work.purge();

        assertThat(newestOf("orders").session()).isEqualTo(TEN);
        assertThat(work.history(HistoryQuery.ofSession(10))).allMatch(event -> TEN.equals(event.session()));
    }

    @Test
    void theHistoryIsReadInPagesThatBeginWithTheNewestEvent() {
        for (int i = 0; i < 5; i++) {
            int partition = i;
            doInOrders(transaction -> transaction.record(
                    10, List.of(granted("orders", partition, 10), granted("invoices", partition, 20))));
        }

        List<HistoryEvent> first = work.history(HistoryQuery.ofLease("orders").limit(2));
        List<HistoryEvent> second = work.history(
                HistoryQuery.ofLease("orders").limit(2).before(first.get(1).id()));
        List<HistoryEvent> third = work.history(
                HistoryQuery.ofLease("orders").limit(2).before(second.get(1).id()));

        assertThat(List.of(first, second, third))
                .flatExtracting(page -> page)
                .extracting(event -> event.partitions().toRanges())
                .containsExactly("4", "3", "2", "1", "0");
        assertThat(work.history(HistoryQuery.all())).hasSize(10);
        assertThat(work.history(HistoryQuery.ofSession(20))).hasSize(5);
        assertThat(work.history(HistoryQuery.ofLease("unknown"))).isEmpty();
    }

    private HistoryEvent newestOf(String lease) {
        return work.history(HistoryQuery.ofLease(lease).limit(1)).get(0);
    }

    private static NewEvent granted(String lease, int partition, long session) {
        return new NewEvent(
                HistoryEvent.Type.GRANTED, lease, PartitionSet.of(partition), session, 0, 0, Cause.JOINED, null, null);
    }
}
