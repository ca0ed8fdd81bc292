package io.github.dbleases.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.RepeatableProperty;
import io.github.dbleases.assignment.Snapshot.Member;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;

/** How many partitions each member gets. */
class BalancerShareTests {

    @RepeatableProperty
    void membersOfEqualWeightDifferByAtMostOne(@ForAll(supplier = Snapshots.OfEqualWeights.class) Snapshot lease) {
        Map<Long, Integer> counts = Effects.counts(Effects.settled(lease));

        List<Integer> shares = lease.members().stream()
                .map(member -> counts.getOrDefault(member.session(), 0))
                .toList();
        Assume.that(!shares.isEmpty());
        assertThat(shares.stream().mapToInt(share -> share).sum())
                .isEqualTo(lease.partitions().size());
        assertThat(shares.stream().mapToInt(share -> share).max().getAsInt()
                        - shares.stream().mapToInt(share -> share).min().getAsInt())
                .isLessThanOrEqualTo(1);
    }

    @RepeatableProperty
    void weightedSharesAreExactlyThoseOfTheLargestRemainder(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Assume.that(!lease.members().isEmpty());

        Map<Long, Integer> counts = Effects.counts(Effects.settled(lease));

        assertThat(new FairShares(lease.members(), lease.partitions().size()).allow(counts))
                .as("shares %s", counts)
                .isTrue();
    }

    @RepeatableProperty
    void amongEqualWeightsTheMemberThatHasMoreGetsNoLess(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Map<Long, Integer> before = Effects.counts(lease);
        Map<Long, Integer> after = Effects.counts(Effects.settled(lease));

        for (Member one : lease.members()) {
            for (Member other : lease.members()) {
                if (one.weight() == other.weight() && count(before, one) > count(before, other)) {
                    assertThat(count(after, one)).isGreaterThanOrEqualTo(count(after, other));
                }
            }
        }
    }

    private static int count(Map<Long, Integer> counts, Member member) {
        return counts.getOrDefault(member.session(), 0);
    }
}
