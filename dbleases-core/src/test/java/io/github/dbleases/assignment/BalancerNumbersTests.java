package io.github.dbleases.assignment;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers that the documentation promises. */
class BalancerNumbersTests {

    @Test
    void tenMembersOn128PartitionsGetTwelveOrThirteenEach() {
        Map<Long, Integer> counts = Effects.counts(Effects.settled(unowned("orders", 128, members(10))));

        assertThat(counts).hasSize(10);
        assertThat(counts.values()).containsOnly(12, 13);
    }

    @Test
    void anEleventhMemberGetsElevenPartitionsAndNothingElseMoves() {
        Snapshot ten = Effects.settled(unowned("orders", 128, members(10)));
        Snapshot eleven = Effects.with(ten, members(11));

        assertThat(Balancer.assign(eleven, Scope.ALL).changes())
                .hasSize(11)
                .allMatch(change -> change instanceof Change.Move move && move.to() == 11);
        assertThat(Balancer.assign(eleven, Scope.ORPHANS)).isEqualTo(new Assignment(List.of(), false));
    }

    @Test
    void whenOneOfTenDiesOnlyItsPartitionsGoToOthersAndAtOnce() {
        Snapshot ten = Effects.settled(unowned("orders", 128, members(10)));
        Snapshot nine = Effects.with(ten, members(9)).mapPartitions(p -> p.owner() == 10 ? p.givenUp() : p);

        Assignment assignment = Balancer.assign(nine, Scope.ORPHANS);

        assertThat(assignment.complete()).isTrue();
        assertThat(assignment.changes())
                .hasSize(Effects.counts(ten).get(10L))
                .allMatch(change ->
                        change instanceof Change.Grant && change.before().owner() == 10);
        assertThat(Effects.counts(Effects.written(nine, assignment)).values()).containsOnly(14, 15);
    }

    @Test
    void fortyMembersOn32PartitionsGetOneEachAndEightStandBy() {
        Map<Long, Integer> counts = Effects.counts(Effects.settled(unowned("orders", 32, members(40))));

        assertThat(counts).hasSize(32);
        assertThat(counts.values()).containsOnly(1);
    }

    @Test
    void aStandbyMemberReplacesAnOwnerThatDies() {
        Snapshot settled = Effects.settled(unowned("orders", 32, members(40)));
        Map<Long, Integer> before = Effects.counts(settled);
        long dying = before.keySet().iterator().next();
        List<Member> others =
                members(40).stream().filter(member -> member.session() != dying).toList();

        List<Change> changes = Balancer.assign(
                        Effects.with(settled, others).mapPartitions(p -> p.owner() == dying ? p.givenUp() : p),
                        Scope.ORPHANS)
                .changes();

        assertThat(changes)
                .singleElement()
                .satisfies(change -> assertThat(before).doesNotContainKey(((Change.Grant) change).to()));
    }

    @Test
    void aMemberOfTwiceTheWeightGetsTwiceAsMuch() {
        List<Member> members = List.of(new Member(1, 1), new Member(2, 2), new Member(3, 1));

        assertThat(Effects.counts(Effects.settled(unowned("orders", 128, members))))
                .isEqualTo(Map.of(1L, 32, 2L, 64, 3L, 32));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aThousandLeasesOfOnePartitionSpreadOverTenMembers(long seed) {
        List<Long> sessions = new Random(seed).longs(10, 1, 1L << 53).boxed().toList();

        assertThat(winners(sessions, i -> "lease-" + i)).hasSize(10).allMatch(won -> 60 <= won && won <= 140);
    }

    @Test
    void leasesSpreadEvenIfSessionsAndNamesHardlyDiffer() {
        List<Long> consecutive = LongStream.rangeClosed(1, 10).boxed().toList();
        List<Long> highBits = consecutive.stream().map(session -> session << 48).toList();
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";
        IntFunction<String> first = i -> "" + letters.charAt(i / 32) + letters.charAt(i % 32) + "-reports";
        IntFunction<String> last = i -> "reports-" + letters.charAt(i / 32) + letters.charAt(i % 32);

        for (List<Long> sessions : List.of(consecutive, highBits)) {
            for (IntFunction<String> names : List.of(first, last)) {
                assertThat(winners(sessions, names)).hasSize(10).allMatch(won -> 60 <= won && won <= 140);
            }
        }
    }

    /** Clients of different versions share a lease, so the next version must break ties in the same way. */
    @Test
    void theTieOfAKnownLeaseIsAlwaysDecidedInTheSameWay() {
        long big = 4503599627370496L;
        List<Member> members = List.of(new Member(1, 1), new Member(big, 1), new Member(3, 1));

        List<Long> winners = IntStream.range(0, 12)
                .mapToObj(i -> Effects.settled(unowned("orders-" + i, 1, members)))
                .map(settled -> settled.partitions().get(0).owner())
                .toList();

        assertThat(winners).containsExactly(big, 3L, 3L, big, 1L, big, 3L, 1L, big, 1L, 1L, 3L);
    }

    /** Takes very long if the cost is quadratic, or grows with members times partitions. */
    @ParameterizedTest
    @ValueSource(ints = {1, 200, 100_000})
    void aHundredThousandPartitionsAreBalancedQuickly(int count) {
        Snapshot first = Effects.settled(unowned("orders", 100_000, members(1)));
        Snapshot joined = Effects.with(first, members(count));
        Snapshot settled = Effects.settled(joined);
        Snapshot shrunk = Effects.settled(Effects.with(settled, members(1)));

        assertThat(Effects.counts(settled)).hasSize(count);
        assertThat(Effects.counts(settled).values()).containsOnly(100_000 / count);
        assertThat(Effects.counts(shrunk)).isEqualTo(Map.of(1L, 100_000));
    }

    private static Collection<Integer> winners(List<Long> sessions, IntFunction<String> names) {
        List<Member> members =
                sessions.stream().map(session -> new Member(session, 1)).toList();
        Map<Long, Integer> winners = new HashMap<>();
        for (int i = 0; i < 1_000; i++) {
            Effects.counts(Effects.settled(unowned(names.apply(i), 1, members)))
                    .forEach((winner, one) -> winners.merge(winner, one, Integer::sum));
        }
        return winners.values();
    }

    private static Snapshot unowned(String name, int partitions, List<Member> members) {
        List<Partition> unowned = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            unowned.add(new Partition(i, NO_SESSION, false, NO_SESSION, 0));
        }
        return new Snapshot(name, LeaseKind.PARTITIONS, members, unowned);
    }

    private static List<Member> members(int count) {
        return LongStream.rangeClosed(1, count)
                .mapToObj(session -> new Member(session, 1))
                .toList();
    }
}
