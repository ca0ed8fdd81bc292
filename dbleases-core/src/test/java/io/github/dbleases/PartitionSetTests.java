package io.github.dbleases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIndexOutOfBoundsException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;

/** Compares {@link PartitionSet} with a {@link TreeSet} of the same numbers. */
class PartitionSetTests {

    /** Sets with single numbers and with long runs, within and across words of 64 bits. */
    static final class Numbers implements ArbitrarySupplier<TreeSet<Integer>> {

        @Override
        public Arbitrary<TreeSet<Integer>> get() {
            Arbitrary<Integer> first = Arbitraries.oneOf(
                    Arbitraries.integers().between(0, 140),
                    Arbitraries.of(0, 62, 63, 64, 65, 127, 128),
                    Arbitraries.integers().between(0, LeaseSpec.MAX_PARTITIONS - 1));
            Arbitrary<Integer> lengths = Arbitraries.oneOf(
                    Arbitraries.just(1), Arbitraries.integers().between(1, 130));
            return first.flatMap(from -> lengths.map(length -> IntStream.range(from, from + length)))
                    .list()
                    .ofMaxSize(5)
                    .map(runs -> runs.stream().flatMap(IntStream::boxed).collect(Collectors.toCollection(TreeSet::new)))
                    .withoutEdgeCases();
        }
    }

    @RepeatableProperty
    void itHasTheNumbersOfItsModelInAscendingOrder(@ForAll(supplier = Numbers.class) TreeSet<Integer> model) {
        PartitionSet set = partitions(model);

        assertThat(set.toIntArray()).containsExactly(ints(model));
        assertThat(set.intStream()).containsExactlyElementsOf(model);
        assertThat(set.iterator()).toIterable().containsExactlyElementsOf(model);
        assertThat(set.stream()).containsExactlyElementsOf(model);
        assertThat(set.toArray()).isEqualTo(model.toArray());
        assertThat(set).hasSize(model.size()).hasToString(model.toString());
        assertThat(set.isEmpty()).isEqualTo(model.isEmpty());
    }

    @RepeatableProperty
    void itContainsTheNumbersOfItsModelAndNothingElse(
            @ForAll(supplier = Numbers.class) TreeSet<Integer> model, @ForAll int any) {
        PartitionSet set = partitions(model);

        Stream.concat(
                        Stream.of(any, -1, Integer.MIN_VALUE, Integer.MAX_VALUE),
                        model.stream().flatMap(number -> Stream.of(number - 1, number, number + 1, number + 64)))
                .forEach(number -> {
                    assertThat(set.contains(number.intValue()))
                            .as("contains(int %d)", number)
                            .isEqualTo(model.contains(number));
                    assertThat(set.contains((Object) number))
                            .as("contains(Integer %d)", number)
                            .isEqualTo(model.contains(number));
                    assertThat(set.contains((Object) number.longValue())).isFalse();
                });
    }

    @RepeatableProperty
    void itEqualsEverySetOfTheSameNumbers(
            @ForAll(supplier = Numbers.class) TreeSet<Integer> model,
            @ForAll(supplier = Numbers.class) TreeSet<Integer> otherModel) {
        PartitionSet set = partitions(model);

        for (Set<Integer> same : List.of(model, Set.copyOf(model), partitions(model))) {
            assertThat(set.equals(same)).isTrue();
            assertThat(same.equals(set)).isTrue();
            assertThat(set).hasSameHashCodeAs(same);
        }
        assertThat(set.equals(otherModel)).isEqualTo(model.equals(otherModel));
        assertThat(set.equals(partitions(otherModel))).isEqualTo(model.equals(otherModel));
        assertThat(set.containsAll(otherModel)).isEqualTo(model.containsAll(otherModel));
    }

