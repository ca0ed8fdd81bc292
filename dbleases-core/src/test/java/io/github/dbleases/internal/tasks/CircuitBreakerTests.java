package io.github.dbleases.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.internal.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitBreakerTests {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final CircuitBreaker breaker = new CircuitBreaker(
            3, Duration.ofSeconds(5), Backoff.around(Duration.ofSeconds(1), Duration.ofSeconds(10), () -> 0.5));

    private void fail(int times, long now) {
        for (int i = 0; i < times; i++) {
            breaker.failed(now);
        }
    }

    @Test
    void opensAfterFailuresInARow() {
        fail(2, 0);
        breaker.succeeded(-9 * SECOND);
        fail(2, 0);
        assertThat(breaker.allowed(10, 0)).isEqualTo(10);

        assertThat(breaker.failed(0)).isTrue();

        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.allowed(10, SECOND - 1)).isZero();
        assertThat(breaker.nanosUntilAllowed(0)).isEqualTo(SECOND);
    }

    @Test
    void allowsAProbeAndStaysOpenForTwiceAsLongWhenThatFails() {
        fail(3, 0);
        assertThat(breaker.allowed(10, SECOND)).isOne();
        breaker.probed(SECOND);
        assertThat(breaker.allowed(10, SECOND)).isZero();

        breaker.failed(SECOND);

        assertThat(breaker.nanosUntilAllowed(SECOND)).isEqualTo(2 * SECOND);
    }

    @Test
    void aTaskInFlightWhenItOpenedIsNoProbe() {
        fail(10, 0);

        assertThat(breaker.nanosUntilAllowed(0)).isEqualTo(SECOND);
    }

    @Test
    void aProbeWithoutAnOutcomeIsFollowedByAnother() {
        fail(3, 0);
        breaker.probed(SECOND);

        assertThat(breaker.allowed(10, 2 * SECOND)).isOne();
    }

    @Test
    void closesWithAnySuccess() {
        fail(3, 0);
        breaker.succeeded(0);

        assertThat(breaker.allowed(10, 0)).isEqualTo(10);
        fail(3, 5 * SECOND);
        assertThat(breaker.nanosUntilAllowed(5 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void doesNotOpenSoonAfterASuccess() {
        breaker.succeeded(0);
        fail(10, 5 * SECOND - 1);
        assertThat(breaker.isOpen()).isFalse();

        assertThat(breaker.failed(5 * SECOND)).isTrue();
    }
}
