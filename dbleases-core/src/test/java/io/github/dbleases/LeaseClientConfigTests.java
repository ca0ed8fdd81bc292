package io.github.dbleases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseClientConfigTests {

    private static final Duration DAY = Duration.ofDays(1);
    private static final LeaseClientConfig DEFAULTS = LeaseClientConfig.defaults();

    @Example
    void theDefaultsAreThoseOfTheDocumentation() {
        assertThat(DEFAULTS.clientId()).isNotBlank();
        assertThat(DEFAULTS)
                .isEqualTo(new LeaseClientConfig(
                        DEFAULTS.clientId(), 1, Timing.DEFAULT, Duration.ofSeconds(1), Duration.ofSeconds(30), false));
    }

    @RepeatableProperty
    void eachSettingIsReplacedAlone(
            @ForAll("ids") String id,
            @ForAll @IntRange(min = 1, max = 1_000) int weight,
            @ForAll("durations") Duration debounce,
            @ForAll("durations") Duration drain,
            @ForAll boolean balanced) {
        Timing timing = new Timing(
                Duration.ofSeconds(60),
                Duration.ofSeconds(3),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofSeconds(4));

        assertThat(DEFAULTS.withClientId(id)
                        .withWeight(weight)
                        .withTiming(timing)
                        .withDebounce(debounce)
                        .withDrainTimeout(drain)
                        .withBalanceLeaderships(balanced))
                .isEqualTo(new LeaseClientConfig(id, weight, timing, debounce, drain, balanced));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n"})
    void aBlankClientIdIsRefused(String id) {
        assertThatClientIdIsRefused(id);
    }

    @Example
    void aClientIdOfMoreThan200CharactersIsRefused() {
        assertThat(DEFAULTS.withClientId("x".repeat(200)).clientId()).hasSize(200);
        assertThatClientIdIsRefused("x".repeat(201));
    }

    @RepeatableProperty
    void aWeightOutOfRangeIsRefused(@ForAll int weight) {
        if (1 <= weight && weight <= 1_000) {
            assertThat(DEFAULTS.withWeight(weight).weight()).isEqualTo(weight);
        } else {
            assertThatExceptionOfType(InvalidConfigurationException.class)
                    .isThrownBy(() -> DEFAULTS.withWeight(weight))
                    .withMessage("weight is %s, but must be 1 to 1,000. Set another weight.", weight);
        }
    }

    @Example
    void theLimitsOfTheWeightAreWithinThem() {
        assertThat(DEFAULTS.withWeight(1_000).weight()).isEqualTo(1_000);
        assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> DEFAULTS.withWeight(0));
        assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> DEFAULTS.withWeight(1_001));
    }

    @Example
    void negativeAndEndlessTimesAreRefusedByTheirNames() {
        assertThatTimesAreRefused("debounce", DEFAULTS::withDebounce);
        assertThatTimesAreRefused("drain-timeout", DEFAULTS::withDrainTimeout);
    }

    @Example
    @SuppressWarnings("NullAway")
    void aMissingTimingIsNoticedAtOnce() {
        assertThatNullPointerException()
                .isThrownBy(() -> DEFAULTS.withTiming(null))
                .withMessage("timing");
    }

    private static void assertThatClientIdIsRefused(String id) {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> DEFAULTS.withClientId(id))
                .withMessage(
                        "client-id '%s' has %s characters, but must have 1 to 200 and not be blank. Set another client-id.",
                        id, id.length());
    }

    private static void assertThatTimesAreRefused(String name, Function<Duration, LeaseClientConfig> with) {
        for (Duration negative : new Duration[] {Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE)}) {
            assertThatExceptionOfType(InvalidConfigurationException.class)
                    .isThrownBy(() -> with.apply(negative))
                    .withMessage("%s is %s, but must be at least 0 ms: set a longer time.", name, negative);
        }
        for (Duration endless : new Duration[] {DAY.plusNanos(1), Duration.ofSeconds(Long.MAX_VALUE)}) {
            assertThatExceptionOfType(InvalidConfigurationException.class)
                    .isThrownBy(() -> with.apply(endless))
                    .withMessage("%s is %s, but may be at most 86400000 ms (24 h): set a shorter time.", name, endless);
        }
    }

    @Provide
    Arbitrary<String> ids() {
        return Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(200).withoutEdgeCases();
    }

    @Provide
    Arbitrary<Duration> durations() {
        return Arbitraries.longs()
                .between(0, DAY.toNanos())
                .map(Duration::ofNanos)
                .withoutEdgeCases();
    }

    @Example
    void theDefaultClientIdTellsInstancesOnOneMachineApart() {
        String pid = String.valueOf(ProcessHandle.current().pid());

        assertThat(LeaseClientConfig.defaults().clientId()).matches(".+:" + pid);
        assertThat(LeaseClientConfig.defaultClientId(" shop ")).matches("shop@.+:" + pid);
    }

    @Example
    void aLongApplicationNameIsCutOffInTheDefaultClientId() {
        String id = LeaseClientConfig.defaultClientId("s".repeat(300));

        assertThat(id)
                .hasSize(200)
                .startsWith("sss")
                .endsWith("@" + LeaseClientConfig.defaults().clientId());
    }
}