    @RepeatableProperty
    void plusAndMinusMakeTheUnionAndTheDifference(
            @ForAll(supplier = Numbers.class) TreeSet<Integer> one,
            @ForAll(supplier = Numbers.class) TreeSet<Integer> other) {
        PartitionSet set = partitions(one);
        TreeSet<Integer> union = new TreeSet<>(one);
        union.addAll(other);
        TreeSet<Integer> difference = new TreeSet<>(one);
        difference.removeAll(other);

        assertThat(set.plus(partitions(other))).isEqualTo(union);
        assertThat(set.minus(partitions(other))).isEqualTo(difference);
        assertThat(set).isEqualTo(one);
    }

    @RepeatableProperty
    void theRangesNameExactlyItsNumbersAndNeverTouchEachOther(
            @ForAll(supplier = Numbers.class) TreeSet<Integer> model) {
        String ranges = partitions(model).toRanges();

        TreeSet<Integer> named = new TreeSet<>();
        int previous = -2;
        for (String range : ranges.split(",")) {
            if (!range.isEmpty()) {
                List<Integer> ends =
                        Arrays.stream(range.split("-")).map(Integer::valueOf).toList();
                int last = ends.get(ends.size() - 1);
                assertThat(ends.get(0)).isGreaterThan(previous + 1);
                assertThat(ends.size() == 1 || ends.get(0) < last).isTrue();
                IntStream.rangeClosed(ends.get(0), last).forEach(named::add);
                previous = last;
            }
        }
        assertThat(named).isEqualTo(model);
    }

    @Example
    void theRangesAreWrittenAsTheyAreDocumented() {
        assertThat(partitions(new TreeSet<>(IntStream.rangeClosed(0, 63).boxed().toList()))
                        .plus(PartitionSet.of(70))
                        .toRanges())
                .isEqualTo("0-63,70");
        assertThat(PartitionSet.of(3, 4, 1).toRanges()).isEqualTo("1,3-4");
        assertThat(PartitionSet.empty().toRanges()).isEmpty();
    }

    @RepeatableProperty
    void nothingChangesIt(@ForAll(supplier = Numbers.class) TreeSet<Integer> model) {
        BitSet bits = new BitSet();
        model.forEach(bits::set);
        bits.set(1);
        PartitionSet set = PartitionSet.of(bits);
        Set<Integer> before = Set.copyOf(set);

        bits.flip(0, 200);
        Arrays.fill(set.toIntArray(), 7);
        Iterator<Integer> iterator = set.iterator();
        iterator.next();

        assertThatThrownBy(iterator::remove).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> set.add(5)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> set.remove(1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(set::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> set.removeIf(number -> true)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> set.retainAll(Set.of())).isInstanceOf(UnsupportedOperationException.class);
        assertThat(set).isEqualTo(before);
    }

    @Example
    void itRefusesANegativeNumber() {
        assertThatIndexOutOfBoundsException().isThrownBy(() -> PartitionSet.of(3, -1));
    }

    @Example
    void itIsNotEqualToSetsOfOtherThings() {
        PartitionSet set = PartitionSet.of(1);

        assertThat(set.equals(Set.of(1L))).isFalse();
        assertThat(set.equals(Set.of("1"))).isFalse();
        assertThat(set.equals(Collections.singleton(null))).isFalse();
        assertThat(set.equals(List.of(1))).isFalse();
        assertThat(set.contains((Object) null)).isFalse();
        assertThat(set.contains("1")).isFalse();
    }

    @Example
    void theEmptySetHasNothing() {
        assertThat(PartitionSet.of()).isSameAs(PartitionSet.empty()).isEmpty();
        assertThat(PartitionSet.of(1).minus(PartitionSet.of(1))).isSameAs(PartitionSet.empty());
        assertThatThrownBy(PartitionSet.empty().iterator()::next).isInstanceOf(NoSuchElementException.class);
    }

    private static PartitionSet partitions(Set<Integer> numbers) {
        return PartitionSet.of(ints(numbers));
    }

    private static int[] ints(Set<Integer> numbers) {
        return numbers.stream().mapToInt(number -> number).toArray();
    }
}
