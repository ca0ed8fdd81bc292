package io.github.dbleases.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTests {

    private static final Duration FIRST = Duration.ofMillis(50);
    private static final Duration LIMIT = Duration.ofMillis(1500);

    private double random = 1;
    private final Backoff backoff = Backoff.upTo(FIRST, LIMIT, () -> random);

    @Test
    void theDelayDoublesUpToTheLimit() {
        assertThat(millis(8)).containsExactly(50L, 100L, 200L, 400L, 800L, 1500L, 1500L, 1500L);
    }

    @Test
    void halfOfEachDelayIsRandom() {
        random = 0;
        assertThat(millis(3)).containsExactly(25L, 50L, 100L);
        random = 0.5;
        assertThat(millis(1)).containsExactly(300L);
    }

    @Test
    void aSuccessResetsTheDelay() {
        millis(10);

        backoff.reset();

        assertThat(millis(2)).containsExactly(50L, 100L);
    }

    @Test
    void aLimitBelowTheFirstDelayApplies() {
        Backoff impatient = Backoff.upTo(FIRST, Duration.ofMillis(10), () -> 1);

        assertThat(impatient.next()).isEqualTo(Duration.ofMillis(10));
        assertThat(impatient.next()).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void aDelayCanBeWithinTwentyPercent() {
        Backoff around = Backoff.around(FIRST, LIMIT, () -> random);

        assertThat(Duration.ofNanos(around.nanos(1))).isEqualTo(Duration.ofMillis(60));
        random = 0;
        assertThat(Duration.ofNanos(around.nanos(2))).isEqualTo(Duration.ofMillis(80));
        random = 0.5;
        assertThat(Duration.ofNanos(around.nanos(100))).isEqualTo(LIMIT);
    }

    @Test
    void anyNumberOfFailuresHasADelay() {
        assertThat(backoff.nanos(Integer.MAX_VALUE)).isEqualTo(LIMIT.toNanos());
        assertThat(Backoff.upTo(Duration.ofNanos(1), Duration.ofDays(10_000), () -> 1)
                        .nanos(200))
                .isPositive();
    }

    private List<Long> millis(int count) {
        return Stream.generate(backoff::next)
                .limit(count)
                .map(Duration::toMillis)
                .toList();
    }
}
