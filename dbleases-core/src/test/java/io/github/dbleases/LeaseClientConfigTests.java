package io.github.dbleases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.function.BiFunction;
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
    void eachSettingIsThatOfTheBuilder(
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

        assertThat(LeaseClientConfig.builder()
                        .clientId(id)
                        .weight(weight)
                        .timing(timing)
                        .debounce(debounce)
                        .drainTimeout(drain)
                        .balanceLeaderships(balanced)
                        .build())
                .isEqualTo(new LeaseClientConfig(id, weight, timing, debounce, drain, balanced));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n"})
    void aBlankClientIdIsRefused(String id) {
        assertThatClientIdIsRefused(id);
    }

    @Example
    void aClientIdOfMoreThan200CharactersIsRefused() {
        assertThat(withClientId("x".repeat(200)).clientId()).hasSize(200);
        assertThatClientIdIsRefused("x".repeat(201));
    }

    @RepeatableProperty
    void aWeightOutOfRangeIsRefused(@ForAll int weight) {
        if (1 <= weight && weight <= 1_000) {
            assertThat(withWeight(weight).weight()).isEqualTo(weight);
        } else {
            assertThatExceptionOfType(InvalidConfigurationException.class)
                    .isThrownBy(() -> withWeight(weight))
                    .withMessage("weight is %s, but must be 1 to 1,000. Set another weight.", weight);
        }
    }

    @Example
    void theLimitsOfTheWeightAreWithinThem() {
        assertThat(withWeight(1_000).weight()).isEqualTo(1_000);
        assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> withWeight(0));
        assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> withWeight(1_001));
    }

    @Example
    void negativeAndEndlessTimesAreRefusedByTheirNames() {
        assertThatTimesAreRefused("debounce", LeaseClientConfig.Builder::debounce);
        assertThatTimesAreRefused("drainTimeout", LeaseClientConfig.Builder::drainTimeout);
    }

    @Example
    @SuppressWarnings("NullAway")
    void aMissingTimingIsNoticedAtOnce() {
        assertThatNullPointerException()
                .isThrownBy(() -> LeaseClientConfig.builder().timing(null))
                .withMessage("timing");
    }

    private static LeaseClientConfig withClientId(String id) {
        return LeaseClientConfig.builder().clientId(id).build();
    }

    private static LeaseClientConfig withWeight(int weight) {
        return LeaseClientConfig.builder().weight(weight).build();
    }

    @Example
    void aBuilderThatIsMadeOfSettingsHasThem() {
        LeaseClientConfig config = LeaseClientConfig.builder()
                .clientId("one")
                .weight(3)
                .timing(Timing.of(Duration.ofSeconds(3)))
                .debounce(Duration.ZERO)
                .drainTimeout(Duration.ZERO)
                .balanceLeaderships(true)
                .build();

        assertThat(config.toBuilder().build()).isEqualTo(config);
    }

    @Example
    void aRefusalNamesTheSettingForWhoeverTakesItFromElsewhere() {
        InvalidConfigurationException refused =
                catchThrowableOfType(InvalidConfigurationException.class, () -> withWeight(0));

        assertThat(refused.problem()).isEqualTo("weight is 0, but must be 1 to 1,000.");
        assertThat(refused.remedy()).isEqualTo("Set another weight.");
        assertThat(refused.settings()).containsExactly("weight");
    }

    private static void assertThatClientIdIsRefused(String id) {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> withClientId(id))
                .withMessage(
                        "clientId '%s' has %s characters, but must have 1 to 200 and not be blank. Set another clientId.",
                        id, id.length());
    }

    private static void assertThatTimesAreRefused(
            String name, BiFunction<LeaseClientConfig.Builder, Duration, LeaseClientConfig.Builder> set) {
        for (Duration negative : new Duration[] {Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE)}) {
            assertThatExceptionOfType(InvalidConfigurationException.class)
                    .isThrownBy(() ->
                            set.apply(LeaseClientConfig.builder(), negative).build())
                    .withMessage("%s is %s, but must be at least 0 ms. Set a longer time.", name, negative);
        }
        for (Duration endless : new Duration[] {DAY.plusNanos(1), Duration.ofSeconds(Long.MAX_VALUE)}) {
            assertThatExceptionOfType(InvalidConfigurationException.class)
                    .isThrownBy(() ->
                            set.apply(LeaseClientConfig.builder(), endless).build())
                    .withMessage("%s is %s, but may be at most 86400000 ms (24 h). Set a shorter time.", name, endless);
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
