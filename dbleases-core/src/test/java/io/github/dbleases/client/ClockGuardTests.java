package io.github.dbleases.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.Timing;
import io.github.dbleases.client.ClockGuard.Beat;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClockGuardTests {

    private static final Timing TIMING = Timing.DEFAULT;
    private static final Duration QUICK = Duration.ofMillis(1);
    private static final Duration TOLERATED = TIMING.grace().dividedBy(2);

    private final ManualClock clock = new ManualClock();
    private Instant databaseTime = Instant.parse("2026-01-01T00:00:00Z");
    private final ClockGuard guard = new ClockGuard(TIMING, heartbeat(QUICK, QUICK));

    @Test
    void nothingIsAllowedInTheFirstTtlOfTheOwnSession() {
        beatFor(TIMING.ttl().minus(QUICK));
        assertThat(allows()).isFalse();

        pass(QUICK);
        assertThat(allows()).isTrue();
    }

    @Test
    void nothingIsAllowedForATtlAfterTheOwnHeartbeatsWereInterrupted() {
        settle();

        pass(TIMING.heartbeat().minus(QUICK).multipliedBy(2));
        assertThat(allows()).as("two heartbeats late").isTrue();
        pass(QUICK);
        assertThat(allows()).as("overdue").isFalse();

        beat(QUICK, QUICK);
        assertThatNothingIsAllowedForATtl();
    }

    @Test
    void aStepOfTheDatabaseClockForwardAllowsNothingForATtl() {
        settle();

        databaseTime = databaseTime.plus(TOLERATED).plusMillis(5);
        pass(TIMING.heartbeat());
        beat(QUICK, QUICK);

        assertThatNothingIsAllowedForATtl();
    }

    @Test
    void aStepOfTheDatabaseClockBackAllowsNothingForATtl() {
        settle();

        databaseTime = databaseTime.minus(TOLERATED).minusMillis(5);
        pass(TIMING.heartbeat());
        beat(QUICK, QUICK);

        assertThatNothingIsAllowedForATtl();
    }

    @Test
    void aSmallStepIsTolerated() {
        settle();

        databaseTime = databaseTime.plus(TOLERATED).minusMillis(5);
        pass(TIMING.heartbeat());
        beat(QUICK, QUICK);

        assertThat(allows()).isTrue();
    }

    @Test
    void aStandstillOfTheOwnMachineIsAStepOfTheDatabaseClock() {
        settle();

        databaseTime = databaseTime.plusSeconds(20);
        clock.passUnseen(Duration.ofSeconds(20));
        pass(TIMING.heartbeat());
        beat(QUICK, QUICK);

        assertThatNothingIsAllowedForATtl();
    }

    @Test
    void anotherIncarnationAllowsNothingForATtl() {
        settle();

        guard.silence(clock.nanoTime());

        assertThatNothingIsAllowedForATtl();
    }

    @Test
    void theExpectedTimeFollowsTheOwnClock() {
        settle();

        assertThat(guard.expectedTime(clock.nanoTime())).isBetween(databaseTime.minus(QUICK), databaseTime.plus(QUICK));
        pass(Duration.ofSeconds(2));
        assertThat(guard.expectedTime(clock.nanoTime())).isBetween(databaseTime.minus(QUICK), databaseTime.plus(QUICK));
    }

    @Test
    void aSlowHeartbeatDoesNotHideAStepFromTheExpectedTime() {
        settle();

        beat(Duration.ofMillis(600), Duration.ofMillis(300));
        databaseTime = databaseTime.plusMillis(900);
        beat(Duration.ofMillis(250), Duration.ofMillis(700));

        assertThat(Duration.between(guard.expectedTime(clock.nanoTime()), databaseTime))
                .isGreaterThan(TOLERATED);
    }

    @Test
    void aStepBehindSlowHeartbeatsIsSeenAtTheNextQuickOne() {
        settle();

        beat(Duration.ofMillis(600), Duration.ofMillis(300));
        databaseTime = databaseTime.plusMillis(900);
        beat(Duration.ofMillis(250), Duration.ofMillis(700));
        beat(QUICK, QUICK);

        assertThatNothingIsAllowedForATtl();
    }

    @Test
    void oneSlowHeartbeatAmongQuickOnesChangesNothing() {
        settle();

        beat(Duration.ofMillis(900), QUICK);
        assertThat(allows()).isTrue();
        assertThat(guard.expectedTime(clock.nanoTime())).isBetween(databaseTime.minus(QUICK), databaseTime.plus(QUICK));
    }

    @Test
    void whoHasOnlySlowHeartbeatsIsAllowedNothing() {
        ClockGuard slow = new ClockGuard(TIMING, heartbeat(Duration.ofMillis(300), Duration.ofMillis(300)));
        for (int i = 0; i < 20; i++) {
            slow.beat(heartbeat(Duration.ofMillis(300), Duration.ofMillis(300)));
        }
        assertThat(slow.allows(clock.nanoTime())).isFalse();

        for (int i = 0; i < 9000; i++) {
            slow.beat(heartbeat(QUICK, QUICK));
        }
        assertThat(slow.allows(clock.nanoTime())).isTrue();
    }

    @Test
    void clocksThatDriftApartAreFollowed() {
        for (int i = 0; i < 10_000; i++) {
            pass(TIMING.heartbeat());
            databaseTime = databaseTime.plusNanos(1_500_000);
            beat(QUICK, QUICK);
        }

        assertThat(allows()).isTrue();
        assertThat(guard.expectedTime(clock.nanoTime())).isBetween(databaseTime.minus(QUICK), databaseTime.plus(QUICK));
    }

    private boolean allows() {
        return guard.allows(clock.nanoTime());
    }

    private void settle() {
        beatFor(TIMING.ttl().multipliedBy(2));
        beat(QUICK, QUICK);
        assertThat(allows()).isTrue();
    }

    private void beatFor(Duration time) {
        Duration rest = time;
        while (rest.compareTo(TIMING.heartbeat()) > 0) {
            pass(TIMING.heartbeat().minus(QUICK.multipliedBy(2)));
            beat(QUICK, QUICK);
            rest = rest.minus(TIMING.heartbeat());
        }
        pass(rest);
    }

    private void assertThatNothingIsAllowedForATtl() {
        assertThat(allows()).isFalse();
        beatFor(TIMING.ttl().minus(QUICK));
        assertThat(allows()).isFalse();
        pass(QUICK);
        assertThat(allows()).isTrue();
    }

    private void beat(Duration request, Duration reply) {
        guard.beat(heartbeat(request, reply));
    }

    private Beat heartbeat(Duration request, Duration reply) {
        long sent = clock.nanoTime();
        pass(request);
        Instant answered = databaseTime;
        pass(reply);
        return new Beat(sent, clock.nanoTime(), answered);
    }

    private void pass(Duration time) {
        clock.pass(time);
        databaseTime = databaseTime.plus(time);
    }
}
