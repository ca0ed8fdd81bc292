package io.github.dbleases.client;

import io.github.dbleases.PartitionSet;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** The partitions of a lease that a client works on, with their tokens. Immutable. */
final class Grants {

    static final Grants NONE = new Grants(new TreeMap<>());

    private final PartitionSet partitions;
    private final int[] numbers;
    private final long[] tokens;

    Grants(SortedMap<Integer, Long> tokens) {
        this.numbers = tokens.keySet().stream().mapToInt(Integer::intValue).toArray();
        this.tokens = tokens.values().stream().mapToLong(Long::longValue).toArray();
        this.partitions = PartitionSet.of(numbers);
    }

    PartitionSet partitions() {
        return partitions;
    }

    OptionalLong token(int partition) {
        int index = Arrays.binarySearch(numbers, partition);
        return index < 0 ? OptionalLong.empty() : OptionalLong.of(tokens[index]);
    }
}
