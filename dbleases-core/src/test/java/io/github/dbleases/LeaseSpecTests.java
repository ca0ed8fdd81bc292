package io.github.dbleases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class LeaseSpecTests {

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:/";

    @RepeatableProperty
    void namesOfOneTo200AllowedCharactersAreValid(
            @ForAll("validNames") String name, @ForAll @IntRange(min = 1, max = 100_000) int partitions) {
        assertThat(LeaseSpec.partitions(name, partitions))
                .isEqualTo(new LeaseSpec(name, LeaseKind.PARTITIONS, partitions));
    }

    @RepeatableProperty
    void anyOtherCharacterIsRefused(
            @ForAll("validNames") String name, @ForAll char wrong, @ForAll @IntRange(min = 0, max = 200) int at) {
        Assume.that(LETTERS.indexOf(wrong) < 0);
        String wrongName = new StringBuilder(name)
                .insert(Math.min(at, name.length()), wrong)
                .toString();

        assertThatExceptionOfType(InvalidLeaseException.class)
                .isThrownBy(() -> LeaseSpec.partitions(wrongName, 1))
                .withMessage(
                        "'%s' is not a valid lease name (it has %s characters). Use 1 to 200 characters of letters (a-z, A-Z), "
                                + "digits and . _ - : / only.",
                        wrongName, wrongName.length());
    }

    @Example
    void anEmptyAndATooLongNameAreRefused() {
        for (String name : new String[] {"", "x".repeat(201)}) {
            assertThatExceptionOfType(InvalidLeaseException.class)
                    .isThrownBy(() -> LeaseSpec.partitions(name, 1))
                    .withMessageContainingAll("'" + name + "'", "1 to 200 characters", "has " + name.length());
        }
        assertThat(LeaseSpec.partitions("x".repeat(200), 1).name()).hasSize(200);
    }

    @RepeatableProperty
    void eachKindHasItsNumbersOfPartitions(@ForAll LeaseKind kind, @ForAll("numbers") int partitions) {
        int least = kind == LeaseKind.TASKS ? 0 : 1;
        int most = kind == LeaseKind.PARTITIONS ? 100_000 : least;
        String limits = kind == LeaseKind.PARTITIONS ? "can have 1 to 100,000" : "must have " + least;

        if (least <= partitions && partitions <= most) {
            assertThat(new LeaseSpec("orders", kind, partitions).partitions()).isEqualTo(partitions);
        } else {
            assertThatExceptionOfType(InvalidLeaseException.class)
                    .isThrownBy(() -> new LeaseSpec("orders", kind, partitions))
                    .withMessage(
                            "Lease 'orders' was asked for with %s partitions, but a lease of kind '%s' %s. Change the number of partitions of 'orders'.",
                            partitions, kind.word(), limits);
        }
    }

    @Example
    void messagesAreTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            for (String tag : new String[] {"de-DE", "ar-EG", "hi-IN-u-nu-deva", "tr-TR"}) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                assertThatExceptionOfType(InvalidLeaseException.class)
                        .isThrownBy(() -> LeaseSpec.partitions("orders", 100_001))
                        .withMessageContainingAll("100001", "kind 'partitions'", "1 to 100,000");
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Example
    void everyKindHasAWordThatIsRead() {
        assertThat(Arrays.stream(LeaseKind.values()).map(LeaseKind::word))
                .containsExactly("partitions", "leader", "tasks")
                .map(LeaseKind::ofWord)
                .containsExactly(LeaseKind.values());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeaseKind.ofWord("queue"))
                .withMessageContaining("QUEUE");
    }

    @Provide
    Arbitrary<String> validNames() {
        return Arbitraries.strings().withChars(LETTERS).ofMinLength(1).ofMaxLength(199);
    }

    @Provide
    Arbitrary<Integer> numbers() {
        return Arbitraries.oneOf(Arbitraries.of(-1, 0, 1, 2, 99_999, 100_000, 100_001), Arbitraries.integers());
    }
}
