package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.internal.client.Trust.Moment;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrustTests {

    private static final Duration TIME = Duration.ofMillis(5500);
    private static final Duration MILLI = Duration.ofMillis(1);

    private final ManualClock clock = new ManualClock();

    @Test
    void grantsOfAnotherEpochAreNotTrusted() {
        Trust trust = Trust.since(Moment.now(clock), TIME, 2);

        assertThat(trust.holds(2, clock)).isTrue();
        assertThat(trust.holds(1, clock)).isFalse();
        assertThat(Trust.NONE.holds(TrustDeadline.NO_EPOCH, clock)).isFalse();
    }

    @Test
    void nothingIsTrustedWithoutAHeartbeat() {
        assertThat(Trust.NONE.holds(clock)).isFalse();
        assertThat(Trust.NONE.remaining(clock)).isZero();
    }

    @Test
    void trustEndsWhenTheTimeHasPassedSinceTheHeartbeatWasSent() {
        Trust trust = Trust.since(Moment.now(clock), TIME, 1);

        clock.pass(TIME.minus(MILLI));
        assertThat(trust.holds(clock)).isTrue();
        assertThat(trust.remaining(clock)).isEqualTo(MILLI);

        clock.pass(MILLI);
        assertThat(trust.holds(clock)).isFalse();
        assertThat(trust.remaining(clock)).isZero();
    }

    @Test
    void trustEndsEvenIfTheMonotonicClockStandsStill() {
        Trust trust = Trust.since(Moment.now(clock), TIME, 1);

        clock.passUnseen(TIME.minus(MILLI));
        assertThat(trust.remaining(clock)).isEqualTo(MILLI);

        clock.passUnseen(MILLI);
        assertThat(trust.holds(clock)).isFalse();
    }

    @Test
    void trustEndsEvenIfTheWallClockIsSetBack() {
        Trust trust = Trust.since(Moment.now(clock), TIME, 1);

        clock.passUnseen(Duration.ofHours(-1));
        clock.pass(TIME.minus(MILLI));
        assertThat(trust.holds(clock)).isTrue();

        clock.pass(MILLI);
        assertThat(trust.holds(clock)).isFalse();
    }
}
