package io.github.dbleases.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.LeaseTransaction;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The contract of a store for leader elections. */
abstract class ElectionContract extends StoreContractSupport {

    private static final Duration A_WHILE = Duration.ofMinutes(5);

    @Test
    void anElectionKeepsItsKind() {
        candidacies("a", 10);

        assertThat(election("a").kind()).isEqualTo(LeaseKind.LEADER);
        assertThat(election("a").partitions()).hasSize(1);
        createOrders();
        assertThat(orders().kind()).isEqualTo(LeaseKind.PARTITIONS);
    }

    @Test
    void theLeadershipsOfCandidatesAreCountedOverAllElections() {
        open(10);
        open(20);
        candidacies("a", 10, 20);
        candidacies("b", 10, 20);
        candidacies("c", 10, 20);
        elect("a", 10);
        elect("b", 10);
        createOrders(10, 20);
        grant(0, 20);

        assertThat(election("c").members()).containsExactlyInAnyOrder(leading(10, 2), leading(20, 0));
        assertThat(orders().members()).containsExactlyInAnyOrder(leading(10, 0), leading(20, 0));
    }

    @Test
    void aLeadershipThatIsBeingHandedOverCountsForItsPendingSession() {
        open(10);
        open(20);
        candidacies("a", 10, 20);
        elect("a", 10);
        in("a", transaction -> {
            Snapshot.Partition led = transaction.snapshot("a").partitions().get(0);
            return transaction.apply("a", List.of(new Change.Move(led, 20)));
        });

        assertThat(election("a").members()).containsExactlyInAnyOrder(leading(10, 0), leading(20, 1));
    }

    @Test
    void aTransactionCountsItsOwnGrants() {
        open(10);
        candidacies("a", 10);

        Snapshot after = in("a", transaction -> {
            Snapshot before = transaction.snapshot("a");
            transaction.apply("a", List.of(new Change.Grant(before.partitions().get(0), 10, 0)));
            return transaction.snapshot("a");
        });

        assertThat(after.members()).containsExactly(leading(10, 1));
    }

    @Test
    void aMemberYieldsOnlyForATime() {
        open(10);
        open(20);
        candidacies("a", 10, 20);

        yieldFor(10, A_WHILE);
        yieldFor(20, Duration.ofMinutes(-1));
        yieldFor(77, A_WHILE);

        assertThat(election("a").members()).containsExactlyInAnyOrder(new Member(10, 1, 0, true), leading(20, 0));
    }

    @Test
    void aMemberThatJoinsAgainDoesNotYield() {
        open(10);
        candidacies("a", 10);
        yieldFor(10, A_WHILE);

        doIn("a", transaction -> transaction.removeMember("a", 10));
        doIn("a", transaction -> transaction.addMember("a", 10));

        assertThat(election("a").members()).containsExactly(leading(10, 0));
    }

    @Test
    void aMemberThatIsAddedAgainKeepsYielding() {
        open(10);
        candidacies("a", 10);
        yieldFor(10, A_WHILE);

        candidacies("a", 10);

        assertThat(election("a").members()).extracting(Member::yields).containsExactly(true);
    }

    @Test
    void theClusterSnapshotOfOneLeaseHasAllSessionsAndOnlyThatLease() {
        open(10);
        open(20);
        candidacies("a", 10, 20);
        candidacies("b", 10);
        elect("a", 10);
        yieldFor(20, A_WHILE);

        ClusterSnapshot cluster = work.clusterSnapshot("a");

        assertThat(cluster.sessions()).extracting(ClusterSnapshot.Session::id).containsExactly(10L, 20L);
        assertThat(cluster.leases()).hasSize(1);
        ClusterSnapshot.Lease election = cluster.leases().get(0);
        assertThat(election.snapshot().lease()).isEqualTo("a");
        assertThat(election.snapshot().kind()).isEqualTo(LeaseKind.LEADER);
        assertThat(election.snapshot().members())
                .extracting(Member::session, Member::yields)
                .containsExactlyInAnyOrder(tuple(10L, false), tuple(20L, true));
        assertThat(election.snapshot().partitions().get(0).owner()).isEqualTo(10);
        assertThat(work.clusterSnapshot("unknown").leases()).isEmpty();
    }

    private static Member leading(long session, int leaderships) {
        return new Member(session, 1, leaderships, false);
    }

    private void yieldFor(long session, Duration time) {
        doIn("a", transaction -> transaction.yieldFor("a", session, time));
    }

    private void candidacies(String name, long... candidates) {
        doIn(name, transaction -> {
            transaction.create(leader(name));
            for (long candidate : candidates) {
                transaction.addMember(name, candidate);
            }
        });
    }

    private void elect(String name, long leader) {
        doIn(
                name,
                transaction -> transaction.apply(
                        name,
                        List.of(new Change.Grant(
                                transaction.snapshot(name).partitions().get(0), leader, 0))));
    }

    private Snapshot election(String name) {
        return in(name, transaction -> transaction.snapshot(name));
    }

    private void doIn(String name, Consumer<LeaseTransaction> action) {
        in(name, transaction -> {
            action.accept(transaction);
            return true;
        });
    }

    private <T> T in(String name, Function<LeaseTransaction, T> action) {
        return work.transact(names(name), action::apply);
    }
}
