package io.github.dbleases.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Change.Move;
import io.github.dbleases.assignment.Change.Vacate;
import io.github.dbleases.assignment.Change.Withdraw;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.LeaseTransaction.Assigned;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import io.github.dbleases.spi.NewSession;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The contract of {@link LeaseTransaction}. */
abstract class LeaseTransactionContract extends StoreContractSupport {

    private static final long NO_SESSION = Snapshot.NO_SESSION;

    @Test
    void aLeaseThatWasNotCreatedDoesNotExist() {
        doInOrders(transaction -> assertThat(transaction.lease("orders")).isEmpty());
    }

    @Test
    void aNewLeaseHasNoMembersAndItsPartitionsNoOwners() {
        Snapshot created = inOrders(transaction -> {
            transaction.create(ORDERS);
            return transaction.snapshot("orders");
        });

        assertThat(created.lease()).isEqualTo("orders");
        assertThat(created.members()).isEmpty();
        assertThat(created.partitions()).extracting(Partition::number).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(created.partitions()).allSatisfy(partition -> {
            assertThat(partition.owner()).isEqualTo(NO_SESSION);
            assertThat(partition.ownerLive()).isFalse();
            assertThat(partition.pending()).isEqualTo(NO_SESSION);
        });
    }

    @Test
    void aLeaseKeepsItsKindAndSize() {
        createOrders();

        doInOrders(transaction -> transaction.create(LeaseSpec.partitions("orders", 9)));
        doInOrders(transaction -> transaction.create(leader("orders")));

        assertThat(ordersState().kind()).isEqualTo(LeaseKind.PARTITIONS);
        assertThat(ordersState().partitions()).isEqualTo(4);
        assertThat(orders().partitions()).hasSize(4);
    }

    @Test
    void aLeaseOfTasksHasNoPartitions() {
        work.transact(names("tasks"), transaction -> {
            transaction.create(new LeaseSpec("tasks", LeaseKind.TASKS, 0));
            assertThat(transaction.snapshot("tasks").partitions()).isEmpty();
            assertThat(transaction.lease("tasks").map(LeaseState::kind)).contains(LeaseKind.TASKS);
            return true;
        });
    }

