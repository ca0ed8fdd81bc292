package io.github.dbleases.internal.client;

import io.github.dbleases.PartitionSet;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The active partitions of one lease, with their tokens. Immutable. */
final class Grants {

    static final Grants NONE = new Grants(TrustDeadline.NO_EPOCH, List.of());

    private final long epoch;
    private final PartitionSet partitions;
    private final int[] numbers;
    private final OwnedPartition[] owned;

    /**
     * Creates grants.
     *
     * @param epoch the epoch of trust in which all of them were granted
     * @param owned the partitions by number
     */
    Grants(long epoch, List<OwnedPartition> owned) {
        this.epoch = epoch;
        this.numbers = owned.stream().mapToInt(OwnedPartition::partition).toArray();
        this.owned = owned.toArray(OwnedPartition[]::new);
        this.partitions = PartitionSet.of(numbers);
    }

    /** Returns the epoch of trust in which these were granted. They are not valid in another one. */
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

    /** Returns the owned partition with a number, or null. */
    @Nullable
    OwnedPartition owned(int partition) {
        int index = Arrays.binarySearch(numbers, partition);
        return index < 0 ? null : owned[index];
    }
}
