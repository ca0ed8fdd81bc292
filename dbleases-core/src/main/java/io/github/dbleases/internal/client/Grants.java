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
    private final OwnedPartition[] owned;

    /**
     * The grants of what is owned.
     *
     * @param epoch the epoch of trust in which all of it was granted
     * @param owned in the order of the numbers
     */
    Grants(long epoch, List<OwnedPartition> owned) {
        this.epoch = epoch;
        this.numbers = owned.stream().mapToInt(OwnedPartition::partition).toArray();
        this.owned = owned.toArray(OwnedPartition[]::new);
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
        OwnedPartition owned = owned(partition);
        return owned == null ? OptionalLong.empty() : OptionalLong.of(owned.token());
    }

    /** Returns what was owned of a partition when these were the grants. */
    @Nullable
    OwnedPartition owned(int partition) {
        int index = Arrays.binarySearch(numbers, partition);
        return index < 0 ? null : owned[index];
    }
}