    @Test
    void onlyLockedLeasesCanBeUsed() {
        assertThatThrownBy(() -> doInOrders(transaction -> transaction.snapshot("customers")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("customers");
    }

    @Test
    void aTransactionCannotBeUsedAfterItsEnd() {
        LeaseTransaction over = inOrders(transaction -> transaction);

        assertThatThrownBy(() -> over.isLive(10)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isLiveIsTrueUntilTheEnd() {
        open(10);
        letExpire(10);

        doInOrders(transaction -> {
            assertThat(transaction.isLive(10)).isTrue();
            assertThat(transaction.isLive(77)).isFalse();
            transaction.end(10);
            assertThat(transaction.isLive(10)).isFalse();
        });
        doInOrders(transaction -> assertThat(transaction.isLive(10)).isFalse());
    }

    @Test
    void isExpiredIsTrueWithoutARenewalInTimeAndForAnUnknownSession() {
        open(10);
        doInOrders(transaction -> assertThat(transaction.isExpired(10)).isFalse());

        letExpire(10);

        doInOrders(transaction -> {
            assertThat(transaction.isExpired(10)).isTrue();
            assertThat(transaction.isExpired(77)).isTrue();
        });
    }

    @Test
    void theSettledTimeRestartsWithEveryMemberThatJoinsOrLeaves() {
        open(10);
        createOrders();

        doInOrders(transaction -> {
            transaction.addMember("orders", 10);
            assertThat(settledFor(transaction)).isLessThan(TIMING.attemptTimeout());
        });
        Duration settled = ordersState().settledFor();
        assertThat(settled).isGreaterThanOrEqualTo(Duration.ZERO);
        doInOrders(transaction -> {
            transaction.addMember("orders", 10);
            transaction.removeMember("orders", 77);
            assertThat(settledFor(transaction)).isGreaterThanOrEqualTo(settled);
        });
    }

    @Test
    void aLeaseGrowsByPartitionsWithoutOwners() {
        open(10);
        createOrders(10);
        Partition granted = grant(3, 10);

        doInOrders(transaction -> {
            transaction.resize("orders", 6);
            assertThat(transaction.lease("orders").orElseThrow().partitions()).isEqualTo(6);
        });

        assertThat(orders().partitions()).hasSize(6).contains(granted);
        assertThat(partition(5).owner()).isEqualTo(NO_SESSION);
    }

    @Test
    void aLeaseShrinksByTheHighestPartitions() {
        createOrders();

        doInOrders(transaction -> transaction.resize("orders", 2));

        assertThat(ordersState().partitions()).isEqualTo(2);
        assertThat(orders().partitions()).extracting(Partition::number).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void tokensGrowOverAResize() {
        open(10);
        createOrders(10);
        long far = micros(storeTime().plus(Duration.ofDays(365)));
        apply(new Grant(partition(3), 10, far));
        long before = partition(3).token();

        doInOrders(transaction -> transaction.resize("orders", 2));
        doInOrders(transaction -> transaction.resize("orders", 4));

        assertThat(grant(3, 10).token()).isGreaterThan(before);
    }

    @Test
    void aSnapshotHasTheLiveMembersWithTheirWeights() {
        open(10);
        heartbeats.open(new NewSession(20, "heavy", 3, TIMING.ttl(), TIMING.grace()));
        open(30);
        createOrders(10, 20);

        assertThat(orders().members()).containsExactlyInAnyOrder(new Member(10, 1), new Member(20, 3));
    }

    @Test
    void aSnapshotDeletesTheMembersThatAreDead() {
        open(10);
        open(20);
        createOrders(10, 20);
        end(20);
        assertThat(work.clusterSnapshot().leases().get(0).deadMembers()).containsExactly(20L);

        assertThat(orders().members()).containsExactly(new Member(10, 1));

        assertThat(work.clusterSnapshot().leases().get(0).deadMembers()).isEmpty();
    }

    @Test
    void aSnapshotAfterTheEndOfASessionShowsItDead() {
        open(10);
        createOrders(10);
        grant(0, 10);

        doInOrders(transaction -> {
            transaction.end(10);
            Snapshot snapshot = transaction.snapshot("orders");
            assertThat(snapshot.members()).isEmpty();
            assertThat(snapshot.partitions()).noneMatch(Partition::ownerLive);
        });
    }

    @Test
    void onlyALiveSessionBecomesAMember() {
        open(10);
        end(10);
        createOrders();

        doInOrders(transaction -> {
            transaction.addMember("orders", 10);
            transaction.addMember("orders", 77);
        });

        // A snapshot would delete it.
        assertThat(work.clusterSnapshot().leases().get(0).deadMembers()).isEmpty();
        assertThat(orders().members()).isEmpty();
    }

    @Test
    void aRemovedMemberIsNoLongerAMember() {
        open(10);
        open(20);
        createOrders(10, 20);

        doInOrders(transaction -> transaction.removeMember("orders", 10));

        assertThat(orders().members()).containsExactly(new Member(20, 1));
    }

    @Test
    void aGrantGivesAPartitionAnOwnerAndANewToken() {
        open(10);
        createOrders(10);
        Partition before = partition(1);

        List<Change> written = apply(new Grant(before, 10, 0));

        assertThat(written).containsExactly(new Grant(before, 10, 0));
        assertThat(partition(1))
                .isEqualTo(new Partition(1, 10, true, NO_SESSION, partition(1).token()));
        assertThat(partition(1).token()).isGreaterThan(before.token());
    }

    @Test
    void aTokenIsTheClockInMicroseconds() {
        open(10);
        createOrders(10);
        long before = micros(storeTime());

        long token = grant(1, 10).token();

        assertThat(token).isBetween(before, micros(storeTime()));
    }

    @Test
    void aTokenIsLargerThanThePreviousAndTheRequestedOne() {
        open(10);
        createOrders(10);
        long far = micros(storeTime().plus(Duration.ofDays(365)));

        apply(new Grant(partition(1), 10, far));
        assertThat(partition(1).token()).isEqualTo(far + 1);
        apply(new Grant(partition(1).givenUp(), 10, 0));
        assertThat(partition(1).token()).isEqualTo(far + 2);
    }

    @Test
    void aMoveAndAWithdrawalChangeOnlyThePendingOwner() {
        open(10);
        open(20);
        createOrders(10, 20);
        Partition granted = grant(1, 10);

        assertThat(move(1, 20)).isEqualTo(new Partition(1, 10, true, 20, granted.token()));
        assertThat(apply(new Withdraw(partition(1)))).hasSize(1);

        assertThat(partition(1)).isEqualTo(granted);
    }

    @Test
    void aVacatedPartitionKeepsItsToken() {
        open(10);
        open(20);
        createOrders(10, 20);
        grant(1, 10);
        Partition moving = move(1, 20);
        end(10);

        assertThat(apply(new Vacate(partition(1)))).hasSize(1);

        assertThat(partition(1)).isEqualTo(new Partition(1, NO_SESSION, false, NO_SESSION, moving.token()));
    }

    @Test
    void aHandOverEndsWithTheGrantToThePendingOwner() {
        open(10);
        open(20);
        createOrders(10, 20);
        grant(1, 10);
        Partition moving = move(1, 20);

        apply(new Grant(moving.givenUp(), 20, 0));

        assertThat(partition(1).owner()).isEqualTo(20);
        assertThat(partition(1).pending()).isEqualTo(NO_SESSION);
        assertThat(partition(1).token()).isGreaterThan(moving.token());
    }

    @Test
    void aChangeIsSkippedIfThePartitionIsNoLongerAsItWasRead() {
        open(10);
        open(20);
        createOrders(10, 20);
        Partition vacant = partition(1);
        Partition granted = grant(1, 10);
        Partition other = partition(2);
        Partition otherToken = new Partition(1, 10, true, NO_SESSION, granted.token() + 1);
        Partition otherPending = new Partition(1, 10, true, 20, granted.token());
        Partition beyond = new Partition(99, NO_SESSION, false, NO_SESSION, 0);

        List<Change> written = inOrders(transaction -> transaction.apply(
                "orders",
                List.of(
                        new Grant(vacant, 20, 0),
                        new Grant(beyond, 20, 0),
                        new Grant(other, 20, 0),
                        new Move(beyond, 20))));
        assertThat(written).containsExactly(new Grant(other, 20, 0));
        assertThat(apply(new Grant(otherToken, 20, 0))).isEmpty();
        assertThat(apply(new Move(otherToken, 20))).isEmpty();
        assertThat(apply(new Withdraw(otherPending))).isEmpty();
        assertThat(apply(new Vacate(vacant))).isEmpty();

        assertThat(partition(1)).isEqualTo(granted);
        assertThat(partition(2).owner()).isEqualTo(20);
    }

    @Test
    void changesOfAllKindsAreWrittenTogether() {
        open(10);
        open(20);
        createOrders(10, 20);
        grant(0, 10);
        grant(1, 10);
        grant(2, 10);
        Partition asked = move(1, 20);
        List<Change> changes = List.of(
                new Move(partition(0), 20),
                new Withdraw(asked),
                new Vacate(partition(2).givenUp()),
                new Grant(partition(3), 20, 0));

        List<Change> written = inOrders(transaction -> transaction.apply("orders", changes));

        assertThat(written).isEqualTo(changes);

        assertThat(partition(0).pending()).isEqualTo(20);
        assertThat(partition(1).pending()).isEqualTo(NO_SESSION);
        assertThat(partition(2).owner()).isEqualTo(NO_SESSION);
        assertThat(partition(3).owner()).isEqualTo(20);
    }

    @Test
    void aTransactionSeesItsOwnChanges() {
        open(10);
        createOrders(10);

        doInOrders(transaction -> {
            transaction.apply("orders", List.of(new Grant(first(transaction), 10, 0)));
            assertThat(first(transaction).owner()).isEqualTo(10);
            assertThat(first(transaction).ownerLive()).isTrue();
        });
    }

    @Test
    void nothingIsKnownOfTheAssignmentOfANewLease() {
        createOrders();

        assertThat(ordersState().assigned()).isEqualTo(Assigned.UNKNOWN);
    }

    @Test
    void whatIsKnownOfAnAssignmentIsKeptWhenPartitionsChange() {
        open(10);
        open(20);
        createOrders(10, 20);
        doInOrders(transaction -> transaction.assigned("orders", Assigned.FAIRLY));

        grant(3, 10);
        move(3, 20);

        assertThat(ordersState().assigned()).isEqualTo(Assigned.FAIRLY);
        doInOrders(transaction -> transaction.assigned("orders", Assigned.COMPLETELY));
        assertThat(ordersState().assigned()).isEqualTo(Assigned.COMPLETELY);
    }

    @Test
    void whatIsKnownOfAnAssignmentIsForgottenWhenTheMembersOrThePartitionsChange() {
        open(10);
        open(20);
        createOrders(10);

        assertThat(knownAfter(transaction -> transaction.addMember("orders", 10)))
                .isEqualTo(Assigned.FAIRLY);
        assertThat(knownAfter(transaction -> transaction.addMember("orders", 20)))
                .isEqualTo(Assigned.UNKNOWN);
        assertThat(knownAfter(transaction -> transaction.removeMember("orders", 77)))
                .isEqualTo(Assigned.FAIRLY);
        assertThat(knownAfter(transaction -> transaction.removeMember("orders", 10)))
                .isEqualTo(Assigned.UNKNOWN);
        assertThat(knownAfter(transaction -> transaction.resize("orders", 5))).isEqualTo(Assigned.UNKNOWN);
        assertThat(knownAfter(transaction -> transaction.snapshot("orders"))).isEqualTo(Assigned.FAIRLY);
        markDead(20);
        assertThat(knownAfter(transaction -> transaction.snapshot("orders"))).isEqualTo(Assigned.UNKNOWN);
    }

    /** Returns what is known after a change in a transaction, if the shares were known to be fair before it. */
    private Assigned knownAfter(Consumer<LeaseTransaction> change) {
        doInOrders(transaction -> transaction.assigned("orders", Assigned.FAIRLY));
        doInOrders(change);
        return ordersState().assigned();
    }

    @Test
    void whatATransactionKnowsAfterItsChangesIsKept() {
        open(10);
        createOrders();

        doInOrders(transaction -> {
            transaction.addMember("orders", 10);
            transaction.assigned("orders", Assigned.COMPLETELY);
        });

        assertThat(ordersState().assigned()).isEqualTo(Assigned.COMPLETELY);
    }

    @Test
    void anExcerptOnlyCountsThePartitionsAtRest() {
        open(10);
        open(20);
        createOrders(10, 20);
        grant(0, 10);
        grant(1, 10);
        grant(2, 20);
        move(2, 10);

        Snapshot excerpt = inOrders(transaction -> transaction.excerpt("orders", List.of()));
        Snapshot withTheFirst = inOrders(transaction -> transaction.excerpt("orders", List.of(0)));

        assertThat(excerpt.members())
                .containsExactlyInAnyOrder(new Member(10, 1, 0, false, 2), new Member(20, 1, 0, false, 0));
        assertThat(excerpt.partitions()).containsExactlyInAnyOrder(partition(2), partition(3));
        assertThat(withTheFirst.members())
                .containsExactlyInAnyOrder(new Member(10, 1, 0, false, 1), new Member(20, 1, 0, false, 0));
        assertThat(withTheFirst.partitions()).containsExactlyInAnyOrder(partition(0), partition(2), partition(3));
    }

    @Test
    void anExcerptListsThePartitionsOfAnOwnerThatIsNoMemberOrDead() {
        open(10);
        open(20);
        createOrders(10, 20);
        grant(0, 10);
        grant(1, 20);
        doInOrders(transaction -> transaction.removeMember("orders", 10));
        markDead(20);

        Snapshot excerpt = inOrders(transaction -> transaction.excerpt("orders", List.of()));

        assertThat(excerpt.members()).isEmpty();
        assertThat(excerpt.partitions()).containsExactlyInAnyOrderElementsOf(orders().partitions());
    }

    @Test
    void handOversAreReadWithTheLiveMembersThatReceiveThem() {
        open(10);
        open(20);
        open(30);
        createOrders(10, 20, 30);
        grant(0, 10);
        grant(1, 10);
        grant(2, 10);
        move(0, 20);
        move(1, 30);
        doInOrders(transaction -> transaction.removeMember("orders", 30));

        Snapshot read = inOrders(transaction -> transaction.handOvers("orders", List.of(0, 1)));

        assertThat(read.members()).containsExactly(new Member(20, 1));
        assertThat(read.partitions()).containsExactlyInAnyOrder(partition(0), partition(1));
    }

    @Test
    void aLeaseNamesItsMembersOwnersAndPendingOwners() {
        open(10);
        open(20);
        open(30);
        createOrders(10);
        grant(0, 20);
        move(0, 30);

        doInOrders(transaction -> {
            assertThat(transaction.names("orders", 10)).as("member").isTrue();
            assertThat(transaction.names("orders", 20)).as("owner").isTrue();
            assertThat(transaction.names("orders", 30)).as("pending owner").isTrue();
            assertThat(transaction.names("orders", 40)).isFalse();
        });
    }

    @Test
    void applyingNothingChangesNothing() {
        createOrders();

        List<Change> written = apply();

        assertThat(written).isEmpty();
    }

    @Test
    void sessionsThatDoNotExistCanBeRaisedAndEnded() {
        doInOrders(transaction -> {
            transaction.raiseInboxes(List.of(NO_SESSION, 77L));
            transaction.raiseInboxes(List.of());
            transaction.end(77);
        });

        assertThat(heartbeats.renew(77)).isEmpty();
    }

    private static Partition first(LeaseTransaction transaction) {
        return transaction.snapshot("orders").partitions().stream()
                .filter(partition -> partition.number() == 0)
                .findFirst()
                .orElseThrow();
    }

    private static Duration settledFor(LeaseTransaction transaction) {
        return transaction.lease("orders").orElseThrow().settledFor();
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
