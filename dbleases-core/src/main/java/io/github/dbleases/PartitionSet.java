package io.github.dbleases;

import java.util.AbstractSet;
import java.util.BitSet;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/**
 * An immutable set of partition numbers in ascending order. {@link #contains(int)} takes constant time and allocates
 * nothing.
 */
public final class PartitionSet extends AbstractSet<Integer> {

    private static final PartitionSet EMPTY = new PartitionSet(new BitSet());

    private final long[] words;
    private final int size;

    private PartitionSet(BitSet bits) {
        this.words = bits.toLongArray();
        this.size = bits.cardinality();
    }

    /** Returns the set without partitions. */
    public static PartitionSet empty() {
        return EMPTY;
    }

    /**
     * Returns a set of partitions.
     *
     * @throws IndexOutOfBoundsException if a number is negative
     */
    public static PartitionSet of(int... partitions) {
        BitSet bits = new BitSet();
        for (int partition : partitions) {
            bits.set(partition);
        }
        return of(bits);
    }

    /** Returns the partitions whose bits are set. */
    public static PartitionSet of(BitSet bits) {
        return bits.isEmpty() ? EMPTY : new PartitionSet(bits);
    }

    /** Returns whether a partition is in the set. Returns false for a negative number. */
    public boolean contains(int partition) {
        int word = partition >>> 6; // of a negative number: beyond the end of any set
        return word < words.length && (words[word] & (1L << partition)) != 0;
    }

    @Override
    public boolean contains(Object object) {
        return object instanceof Integer partition && contains(partition.intValue());
    }

    @Override
    public int size() {
        return size;
    }

    /** Returns the partitions as a new array in ascending order. */
    public int[] toIntArray() {
        return intStream().toArray();
    }

    /** Returns the partitions in ascending order. */
    public IntStream intStream() {
        return BitSet.valueOf(words).stream();
    }

    /** Returns this set with the partitions of another one. */
    public PartitionSet plus(PartitionSet other) {
        BitSet bits = BitSet.valueOf(words);
        bits.or(BitSet.valueOf(other.words));
        return of(bits);
    }

    /** Returns this set without the partitions of another one. */
    public PartitionSet minus(PartitionSet other) {
        BitSet bits = BitSet.valueOf(words);
        bits.andNot(BitSet.valueOf(other.words));
        return of(bits);
    }

    @Override
    public PrimitiveIterator.OfInt iterator() {
        return intStream().iterator();
    }

    /** Returns the partitions as ranges, for example {@code 0-63,70}; empty for the empty set. */
    public String toRanges() {
        BitSet bits = BitSet.valueOf(words);
        StringBuilder ranges = new StringBuilder();
        for (int first = bits.nextSetBit(0); first >= 0; ) {
            int last = bits.nextClearBit(first) - 1;
            ranges.append(ranges.isEmpty() ? "" : ",").append(first);
            if (last > first) {
                ranges.append('-').append(last);
            }
            first = bits.nextSetBit(last + 1);
        }
        return ranges.toString();
    }
}
