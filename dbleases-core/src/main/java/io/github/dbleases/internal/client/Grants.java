package io.github.dbleases.internal.client;

import io.github.dbleases.PartitionSet;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The partitions of a lease that a client works on, with their tokens. Immutable. */
final class Grants {

    static final Grants NONE = new Grants(TrustDeadline.NO_EPOCH, List.of());

    private final long epoch;
    private final PartitionSet partitions;
    private final int[] numbers;
    private final Owned[] held;

    /**
     * The grants of what is held.
     *
     * @param epoch the epoch of trust in which all of it was granted
     * @param held in the order of the numbers
     */
    Grants(long epoch, List<Owned> held) {
        this.epoch = epoch;
        this.numbers = held.stream().mapToInt(Owned::partition).toArray();
        this.held = held.toArray(Owned[]::new);
        this.partitions = PartitionSet.of(numbers);
    }

    /** Returns in which epoch of trust these were granted; they are worth nothing in another one. */
    long epoch() {
        return epoch;
    }

    int size() {
        return numbers.length;
    }

    PartitionSet partitions() {
        return partitions;
    }

    OptionalLong token(int partition) {
        Owned owned = held(partition);
        return owned == null ? OptionalLong.empty() : OptionalLong.of(owned.token());
    }

    /** Returns what was held of a partition when these were the grants. */
    @Nullable
    Owned held(int partition) {
        int index = Arrays.binarySearch(numbers, partition);
        return index < 0 ? null : held[index];
    }
}
