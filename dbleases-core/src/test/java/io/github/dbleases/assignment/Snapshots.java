package io.github.dbleases.assignment;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/**
 * Generates leases in every state that a store can show. Owners and pending owners are members, live sessions that take
 * no part, dead sessions, or none. Owners may have given up a partition, or be pending for their own partition. One
 * session may have nearly everything.
 */
final class Snapshots {

    private static final long LARGEST_SESSION = (1L << 53) - 1;
    private static final int STRANGERS = 2;
    private static final int DEAD = 3;

    private static final Arbitrary<Integer> ANY_WEIGHT = Arbitraries.oneOf(
            Arbitraries.just(1),
            Arbitraries.integers().between(1, 4),
            Arbitraries.integers().between(1, 1_000));

    private Snapshots() {}

    /** Weights from 1 to 1,000, often small or equal. */
    static final class OfAnyWeights implements ArbitrarySupplier<Snapshot> {

        @Override
        public Arbitrary<Snapshot> get() {
            return snapshots(sessions(12), ANY_WEIGHT, 60);
        }
    }

    /** The same weight for all. */
    static final class OfEqualWeights implements ArbitrarySupplier<Snapshot> {

        @Override
        public Arbitrary<Snapshot> get() {
            return Arbitraries.integers()
                    .between(1, 1_000)
                    .flatMap(weight -> snapshots(sessions(12), Arbitraries.just(weight), 60));
        }
    }

    /** Small enough to try all assignments. */
    static final class Small implements ArbitrarySupplier<Snapshot> {

        @Override
        public Arbitrary<Snapshot> get() {
            return snapshots(sessions(4), Arbitraries.integers().between(1, 4), 6);
        }
    }

    private static Arbitrary<List<Long>> sessions(int mostMembers) {
        return Arbitraries.longs()
                .between(1, LARGEST_SESSION)
                .list()
                .uniqueElements()
                .ofMinSize(STRANGERS + DEAD)
                .ofMaxSize(STRANGERS + DEAD + mostMembers);
    }

    private static Arbitrary<Snapshot> snapshots(
            Arbitrary<List<Long>> sessions, Arbitrary<Integer> weights, int mostPartitions) {
        return Combinators.combine(sessions, Arbitraries.integers().between(0, mostPartitions))
                .flatAs((all, count) -> {
                    List<Long> live = all.subList(DEAD, all.size());
                    List<Long> members = live.subList(STRANGERS, live.size());
                    Arbitrary<String> names =
                            Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(20);
                    return Combinators.combine(
                                    names, weights.list().ofSize(members.size()), partitions(all, live, count))
                            .as((name, weight, partitions) -> new Snapshot(
                                    name,
                                    LeaseKind.PARTITIONS,
                                    IntStream.range(0, members.size())
                                            .mapToObj(i -> new Member(members.get(i), weight.get(i)))
                                            .toList(),
                                    partitions));
                });
    }

    /** First draws the possible owners and pending owners, so that a few sessions often have much. */
    private static Arbitrary<List<Partition>> partitions(List<Long> sessions, List<Long> live, int count) {
        List<Long> candidates = new ArrayList<>(sessions);
        candidates.add(NO_SESSION);
        Arbitrary<List<Long>> few =
                Arbitraries.of(candidates).list().ofMinSize(1).ofMaxSize(6);
        return Combinators.combine(few, few).flatAs((owners, pendingOwners) -> {
            Arbitrary<Long> pending = Arbitraries.oneOf(Arbitraries.just(NO_SESSION), Arbitraries.of(pendingOwners));
            Arbitrary<Boolean> held = Arbitraries.integers().between(1, 10).map(i -> i > 1);
            Arbitrary<Long> tokens = Arbitraries.longs().between(0, Long.MAX_VALUE - 1);
            return Combinators.combine(Arbitraries.of(owners), pending, held, tokens)
                    .as((owner, next, holds, token) ->
                            new Partition(0, owner, holds && live.contains(owner), next, token))
                    .list()
                    .ofSize(count)
                    .map(Snapshots::numbered);
        });
    }

    private static List<Partition> numbered(List<Partition> partitions) {
        return IntStream.range(0, partitions.size())
                .mapToObj(i -> {
                    Partition p = partitions.get(i);
                    return new Partition(i, p.owner(), p.ownerLive(), p.pending(), p.token());
                })
                .toList();
    }
}
