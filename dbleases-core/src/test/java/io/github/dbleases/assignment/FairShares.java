package io.github.dbleases.assignment;

import io.github.dbleases.assignment.Snapshot.Member;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The results that Hamilton's method (largest remainders) allows, in exact arithmetic and without a choice among equal
 * remainders. This is the reference for the balancer. It shares neither code nor approach with it: nothing is sorted.
 */
final class FairShares {

    /** How many partitions a member may have: two numbers if equal remainders leave a choice. */
    private record Range(int least, int most) {}

    private final List<Member> members;
    private final int partitions;
    private final List<Range> ranges = new ArrayList<>();

    FairShares(List<Member> members, int partitions) {
        this.members = members;
        this.partitions = partitions;
        BigInteger weights = members.stream()
                .map(member -> BigInteger.valueOf(member.weight()))
                .reduce(BigInteger.ZERO, BigInteger::add);
        List<BigInteger[]> ideals = members.stream()
                .map(member -> BigInteger.valueOf(partitions)
                        .multiply(BigInteger.valueOf(member.weight()))
                        .divideAndRemainder(weights))
                .toList();
        int left = partitions
                - ideals.stream().mapToInt(ideal -> ideal[0].intValueExact()).sum();
        for (BigInteger[] ideal : ideals) {
            long larger = ideals.stream()
                    .filter(other -> other[1].compareTo(ideal[1]) > 0)
                    .count();
            long equal =
                    ideals.stream().filter(other -> other[1].equals(ideal[1])).count();
            int floor = ideal[0].intValueExact();
            ranges.add(new Range(larger + equal <= left ? floor + 1 : floor, larger < left ? floor + 1 : floor));
        }
    }

    /** Returns whether these counts are one of the results of the method. */
    boolean allow(Map<Long, Integer> counts) {
        int sum = 0;
        for (int i = 0; i < members.size(); i++) {
            int count = counts.getOrDefault(members.get(i).session(), 0);
            if (count < ranges.get(i).least() || count > ranges.get(i).most()) {
                return false;
            }
            sum += count;
        }
        return sum == partitions;
    }

    /**
     * Returns the least number of partitions that must leave members with these counts, over all results of the method.
     */
    int fewestMoves(Map<Long, Integer> counts) {
        int[] fewest = new int[partitions + 1];
        Arrays.fill(fewest, Integer.MAX_VALUE);
        fewest[0] = 0;
        for (int i = 0; i < members.size(); i++) {
            int count = counts.getOrDefault(members.get(i).session(), 0);
            int[] next = new int[partitions + 1];
            Arrays.fill(next, Integer.MAX_VALUE);
            for (int share : new int[] {ranges.get(i).least(), ranges.get(i).most()}) {
                for (int given = 0; given + share <= partitions; given++) {
                    if (fewest[given] < Integer.MAX_VALUE) {
                        int moves = fewest[given] + Math.max(0, count - share);
                        next[given + share] = Math.min(next[given + share], moves);
                    }
                }
            }
            fewest = next;
        }
        return fewest[partitions];
    }
}
