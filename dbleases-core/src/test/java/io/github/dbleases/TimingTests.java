package io.github.dbleases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class TimingTests {

    private static final Duration DAY = Duration.ofDays(1);

    /** Times before they are checked. */
    private record Times(Duration ttl, Duration heartbeat, Duration attempt, Duration margin, Duration grace) {

        private Timing timing() {
            return new Timing(ttl, heartbeat, attempt, margin, grace);
        }

        private boolean areSafe() {
            return leaveTimeForHeartbeats()
                    && margin.plus(grace).multipliedBy(10).compareTo(ttl) >= 0
                    && grace.multipliedBy(60).compareTo(ttl) >= 0;
        }

        private boolean leaveTimeForHeartbeats() {
            return heartbeat.multipliedBy(3).compareTo(ttl) <= 0
                    && heartbeat.plus(attempt).plus(attempt).plus(margin).compareTo(ttl) <= 0;
        }

        private Times withTtl(Duration longer) {
            return new Times(longer, heartbeat, attempt, margin, grace);
        }
    }

    @Example
    void theDefaultsAreThoseOfTheDocumentation() {
        Timing timing = Timing.DEFAULT;

        assertThat(timing.ttl()).hasMillis(6_000);
        assertThat(timing.heartbeat()).hasMillis(1_500);
        assertThat(timing.attemptTimeout()).hasMillis(1_000);
        assertThat(timing.margin()).hasMillis(500);
        assertThat(timing.grace()).hasMillis(500);
        assertThat(timing.trust()).hasMillis(5_500);
    }

    @RepeatableProperty
    void timesAreAcceptedExactlyWhenTheyAreSafe(@ForAll("times") Times times) {
        if (times.areSafe()) {
            Timing timing = times.timing();
            assertThat(timing.trust()).isPositive().isEqualTo(times.ttl().minus(times.margin()));
        } else {
            assertThatExceptionOfType(InvalidConfigurationException.class)
                    .isThrownBy(times::timing)
                    .withMessageContaining("does not hold");
        }
    }

    @RepeatableProperty
    void allTimesFollowFromTheTtl(@ForAll @LongRange(min = 12, max = 86_400_000) long millis) {
        Timing timing = Timing.of(Duration.ofMillis(millis));

        assertThat(timing.heartbeat()).isEqualTo(timing.ttl().dividedBy(4));
        assertThat(timing.attemptTimeout()).isEqualTo(timing.ttl().dividedBy(6));
        assertThat(timing.margin()).isEqualTo(timing.ttl().dividedBy(12)).isEqualTo(timing.grace());
    }

    @Example
    void aTimeThatIsNotSetFollowsFromTheTtl() {
        Timing timing = Timing.builder(Duration.ofSeconds(12))
                .heartbeat(Duration.ofSeconds(1))
                .grace(Duration.ofSeconds(2))
                .build();

        assertThat(timing)
                .isEqualTo(new Timing(
                        Duration.ofSeconds(12),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2)));
    }

    @Example
    void aTtlOfAnyLengthIsAcceptedIfNoTimeFollowsFromIt() {
        Duration shortest = Duration.ofMillis(1);

        assertThat(Timing.builder(Duration.ofMillis(4))
                        .heartbeat(shortest)
                        .attemptTimeout(shortest)
                        .margin(shortest)
                        .grace(shortest)
                        .build()
                        .ttl())
                .hasMillis(4);
    }

    @Example
    void aTtlFromWhichATimeBelowTheShortestWouldFollowIsRefused() {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> Timing.of(Duration.ofMillis(11)))
                .withMessage("ttl is PT0.011S, but must be at least 12 ms. Set a longer time.");
    }

    @RepeatableProperty
    void everyAcceptedTimingToleratesClockRatesThatDifferByATenth(@ForAll("times") Times times) {
        Assume.that(times.areSafe());

        assertThat(times.timing().toleratedClockRate()).isGreaterThanOrEqualTo(0.1);
    }

    @Example
    void derivedTimesTolerateClockRatesThatDifferBy18Percent() {
        assertThat(Timing.of(Duration.ofSeconds(30)).toleratedClockRate()).isCloseTo(2 / 11.0, within(1e-9));
    }

    @Example
    void tooLittleTimeForClocksIsRefusedWithAllNumbers() {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> millis(30_000, 1_500, 1_000, 500, 500).timing())
                .withMessage("margin + grace >= ttl / 10 does not hold: 500 ms + 500 ms = 1000 ms, ttl is 30000 ms, "
                        + "ttl / 10 is 3000 ms. Leave margin and grace unset, lengthen them, or shorten ttl to at most "
                        + "10000 ms. With less, clocks that run at different rates could make two owners of one "
                        + "partition.");
    }

    @Example
    void tooLittleGraceIsRefusedWithAllNumbers() {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> millis(30_000, 1_500, 1_000, 3_000, 400).timing())
                .withMessage("grace >= ttl / 60 does not hold: grace is 400 ms, ttl is 30000 ms, ttl / 60 is 500 ms. "
                        + "Leave grace unset, lengthen it, or shorten ttl to at most 24000 ms.");
    }

    @RepeatableProperty
    void aRefusedTtlIsAcceptedOnceItIsAsLongAsTheMessageSaysAndNoShorter(@ForAll("times") Times times) {
        Assume.that(!times.leaveTimeForHeartbeats());
        String message = catchThrowableOfType(InvalidConfigurationException.class, times::timing)
                .getMessage();

        Matcher remedy =
                Pattern.compile("Lengthen ttl to at least ([0-9.]+) ms").matcher(message);
        assertThat(remedy.find()).isTrue();
        Duration ttl = Duration.ofNanos(
                new BigDecimal(remedy.group(1)).movePointRight(6).longValueExact());

        Assume.that(ttl.compareTo(DAY) <= 0);
        assertThat(times.withTtl(ttl).leaveTimeForHeartbeats()).isTrue();
        assertThat(times.withTtl(ttl.minusNanos(1)).leaveTimeForHeartbeats()).isFalse();
    }

    @Example
    void aHeartbeatThatIsTooLongIsRefusedWithAllNumbers() {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> millis(1_000, 400, 100, 100, 100).timing())
                .withMessage("heartbeat <= ttl / 3 does not hold: heartbeat is 400 ms, ttl is 1000 ms, "
                        + "ttl / 3 is 333.333333 ms. Lengthen ttl to at least 1200 ms or shorten heartbeat.");
    }

    @Example
    void attemptsThatAreTooLongAreRefusedWithAllNumbers() {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> millis(2_000, 500, 700, 101, 100).timing())
                .withMessage("heartbeat + 2 * attemptTimeout + margin <= ttl does not hold: "
                        + "500 ms + 2 * 700 ms + 101 ms = 2001 ms, ttl is 2000 ms. "
                        + "Lengthen ttl to at least 2001 ms or shorten the others.");
    }

    @RepeatableProperty
    void aTimeOutOfRangeIsRefusedByItsName(
            @ForAll @IntRange(min = 0, max = 4) int which, @ForAll("outOfRange") Duration wrong) {
        List<String> names = List.of("ttl", "heartbeat", "attemptTimeout", "margin", "grace");
        Duration[] times = {
            Duration.ofSeconds(6),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1)
        };
        times[which] = wrong;

        String limit = wrong.compareTo(DAY) > 0
                ? "may be at most 86400000 ms (24 h). Set a shorter time."
                : "must be at least 1 ms. Set a longer time.";
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> new Timing(times[0], times[1], times[2], times[3], times[4]))
                .withMessage("%s is %s, but %s", names.get(which), wrong, limit);
    }

    private static Times millis(long ttl, long heartbeat, long attempt, long margin, long grace) {
        return new Times(
                Duration.ofMillis(ttl),
                Duration.ofMillis(heartbeat),
                Duration.ofMillis(attempt),
                Duration.ofMillis(margin),
                Duration.ofMillis(grace));
    }

    /** Near to the limits of the rules, also by fractions of a millisecond. */
    @Provide
    Arbitrary<Times> times() {
        Arbitrary<Duration> times = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 50).map(Duration::ofMillis),
                Arbitraries.longs().between(1_000_000, 20_000_000).map(Duration::ofNanos),
                Arbitraries.longs().between(1, DAY.toMillis()).map(Duration::ofMillis));
        Arbitrary<Integer> off = Arbitraries.integers().between(-2, 2);
        Arbitrary<Duration> units = Arbitraries.of(Duration.ofNanos(1), Duration.ofMillis(1));
        return Combinators.combine(times, times, times, times, times, off, units)
                .as((ttl, heartbeat, attempt, margin, grace, by, unit) -> {
                    Times free = new Times(ttl, heartbeat, attempt, margin, grace);
                    Duration least = heartbeat.plus(attempt.multipliedBy(2)).plus(margin);
                    Duration near = (by % 2 == 0 ? least : heartbeat.multipliedBy(3)).plus(unit.multipliedBy(by));
                    boolean inRange = near.compareTo(DAY) <= 0 && near.toMillis() >= 1;
                    return inRange ? free.withTtl(near) : free;
                })
                .withoutEdgeCases();
    }

    @Provide
    Arbitrary<Duration> outOfRange() {
        return Arbitraries.oneOf(
                        Arbitraries.of(
                                Duration.ZERO,
                                Duration.ofMillis(1).minusNanos(1),
                                Duration.ofMillis(-1),
                                DAY.plusNanos(1),
                                Duration.ofSeconds(Long.MAX_VALUE),
                                Duration.ofSeconds(Long.MIN_VALUE)),
                        Arbitraries.longs().between(Long.MIN_VALUE, 0).map(Duration::ofSeconds),
                        Arbitraries.longs().between(86_401, Long.MAX_VALUE).map(Duration::ofSeconds))
                .withoutEdgeCases();
    }
}
