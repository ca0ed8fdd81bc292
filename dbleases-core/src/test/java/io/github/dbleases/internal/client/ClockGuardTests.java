package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.ClockGuard.Heartbeat;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.Neighbor;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClockGuardTests {

    private static final Timing TIMING = Timing.DEFAULT;
    private static final Duration QUICK = Duration.ofMillis(1);
    private static final Duration TOLERATED = TIMING.grace().dividedBy(2);
    private static final Duration WINDOW = TIMING.ttl().plus(TIMING.grace());
    private static final Neighbor OTHER = watched(TIMING);

    private final ManualClock clock = new ManualClock();
    private Instant databaseTime = Instant.parse("2026-01-01T00:00:00Z");
    private final ClockGuard guard = new ClockGuard(TIMING, heartbeat(QUICK, QUICK));

    @Test
    void nothingIsAllowedUntilTheOwnSessionIsOlderThanTtlAndGraceOfTheOther() {
        sendHeartbeatsFor(WINDOW.minus(QUICK));
        assertThat(allows()).isFalse();

        pass(QUICK);
        assertThat(allows()).isTrue();
    }

    @Test
    void nothingIsAllowedForAWhileAfterTheOwnHeartbeatsWereInterrupted() {
        settle();

        pass(TIMING.heartbeat().minus(QUICK).multipliedBy(2));
        assertThat(allows()).as("two heartbeats late").isTrue();
        pass(QUICK);
        assertThat(allows()).as("overdue").isFalse();

        sendHeartbeat(QUICK, QUICK);
        assertThatNothingIsAllowedForAWhile();
    }

    @Test
    void aStepOfTheDatabaseClockForwardAllowsNothingForAWhile() {
        settle();

        databaseTime = databaseTime.plus(TOLERATED).plusMillis(5);
        pass(TIMING.heartbeat());
        sendHeartbeat(QUICK, QUICK);

        assertThatNothingIsAllowedForAWhile();
    }

    @Test
    void aStepOfTheDatabaseClockBackAllowsNothingForAWhile() {
        settle();

        databaseTime = databaseTime.minus(TOLERATED).minusMillis(5);
        pass(TIMING.heartbeat());
        sendHeartbeat(QUICK, QUICK);

        assertThatNothingIsAllowedForAWhile();
    }

    @Test
    void aSmallStepIsTolerated() {
        settle();

        databaseTime = databaseTime.plus(TOLERATED).minusMillis(5);
        pass(TIMING.heartbeat());
        sendHeartbeat(QUICK, QUICK);

        assertThat(allows()).isTrue();
    }

    @Test
    void aStandstillOfTheOwnMachineIsAStepOfTheDatabaseClock() {
        settle();

        databaseTime = databaseTime.plusSeconds(20);
        clock.passUnseen(Duration.ofSeconds(20));
        pass(TIMING.heartbeat());
        sendHeartbeat(QUICK, QUICK);

        assertThatNothingIsAllowedForAWhile();
    }

    @Test
    void anotherIncarnationAllowsNothingForAWhile() {
        settle();

        guard.restartSteadyTime(clock.nanoTime());

        assertThatNothingIsAllowedForAWhile();
    }

    @Test
    void theExpectedTimeFollowsTheOwnClock() {
        settle();

        assertThat(expectedTime()).isBetween(databaseTime.minus(QUICK), databaseTime.plus(QUICK));
        pass(Duration.ofSeconds(2));
        assertThat(expectedTime()).isBetween(databaseTime.minus(QUICK), databaseTime.plus(QUICK));
    }

    @Test
    void aSlowHeartbeatDoesNotHideAStepFromTheExpectedTime() {
        settle();

        sendHeartbeat(Duration.ofMillis(600), Duration.ofMillis(300));
        databaseTime = databaseTime.plusMillis(900);
        sendHeartbeat(Duration.ofMillis(250), Duration.ofMillis(700));

        assertThat(Duration.between(expectedTime(), databaseTime)).isGreaterThan(TOLERATED);
    }

    @Test
    void aStepBehindSlowHeartbeatsIsSeenAtTheNextQuickOne() {
        settle();

        sendHeartbeat(Duration.ofMillis(600), Duration.ofMillis(300));
        databaseTime = databaseTime.plusMillis(900);
        sendHeartbeat(Duration.ofMillis(250), Duration.ofMillis(700));
        sendHeartbeat(QUICK, QUICK);

        assertThatNothingIsAllowedForAWhile();
    }

    @Test
    void oneSlowHeartbeatAmongQuickOnesChangesNothing() {
        settle();

        sendHeartbeat(Duration.ofMillis(900), QUICK);
        assertThat(allows()).isTrue();
        assertThat(expectedTime()).isBetween(databaseTime.minus(QUICK), databaseTime.plus(QUICK));
    }

    @Test
    void onlySlowHeartbeatsAllowNothing() {
        ClockGuard slow = new ClockGuard(TIMING, heartbeat(Duration.ofMillis(300), Duration.ofMillis(300)));
        for (int i = 0; i < 20; i++) {
            slow.record(heartbeat(Duration.ofMillis(300), Duration.ofMillis(300)));
        }
        assertThat(slow.markDeadCondition(OTHER, clock.nanoTime())).isEmpty();

        for (int i = 0; i < 9000; i++) {
            slow.record(heartbeat(QUICK, QUICK));
        }
        assertThat(slow.markDeadCondition(OTHER, clock.nanoTime())).isPresent();
    }

    @Test
    void clocksThatDriftApartAsOrdinaryClocksDoAreFollowed() {
        for (int i = 0; i < 10_000; i++) {
            pass(TIMING.heartbeat());
            databaseTime = databaseTime.plusNanos(1_500_000);
            sendHeartbeat(QUICK, QUICK);
        }

        assertThat(allows()).isTrue();
        assertThat(expectedTime()).isBetween(databaseTime.minus(TOLERATED), databaseTime.plus(QUICK));
    }

    @Test
    void aDatabaseClockThatRunsMuchFasterAllowsNothing() {
        settle();

        runFaster(1.05, WINDOW);
        assertThat(allows()).isFalse();

        settle();
    }

    @Test
    void aDatabaseClockThatRunsMuchSlowerAllowsNothing() {
        settle();

        runFaster(0.95, WINDOW);

        assertThat(allows()).isFalse();
    }

    @Test
    void aDriftThatIsHarmlessInAShortWindowIsNoneInALongOne() {
        Neighbor slow = watched(Timing.of(TIMING.ttl().multipliedBy(10)));
        Neighbor strict = new Neighbor(1, Duration.ZERO, slow.ttl(), TIMING.grace());
        runFaster(1.02, WINDOW.multipliedBy(20));

        assertThat(allows()).isTrue();
        assertThat(guard.markDeadCondition(slow, clock.nanoTime())).isPresent();
        assertThat(guard.markDeadCondition(strict, clock.nanoTime())).isEmpty();
    }

    @Test
    void aSessionWithALongerTtlIsWatchedForLonger() {
        Neighbor slow = watched(Timing.of(TIMING.ttl().multipliedBy(3)));

        sendHeartbeatsFor(WINDOW.multipliedBy(3).minus(QUICK));
        assertThat(guard.markDeadCondition(slow, clock.nanoTime())).isEmpty();

        sendHeartbeatsFor(WINDOW.multipliedBy(3));
        assertThat(guard.markDeadCondition(slow, clock.nanoTime())).isPresent();
    }

    @Test
    void theToleranceIsHalfTheGraceOfTheOtherSession() {
        Neighbor strict = new Neighbor(1, Duration.ZERO, TIMING.ttl(), TOLERATED);
        settle();

        databaseTime = databaseTime.plus(TOLERATED.dividedBy(2)).plusMillis(5);
        sendHeartbeat(QUICK, QUICK);

        assertThat(allows()).isTrue();
        assertThat(guard.markDeadCondition(strict, clock.nanoTime())).isEmpty();
    }

    @Test
    void theConditionHasTheGraceOfTheOtherSession() {
        Neighbor other =
                new Neighbor(7, Duration.ZERO, TIMING.ttl(), TIMING.grace().dividedBy(2));
        settle();

        MarkDeadCondition condition =
                guard.markDeadCondition(other, clock.nanoTime()).orElseThrow();

        assertThat(condition.session()).isEqualTo(7);
        assertThat(condition.grace()).isEqualTo(other.grace());
    }

    /** Simulates a database clock that runs at another rate than the client's own. */
    private void runFaster(double rate, Duration time) {
        for (long beats = time.dividedBy(TIMING.heartbeat()) + 1; beats > 0; beats--) {
            pass(TIMING.heartbeat());
            databaseTime = databaseTime.plusNanos((long) (TIMING.heartbeat().toNanos() * (rate - 1)));
            sendHeartbeat(QUICK, QUICK);
        }
    }

    private static Neighbor watched(Timing timing) {
        return new Neighbor(1, Duration.ofSeconds(-1), timing.ttl(), timing.grace());
    }

    private boolean allows() {
        return guard.markDeadCondition(OTHER, clock.nanoTime()).isPresent();
    }

    private Instant expectedTime() {
        return guard.markDeadCondition(OTHER, clock.nanoTime()).orElseThrow().expectedTime();
    }

    private void settle() {
        sendHeartbeatsFor(WINDOW.multipliedBy(2));
        sendHeartbeat(QUICK, QUICK);
        assertThat(allows()).isTrue();
    }

    private void sendHeartbeatsFor(Duration time) {
        Duration rest = time;
        while (rest.compareTo(TIMING.heartbeat()) > 0) {
            pass(TIMING.heartbeat().minus(QUICK.multipliedBy(2)));
            sendHeartbeat(QUICK, QUICK);
            rest = rest.minus(TIMING.heartbeat());
        }
        pass(rest);
    }

    private void assertThatNothingIsAllowedForAWhile() {
        assertThat(allows()).isFalse();
        sendHeartbeatsFor(WINDOW.minus(QUICK));
        assertThat(allows()).isFalse();
        pass(QUICK);
        assertThat(allows()).isTrue();
    }

    private void sendHeartbeat(Duration request, Duration reply) {
        guard.record(heartbeat(request, reply));
    }

    private Heartbeat heartbeat(Duration request, Duration reply) {
        long sent = clock.nanoTime();
        pass(request);
        Instant answered = databaseTime;
        pass(reply);
        return new Heartbeat(sent, clock.nanoTime(), answered);
    }

    private void pass(Duration time) {
        clock.pass(time);
        databaseTime = databaseTime.plus(time);
    }
}
