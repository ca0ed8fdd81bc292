package io.github.dbleases.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Change.Move;
import io.github.dbleases.assignment.Change.Withdraw;
import io.github.dbleases.assignment.Relocation.Outcome;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RelocationTests {

    private static final long ONE = 1;
    private static final long TWO = 2;
    private static final long STRANGER = 9;

    @Test
    void aPartitionMovesInExchangeForTheLastOneOfTheReceiver() {
        Snapshot lease = shared(8, ONE, TWO);

        Relocation plan = Relocation.plan(lease, 1, TWO);

        assertThat(plan.changes()).hasSize(2);
        assertThat(plan.changes().get(0)).isEqualTo(new Move(lease.partitions().get(1), TWO));
        assertThat(plan.changes().get(1)).isEqualTo(new Move(lease.partitions().get(7), ONE));
    }

    @Test
    void aPartitionMovesAloneToAMemberThatStandsBy() {
        Snapshot lease = lease(List.of(new Member(ONE, 1), new Member(TWO, 1)), List.of(owned(0, ONE)));

        assertThat(Relocation.plan(lease, 0, TWO).changes()).containsExactly(new Move(owned(0, ONE), TWO));
    }

    @Test
    void whatCountsForTheReceiverAlreadyStays() {
        Snapshot lease = shared(8, ONE, TWO);
        Partition moving = new Partition(0, ONE, true, TWO, 5);

        assertThat(Relocation.plan(lease, 0, ONE)).isEqualTo(new Relocation(Outcome.PLANNED, List.of()));
        assertThat(Relocation.plan(with(lease, moving), 0, TWO).changes()).isEmpty();
    }

    @Test
    void aMoveThatIsUnderWayIsWithdrawn() {
        Partition moving = new Partition(0, ONE, true, TWO, 5);
        Snapshot lease = lease(
                List.of(new Member(ONE, 1), new Member(TWO, 1)),
                List.of(moving, owned(1, ONE), owned(2, ONE), owned(3, TWO)));

        Relocation plan = Relocation.plan(lease, 0, ONE);

        assertThat(plan.changes()).startsWith(new Withdraw(moving));
        assertStays(lease, plan, 0, ONE);
    }

    @Test
    void aLeadershipMovesToTheCandidate() {
        Snapshot election = new Snapshot(
                "reports",
                LeaseKind.LEADER,
                List.of(new Member(ONE, 1), new Member(TWO, 1, 3, true)),
                List.of(owned(0, ONE)));

        assertThat(Relocation.plan(election, 0, TWO).changes()).containsExactly(new Move(owned(0, ONE), TWO));
    }

    @Test
    void impossibleMovesAreRefused() {
        Snapshot lease = shared(8, ONE, TWO);

        assertThat(Relocation.plan(lease, 8, TWO).outcome()).isEqualTo(Outcome.UNKNOWN_PARTITION);
        assertThat(Relocation.plan(lease, 0, STRANGER).outcome()).isEqualTo(Outcome.NOT_A_MEMBER);
        Partition orphan = new Partition(0, STRANGER, false, 0, 5);
        assertThat(Relocation.plan(with(lease, orphan), 0, TWO).outcome()).isEqualTo(Outcome.NO_LIVE_OWNER);
    }

    @Test
    void aPartitionGoesAwayToTheMemberThatOwnsLeast() {
        Snapshot lease = lease(
                List.of(new Member(ONE, 1), new Member(TWO, 1), new Member(STRANGER, 1)),
                List.of(owned(0, ONE), owned(1, ONE), owned(2, TWO), owned(3, TWO), owned(4, STRANGER)));

        Relocation plan = Relocation.away(lease, 0);

        assertThat(plan.changes()).containsExactly(new Move(owned(0, ONE), STRANGER));
    }

    @Test
    void aLeadershipGoesAwayToTheNextCandidate() {
        Snapshot election = new Snapshot(
                "reports",
                LeaseKind.LEADER,
                List.of(new Member(ONE, 1), new Member(TWO, 1, 0, true), new Member(STRANGER, 1, 3, false)),
                List.of(owned(0, ONE)));

        assertThat(Relocation.away(election, 0).changes()).containsExactly(new Move(owned(0, ONE), STRANGER));
    }

    @Test
    void aPartitionOfTheOnlyMemberGoesNowhere() {
        assertThat(Relocation.away(shared(8, ONE), 0)).isEqualTo(new Relocation(Outcome.NOT_A_MEMBER, List.of()));
        assertThat(Relocation.away(shared(8, ONE), 8).outcome()).isEqualTo(Outcome.UNKNOWN_PARTITION);
        Snapshot election =
                new Snapshot("reports", LeaseKind.LEADER, List.of(new Member(ONE, 1)), List.of(owned(0, ONE)));
        assertThat(Relocation.away(election, 0).outcome()).isEqualTo(Outcome.NOT_A_MEMBER);
    }

    /** A move on a balanced lease is never undone, whatever the weights. */
    @Test
    void aMoveOnABalancedLeaseStays() {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            List<Member> members = IntStream.rangeClosed(1, 1 + random.nextInt(6))
                    .mapToObj(id -> new Member(id, 1 + random.nextInt(3)))
                    .toList();
            Snapshot lease = balanced(members, 1 + random.nextInt(20));
            int partition = random.nextInt(lease.partitions().size());
            long to = 1 + random.nextInt(members.size());

            Relocation plan = Relocation.plan(lease, partition, to);

            assertThat(plan.outcome())
                    .as("%s: %d to %d", lease, partition, to)
                    .isIn(Outcome.PLANNED, Outcome.WOULD_BE_UNDONE);
            if (plan.outcome() == Outcome.PLANNED) {
                assertStays(lease, plan, partition, to);
            } else {
                // A member that is too light for a single partition has nothing to give in exchange.
                assertThat(lease.partitions()).noneMatch(other -> other.owner() == to);
            }
        }
    }

    private static Snapshot balanced(List<Member> members, int partitions) {
        List<Partition> vacant = IntStream.range(0, partitions)
                .mapToObj(number -> new Partition(number, 0, false, 0, 5))
                .toList();
        return after(
                lease(members, vacant),
                Balancer.assign(lease(members, vacant), Scope.ALL).changes());
    }

    /** The changes are written, and the hand-overs are done. */
    private static Snapshot after(Snapshot lease, List<Change> changes) {
        List<Partition> partitions = new ArrayList<>(lease.partitions());
        for (Change change : changes) {
            int number = change.before().number();
            long owner = change instanceof Change.Grant grant
                    ? grant.to()
                    : change instanceof Move move ? move.to() : change.before().owner();
            partitions.set(number, new Partition(number, owner, true, 0, 6));
        }
        return lease(lease.members(), partitions);
    }

    private static void assertStays(Snapshot lease, Relocation plan, int partition, long to) {
        Snapshot asked = lease.mapPartitions(before -> plan.changes().stream()
                .filter(change -> change.before().number() == before.number())
                .map(change -> new Partition(
                        before.number(),
                        before.owner(),
                        true,
                        change instanceof Move move ? move.to() : 0,
                        before.token()))
                .findAny()
                .orElse(before));
        for (Snapshot stage : List.of(asked, after(lease, plan.changes()))) {
            assertThat(Balancer.assign(stage, Scope.ALL).changes())
                    .as("%s", stage)
                    .isEmpty();
        }
        assertThat(after(lease, plan.changes()).partitions().get(partition).owner())
                .isEqualTo(to);
    }

    private static Snapshot shared(int partitions, long... members) {
        int share = partitions / members.length;
        return lease(
                IntStream.range(0, members.length)
                        .mapToObj(i -> new Member(members[i], 1))
                        .toList(),
                IntStream.range(0, partitions)
                        .mapToObj(i -> owned(i, members[i / share]))
                        .toList());
    }

    private static Snapshot with(Snapshot lease, Partition replaced) {
        return lease.mapPartitions(other -> other.number() == replaced.number() ? replaced : other);
    }

    private static Snapshot lease(List<Member> members, List<Partition> partitions) {
        return new Snapshot("orders", LeaseKind.PARTITIONS, members, partitions);
    }

    private static Partition owned(int number, long owner) {
        return new Partition(number, owner, true, 0, 5);
    }
}
