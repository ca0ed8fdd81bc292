package io.github.dbleases.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.RepeatableProperty;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Which partitions move, and that as few as possible do. */
class BalancerMoveTests {

    @RepeatableProperty
    void noMorePartitionsMoveThanTheSharesDemand(@ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Assume.that(!lease.members().isEmpty());

        long moves = Effects.moves(Effects.holders(lease), Effects.holders(Effects.settled(lease)));

        assertThat(moves).isEqualTo(fewestMoves(lease));
    }

    @Property(tries = 300, seed = "20260101")
    void noOtherFairPlanMovesFewer(@ForAll(supplier = Snapshots.Small.class) Snapshot lease) {
        Assume.that(!lease.members().isEmpty());
        Map<Integer, Long> before = Effects.holders(lease);

        long moves = Effects.moves(before, Effects.holders(Effects.settled(lease)));

        assertThat(moves).isEqualTo(fewestMovesOfAll(lease, before, 0, new HashMap<>()));
    }

    @RepeatableProperty
    void aPlanOnTheResultOfAPlanIsEmptyHoweverManyHandOversAreDone(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease, @ForAll Random random) {
        Snapshot planned = Effects.written(lease, Balancer.assign(lease, Scope.ALL));
        Snapshot halfWay = Effects.handedOver(planned, partition -> random.nextBoolean());
        Snapshot settled = Effects.handedOver(halfWay, partition -> true);

        for (Snapshot next : List.of(planned, halfWay, settled)) {
            for (Scope scope : Scope.values()) {
                assertThat(Balancer.assign(next, scope)).isEqualTo(new Assignment(List.of(), true));
            }
        }
    }

    @RepeatableProperty
    void theOrderOfMembersAndPartitionsDoesNotMatter(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease,
            @ForAll Scope scope,
            @ForAll Random random) {
        List<Member> members = new ArrayList<>(lease.members());
        List<Partition> partitions = new ArrayList<>(lease.partitions());
        Collections.shuffle(members, random);
        Collections.shuffle(partitions, random);

        assertThat(Balancer.assign(new Snapshot(lease.lease(), lease.kind(), members, partitions), scope))
                .isEqualTo(Balancer.assign(lease, scope));
    }

    @RepeatableProperty
    void aMemberFirstGivesUpMovingPartitionsThenTheHighestNumbers(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Map<Integer, Long> after = Effects.holders(Effects.settled(lease));

        for (Member member : lease.members()) {
            List<Partition> kept = new ArrayList<>();
            List<Partition> givenUp = new ArrayList<>();
            Effects.holders(lease).forEach((number, holder) -> {
                if (holder == member.session()) {
                    (holder.equals(after.get(number)) ? kept : givenUp)
                            .add(lease.partitions().get(number));
                }
            });
            for (Partition gone : givenUp) {
                assertThat(kept)
                        .allMatch(stays -> isAtRest(stays, member) == isAtRest(gone, member)
                                ? stays.number() < gone.number()
                                : isAtRest(stays, member));
            }
        }
    }

    @RepeatableProperty
    void anOwnerKeepsAWithdrawnHandOverBeforeItGetsMore(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Map<Integer, Long> before = Effects.holders(lease);
        Map<Integer, Long> after = Effects.holders(Effects.settled(lease));

        List<Partition> placed = lease.partitions().stream()
                .filter(p -> after.containsKey(p.number()))
                .filter(p -> !after.get(p.number()).equals(before.get(p.number())))
                .toList();
        List<Partition> elsewhere =
                placed.stream().filter(p -> after.get(p.number()) != p.owner()).toList();
        assertThat(elsewhere)
                .filteredOn(p -> p.ownerLive() && before.containsKey(p.number()))
                .filteredOn(p -> before.get(p.number()) != p.owner())
                .noneMatch(p -> elsewhere.stream().anyMatch(got -> after.get(got.number()) == p.owner()));
    }

    @RepeatableProperty
    void partitionsMoveOnlyToJoiningMembers(
            @ForAll(supplier = Snapshots.OfEqualWeights.class) Snapshot lease, @ForAll Random random) {
        List<Member> members = lease.members();
        Assume.that(!members.isEmpty());
        int joining = random.nextInt(members.size());
        Snapshot settled = Effects.settled(Effects.with(lease, members.subList(joining, members.size())));

        Map<Integer, Long> before = Effects.holders(settled);
        Map<Integer, Long> after = Effects.holders(Effects.settled(Effects.with(settled, members)));

        List<Long> joined =
                members.subList(0, joining).stream().map(Member::session).toList();
        assertThat(after)
                .allSatisfy((number, holder) -> assertThat(holder.equals(before.get(number)) || joined.contains(holder))
                        .isTrue());
    }

    @RepeatableProperty
    void onlyThePartitionsOfLeavingMembersMove(
            @ForAll(supplier = Snapshots.OfEqualWeights.class) Snapshot lease, @ForAll Random random) {
        List<Member> members = lease.members();
        Assume.that(!members.isEmpty());
        Snapshot settled = Effects.settled(lease);
        List<Member> staying = members.subList(random.nextInt(members.size()), members.size());

        Snapshot left = Effects.with(settled, staying);

        assertThat(Effects.moves(Effects.holders(left), Effects.holders(Effects.settled(left))))
                .isZero();
    }

    private static boolean isAtRest(Partition partition, Member owner) {
        return partition.equals(
                new Partition(partition.number(), owner.session(), true, Snapshot.NO_SESSION, partition.token()));
    }

    private static int fewestMoves(Snapshot lease) {
        return new FairShares(lease.members(), lease.partitions().size()).fewestMoves(Effects.counts(lease));
    }

    /** Tries all assignments. */
    private static long fewestMovesOfAll(
            Snapshot lease, Map<Integer, Long> before, int assigned, Map<Integer, Long> after) {
        if (assigned == lease.partitions().size()) {
            FairShares fair = new FairShares(lease.members(), assigned);
            return fair.allow(Effects.counts(after)) ? Effects.moves(before, after) : Long.MAX_VALUE;
        }
        long fewest = Long.MAX_VALUE;
        for (Member member : lease.members()) {
            after.put(lease.partitions().get(assigned).number(), member.session());
            fewest = Math.min(fewest, fewestMovesOfAll(lease, before, assigned + 1, after));
        }
        return fewest;
    }
}
