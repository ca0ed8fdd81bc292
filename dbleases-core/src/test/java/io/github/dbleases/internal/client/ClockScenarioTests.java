package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.Timing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Schedules in which a clock is set, slewed or stopped. */
class ClockScenarioTests extends Scenario {

    private static final Timing SLOW = new Timing(
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3));

    @Test
    void aFreshClientDoesNotMarkOthersDeadWhenTheDatabaseClockHasJustStepped() {
        List<SimProcess> three = start(3, 12);
        settle();
        Map<Integer, Long> tokens = tokens();

        database.jump(Duration.ofSeconds(8));
        start(12);
        cluster.run(LONG);

        assertThat(three).allMatch(process -> process.view("orders").size() == 3);
        assertThat(unchanged(tokens)).isEqualTo(9);
    }

    @Test
    void aStepOfTheDatabaseClockThatHidesBehindSlowHeartbeatsMarksNoSessionDeadTooEarly() {
        SimProcess victim = start(4);
        cluster.run(TIMING.heartbeat().dividedBy(2));
        SimProcess slow = start(4);
        settle();
        awaitHeartbeat(victim);
        victim.environment().cut(true);

        slow.environment().latency(Duration.ofMillis(600), Duration.ofMillis(300));
        awaitHeartbeat(slow);
        slow.environment().latency(Duration.ofMillis(250), Duration.ofMillis(700));
        database.jump(Duration.ofMillis(1500));
        awaitHeartbeat(slow);
        slow.environment().latency(Duration.ofMillis(1), Duration.ofMillis(1));
        cluster.run(LONG);

        assertThat(slow.view("orders")).hasSize(4);
    }

    @Test
    void clientsWithShortTtlsGiveOthersTimeToRenewAfterAStepOfTheClock() {
        SimProcess slow = start(12, SLOW);
        start(12);
        settle();
        long session = slow.engine().currentSession();

        database.jump(SLOW.ttl().plusSeconds(10));
        cluster.run(LONG.multipliedBy(2));

        assertThat(slow.engine().currentSession()).isEqualTo(session);
        assertThat(slow.view("orders")).hasSize(6);
    }

    @Test
    void aDatabaseClockThatIsSlewedBy8PercentMakesNoTwoOwners() {
        Timing slow = Timing.of(Duration.ofSeconds(30));
        SimProcess victim = start(4, slow);
        SimProcess other = start(4, slow);
        cluster.run(Duration.ofMinutes(3));
        awaitHeartbeat(victim);

        victim.environment().cut(true);
        database.clock().run(1.0833);
        cluster.run(slow.ttl().multipliedBy(3));
        assertThat(other.view("orders")).as("the drift is seen").hasSize(2);

        database.clock().run(1);
        cluster.run(slow.ttl().multipliedBy(3));
        assertThat(other.view("orders")).hasSize(4);
    }

    @Test
    void aClientWhoseOwnClockIsSlewedWithTheDatabaseMakesNoTwoOwners() {
        Timing slow = Timing.of(Duration.ofSeconds(30));
        double rate = 1 + slow.toleratedClockRate() - 0.001;
        SimProcess victim = start(4, slow);
        SimProcess other = start(4, slow);
        cluster.run(Duration.ofMinutes(3));
        awaitHeartbeat(victim);

        victim.environment().cut(true);
        database.clock().run(rate);
        other.environment().runClocks(rate, 1);
        await(() -> other.view("orders").size() == 4, slow.ttl().multipliedBy(2));
    }

    @Test
    void aSessionIsMarkedDeadAfterItsOwnGraceEvenIfOthersHaveAShorterOne() {
        Timing patient = new Timing(
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofMillis(10),
                Duration.ofSeconds(4));
        SimProcess victim = start(4, patient);
        SimProcess other = start(4);
        cluster.run(Duration.ofMinutes(3));
        awaitHeartbeat(victim);

        victim.environment().cut(true);
        victim.environment().runClocks(0.92, 0.92);
        await(() -> other.view("orders").size() == 4, Duration.ofMinutes(1));
    }

    @Test
    void theTrustCountsFromBeforeTheHeartbeatWasSent() {
        SimProcess process = start(4);
        settle();
        awaitHeartbeat(process);

        process.environment().latency(Duration.ofMillis(1), Duration.ofMillis(900));
        awaitHeartbeat(process);
        process.environment().cut(true);
        Duration rest = TIMING.trust().minusMillis(901);

        cluster.run(rest.minusMillis(10));
        assertThat(process.view("orders")).hasSize(4);
        cluster.run(Duration.ofMillis(20));
        assertThat(process.view("orders")).isEmpty();
    }

    @Test
    void aLeaseIsBalancedEvenIfTheClockIsSetBackAfterAJoin() {
        SimProcess first = start(12);
        settle();
        SimProcess second = start(12);
        await(() -> members() == 2, SOON);

        database.jump(Duration.ofMinutes(-5));
        cluster.run(LONG);

        assertThat(first.view("orders")).hasSize(6);
        assertThat(second.view("orders")).hasSize(6);
    }

    @Test
    void aListenerOfALeaseThatIsJoinedWhileTheWallClockIsWrongIsToldLater() {
        SimProcess process = start(4);
        settle();

        process.environment().setWallClock(Duration.ofHours(1));
        process.join("invoices", 4);
        process.environment().setWallClock(Duration.ZERO);
        settle();

        assertThat(process.view("invoices")).hasSize(4);
    }
}
