package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTests {

    private static final Duration LIMIT = Duration.ofMillis(1500);

    private double random = 1;
    private final Backoff backoff = new Backoff(LIMIT, () -> random);

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
        Backoff impatient = new Backoff(Duration.ofMillis(10), () -> 1);

        assertThat(impatient.next()).isEqualTo(Duration.ofMillis(10));
        assertThat(impatient.next()).isEqualTo(Duration.ofMillis(10));
    }

    private List<Long> millis(int count) {
        return Stream.generate(backoff::next)
                .limit(count)
                .map(Duration::toMillis)
                .toList();
    }
}
