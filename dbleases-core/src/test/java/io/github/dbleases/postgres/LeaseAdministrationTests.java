package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClusterView.SessionView;
import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.Hold;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseAdministration;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.OperationRefusedException;
import io.github.dbleases.OperationRefusedException.Reason;
import io.github.dbleases.OperationResult;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Operations that one client asks for, and that others carry out. */
class LeaseAdministrationTests {

    private static final Timing TIMING = new Timing(
            Duration.ofSeconds(20),
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    private final TestTables tables = TestTables.create(PostgresServer.newest());
    private final PostgresLeaseStore store = new PostgresLeaseStore(tables.dataSource());
    private final LeaseClient one = start("one");
    private final LeaseClient two = start("two");
    private final LeaseClient observer = start("observer");
    private final LeaseAdministration admin = observer.administration().requestedBy("alice");

    private LeaseClient start(String id) {
        return LeaseClients.start(
                LeaseClientConfig.builder()
                        .clientId(id)
                        .timing(TIMING)
                        .debounce(Duration.ofMillis(200))
                        .build(),
                store);
    }

    @AfterEach
    void close() {
        List.of(one, two, observer).forEach(LeaseClient::close);
    }

    private static long session(LeaseClient client) {
        return client.status().session().orElseThrow();
    }

    @Test
    void aPartitionMovesInExchangeForAnotherAndStaysThere() {
        Lease first = one.lease("orders", 8);
        Lease second = two.lease("orders", 8);
        await().until(() -> first.values().size() == 4 && second.values().size() == 4);
        int moving = first.values().iterator().next();

        OperationResult result = admin.move("orders", moving, session(two));

        assertThat(result.changed()).isTrue();
        assertThat(result.dryRun()).isFalse();
        assertThat(result.moves()).hasSize(2);
        assertThat(result.moves().get(0).partitions()).containsExactly(moving);
        assertThat(result.moves().get(0).from().client()).isEqualTo("one");
        assertThat(result.moves().get(0).to().client()).isEqualTo("two");
        await().until(() -> second.owns(moving) && first.values().size() == 4);
        assertThat(second.values()).hasSize(4);
        assertThat(admin.rebalance("orders").changed()).isFalse();
        assertThat(admin.move("orders", moving, session(two)).changed()).isFalse();
        assertThat(second.owns(moving)).isTrue();
    }

    @Test
    void aLiveOwnerIsAskedAndKeepsWhatItHolds() {
        Lease first = one.lease("orders", 2);
        Lease second = two.lease("orders", 2);
        await().until(() -> first.values().size() == 1 && second.values().size() == 1);
        int moving = first.values().iterator().next();
        Hold hold = first.tryHold(moving).orElseThrow();

        admin.move("orders", moving, session(two));
        await().until(() -> !first.owns(moving));

        assertThat(hold.isTrusted()).isTrue();
        assertThat(second.owns(moving)).isFalse();
        assertThat(owner("orders", moving)).isEqualTo(session(one));
        hold.close();
        await().until(() -> second.owns(moving));
    }

    private Long owner(String lease, int partition) {
        return observer.cluster(lease)
                .leases()
                .get(lease)
                .partitions()
                .get(partition)
                .session();
    }

    @Test
    void aDryRunPlansTheSameAndChangesNothing() {
        Lease first = one.lease("orders", 8);
        Lease second = two.lease("orders", 8);
        await().until(() -> first.values().size() == 4 && second.values().size() == 4);
        int moving = first.values().iterator().next();
        List<HistoryEvent> before = observer.history(HistoryQuery.all());

        OperationResult plan = admin.dryRun().move("orders", moving, session(two));

        assertThat(plan.dryRun()).isTrue();
        assertThat(plan.changed()).isTrue();
        assertThat(plan.moves()).hasSize(2);
        assertThat(observer.history(HistoryQuery.all())).isEqualTo(before);
        assertThat(observer.cluster("orders").leases().get("orders").partitions())
                .allMatch(partition -> partition.pendingSession() == null);
        assertThat(admin.move("orders", moving, session(two)).moves()).isEqualTo(plan.moves());
    }

    @Test
    void theHistoryTellsWhoAskedForAnOperation() {
        Lease first = one.lease("orders", 8);
        Lease second = two.lease("orders", 8);
        await().until(() -> first.values().size() == 4 && second.values().size() == 4);
        int moving = first.values().iterator().next();
        admin.move("orders", moving, session(two));
        await().until(() -> second.owns(moving));
        admin.move("orders", moving, session(two));

        List<HistoryEvent> events = observer.history(HistoryQuery.ofLease("orders"));

        String detail = "move partition %d to session %d".formatted(moving, session(two));
        assertThat(events)
                .filteredOn(event -> event.type() == HistoryEvent.Type.OPERATION)
                .extracting(HistoryEvent::detail)
                .containsExactly(detail + ": nothing to do", detail);
        assertThat(events)
                .filteredOn(event -> event.type() == HistoryEvent.Type.OPERATION || event.cause() == Cause.OPERATION)
                .hasSize(4)
                .allSatisfy(event -> {
                    assertThat(event.principal()).isEqualTo("alice");
                    assertThat(event.by()).isNotNull();
                    assertThat(event.by().client()).isEqualTo("observer");
                });
    }

    @Test
    void aLeadershipMovesAndStays() {
        Leadership first = one.leadership("reports");
        Leadership second = two.leadership("reports");
        await().until(() -> first.isLeader() ^ second.isLeader());
        LeaseClient other = first.isLeader() ? two : one;

        assertThat(admin.move("reports", 0, session(other)).changed()).isTrue();

        await().until(() -> other.leaderships().iterator().next().isLeader());
        assertThat(admin.rebalance("reports").changed()).isFalse();
    }

    @Test
    void aLeaderResignsOnRequestOnce() {
        Leadership first = one.leadership("reports");
        Leadership second = two.leadership("reports");
        await().until(() -> first.isLeader() ^ second.isLeader());
        LeaseClient leader = first.isLeader() ? one : two;
        LeaseClient other = first.isLeader() ? two : one;

        assertThat(admin.resign("reports", session(leader)).changed()).isTrue();
        await().until(() -> other.leaderships().iterator().next().isLeader());

        assertThat(admin.resign("reports", session(leader)).changed()).isFalse();
        assertThat(other.leaderships().iterator().next().isLeader()).isTrue();
    }

    @Test
    void aLeaseIsBalancedWithoutWaitingForTheDebounce() {
        Lease first = one.lease("orders", 8);
        await().until(() -> first.values().size() == 8);
        try (LeaseClient patient = LeaseClients.start(
                LeaseClientConfig.builder()
                        .clientId("patient")
                        .timing(TIMING)
                        .debounce(Duration.ofHours(1))
                        .build(),
                store)) {
            Lease second = patient.lease("orders", 8);

            OperationResult result = admin.rebalance("orders");

            assertThat(result.changed()).isTrue();
            await().until(() -> second.values().size() == 4 && first.values().size() == 4);
        }
    }

    @Test
    void whatCannotBeDoneIsRefusedWithTheReason() {
        Lease first = one.lease("orders", 4);
        Leadership reports = one.leadership("reports");
        await().until(() -> first.values().size() == 4 && reports.isLeader());

        assertRefused(() -> admin.move("unknown", 0, session(one)), Reason.NOT_FOUND, "no lease or election 'unknown'");
        assertRefused(() -> admin.move("orders", 4, session(one)), Reason.NOT_FOUND, "no partition 4, but 4");
        assertRefused(() -> admin.move("orders", 0, session(two)), Reason.NOT_FOUND, "members: " + session(one));
        assertRefused(() -> admin.resign("orders"), Reason.CONFLICT, "no election");
        assertRefused(() -> admin.resign("reports"), Reason.CONFLICT, "the only candidate");
        assertRefused(() -> admin.dryRun().resign("unknown"), Reason.NOT_FOUND, "'unknown'");
        assertThat(observer.status().problem()).isEmpty();
    }

    @Test
    void aClientIsDrainedAndResumedByAnotherOne() {
        Lease first = one.lease("orders", 8);
        Lease second = two.lease("orders", 8);
        Leadership reports = one.leadership("reports");
        await().until(() -> first.values().size() == 4 && second.values().size() == 4 && reports.isLeader());
        Hold hold = first.tryHold(first.values().iterator().next()).orElseThrow();

        OperationResult result = admin.drain(session(one));

        assertThat(result.changed()).isTrue();
        assertThat(result.moves())
                .hasSize(2)
                .allSatisfy(move -> assertThat(move.from().client()).isEqualTo("one"));
        await().until(() -> first.values().isEmpty() && second.values().size() == 7);
        assertThat(one.status().drainRequested()).isTrue();
        assertThat(hold.isTrusted()).isTrue();
        hold.close();
        await().until(() -> second.values().size() == 8);
        assertThat(observer.cluster().sessions())
                .filteredOn(SessionView::drained)
                .singleElement()
                .satisfies(session -> assertThat(session.session()).isEqualTo(session(one)));
        assertThat(admin.drain(session(one)).changed()).isFalse();

        assertThat(admin.resume(session(one)).changed()).isTrue();
        await().until(() -> first.values().size() == 4 && reports.isLeader());
        assertThat(one.status().drained()).isFalse();
        assertRefused(() -> admin.drain(4711), Reason.NOT_FOUND, "no live session 4711");
    }

    @Test
    void aLeaseIsRemovedWhenNoSessionUsesIt() {
        Lease first = one.lease("orders", 4);
        Lease second = two.lease("orders", 4);
        await().until(() -> first.values().size() == 2 && second.values().size() == 2);
        tables.execute("UPDATE dbleases_partition SET token = token + 1000000000000000 WHERE partition = 3");
        long largest = tables.number("SELECT max(token) FROM dbleases_partition");

        assertRefused(() -> admin.remove("orders"), Reason.CONFLICT, "'orders' is still used by live sessions: ");
        assertRefused(() -> admin.remove("orders"), Reason.CONFLICT, session(two) + " of two");
        first.leave();
        second.leave();
        assertThat(admin.dryRun().remove("orders").changed()).isTrue();
        assertThat(observer.cluster("orders").leases()).containsKey("orders");

        OperationResult result = admin.remove("orders");

        assertThat(result.changed()).isTrue();
        assertThat(observer.cluster().leases()).isEmpty();
        assertThat(admin.remove("orders").changed()).isFalse();
        assertThat(observer.history(HistoryQuery.ofLease("orders")))
                .filteredOn(event -> event.type() == HistoryEvent.Type.OPERATION)
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.detail()).isEqualTo("remove");
                    assertThat(event.principal()).isEqualTo("alice");
                });

        Leadership anew = one.leadership("orders");
        await().until(anew::isLeader);
        assertThat(anew.token().orElseThrow()).isGreaterThan(largest);
    }

    @Test
    void aLargeLeaseIsRemovedInSteps() {
        Lease large = one.lease("orders", 12_000);
        await().atMost(Duration.ofMinutes(1)).until(() -> large.values().size() == 12_000);
        large.leave();

        assertThat(admin.remove("orders").changed()).isTrue();

        assertThat(tables.number("SELECT count(*) FROM dbleases_partition")).isZero();
    }

    @Test
    void aLeaseIsNotRemovedWhileAFencedTransactionOfADeadOwnerIsOpen() throws Exception {
        Lease lease = one.lease("orders", 4);
        await().until(() -> lease.values().size() == 4);
        lease.leave();
        tables.execute("UPDATE dbleases_partition SET session_id = 4711 WHERE partition = 2");
        try (Connection fenced = tables.dataSource().getConnection();
                Statement statement = fenced.createStatement()) {
            fenced.setAutoCommit(false);
            statement.execute("SELECT FROM dbleases_partition WHERE partition = 2 FOR KEY SHARE");

            assertRefused(
                    () -> admin.remove("orders"), Reason.CONFLICT, "transaction of the application is still open");

            assertThat(observer.cluster("orders").leases().get("orders").partitions())
                    .hasSize(4);
            fenced.rollback();
        }
        assertThat(admin.remove("orders").changed()).isTrue();
    }

    @Test
    void theNameOfARemovedTaskRunnerCanBeUsedForALease() {
        try (LeaseClient client = start("runner")) {
            ((InternalLeaseClient) client).taskSession("letters");
            assertRefused(() -> admin.remove("letters"), Reason.CONFLICT, " of runner");
        }

        assertThat(admin.remove("letters").changed()).isTrue();

        Lease lease = one.lease("letters", 3);
        await().until(() -> lease.values().size() == 3);
    }

    private static void assertRefused(ThrowingCallable operation, Reason reason, String message) {
        assertThatThrownBy(operation).isInstanceOfSatisfying(OperationRefusedException.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused).hasMessageContaining(message);
        });
    }
}
