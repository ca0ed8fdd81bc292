package io.github.dbleases.internal.client;

import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.PartitionSet;
import io.github.dbleases.testing.log.LogCapture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Step-by-step schedules, many of which an earlier version of the rules failed. */
class ScenarioTests extends Scenario {

    @Test
    void tenClientsShareFairlyAndOneMoreOrLessMovesOnlyWhatItMust() {
        List<SimProcess> ten = start(10, 128);
        settle();
        assertThat(ten).allMatch(process -> process.view("orders").size() / 2 == 6);

        Map<Integer, Long> before = owners();
        SimProcess eleventh = start(128);
        settle();
        assertThat(moved(before)).hasSize(11);
        assertThat(eleventh.view("orders")).hasSize(11);

        before = owners();
        PartitionSet left = ten.get(3).view("orders");
        ten.get(3).close();
        settle();
        assertThat(moved(before)).containsExactlyElementsOf(left);
    }

    @Test
    void moreClientsThanPartitionsIsNormal() {
        List<SimProcess> forty = start(40, 32);
        settle();

        assertThat(forty)
                .filteredOn(process -> process.view("orders").size() == 1)
                .hasSize(32);
        assertThat(forty)
                .filteredOn(process -> process.view("orders").isEmpty())
                .hasSize(8);
    }

    @Test
    void aCrashedClientIsReplacedAfterItsTtlAndTheGrace() {
        SimProcess victim = start(12);
        SimProcess other = start(12);
        settle();

        victim.environment().crash();

        await(() -> other.view("orders").size() == 12, TAKEOVER);
    }

    @Test
    void newSessionsDoNotDelayATakeOver() {
        SimProcess steady = start(12);
        for (int round = 0; round < 6; round++) {
            SimProcess victim = start(12);
            settle();

            victim.environment().crash();
            long crash = cluster.world().nanos();
            cluster.run(TIMING.ttl().dividedBy(2));
            SimProcess newcomer = start(12);
            cluster.run(TAKEOVER.minusNanos(cluster.world().nanos() - crash));

            assertThat(steady.view("orders").size() + newcomer.view("orders").size())
                    .as("owned in round " + round)
                    .isEqualTo(12);
            newcomer.close();
        }
    }

    @Test
    void neighborsThatCrashTogetherAreAllFound() {
        List<SimProcess> ten = start(10, 40);
        settle();

        ten.stream().skip(1).forEach(process -> process.environment().crash());

        await(() -> ten.get(0).view("orders").size() == 40, TAKEOVER.plusSeconds(1));
    }

    @Test
    void aClientThatIsCutOffTrustsNothingWhenOthersTakeOverAndComesBackByItself() {
        SimProcess lost = start(12);
        SimProcess other = start(12);
        settle();

        lost.environment().cut(true);
        await(() -> other.view("orders").size() == 12, TAKEOVER);
        assertThat(lost.view("orders")).isEmpty();

        lost.environment().cut(false);
        settle();
        assertThat(lost.view("orders")).hasSize(6);
    }

    @Test
    void aPausedClientTrustsNothingWhenItContinues() {
        SimProcess stopped = start(12);
        SimProcess other = start(12);
        settle();

        stopped.environment().pause();
        await(() -> other.view("orders").size() == 12, TAKEOVER);
        assertThat(stopped.view("orders")).isEmpty();

        stopped.environment().resume(false);
        settle();
        assertThat(stopped.view("orders")).hasSize(6);
    }

    @Test
    void aHandOverIsPostponedWhileAnotherClientHasLockedTheLease() {
        SimProcess owner = start(4);
        settle();
        SimProcess joined = start(4);
        await(
                () -> owners().size() == 4
                        && orders().snapshot().partitions().stream().anyMatch(row -> row.pending() != 0),
                SOON);
        database.lockByOthers(true);
        long requests = owner.environment().otherRequests();
        cluster.run(Duration.ofSeconds(10));

        assertThat(owner.view("orders")).hasSize(2);
        assertThat(joined.view("orders")).isEmpty();
        assertThat(owner.environment().otherRequests() - requests)
                .as("it tries less and less often")
                .isBetween(5L, 40L);

        database.lockByOthers(false);
        await(() -> joined.view("orders").size() == 2, TIMING.ttl().plusSeconds(1));
    }

    @Test
    void aHandOverWhosePendingSessionDiedGoesToTheMemberThatTheBalancerNames() {
        SimProcess owner = start(4);
        settle();
        holdAll(owner, LONG);
        SimProcess pending = start(4);
        await(() -> owner.view("orders").size() == 2, SOON);

        pending.environment().crash();
        settle();

        assertThat(owner.view("orders")).hasSize(4);
    }

    @Test
    void aHandOverThatIsWithdrawnAfterTheOwnerDroppedThePartitionIsCompleted() {
        SimProcess owner = start(4);
        settle();
        Map<Integer, Long> tokens = tokens();
        holdAll(owner, Duration.ofSeconds(10));
        SimProcess pending = start(4);
        await(() -> owner.view("orders").size() == 2, SOON);
        PartitionSet dropped = PartitionSet.of(0, 1, 2, 3).minus(owner.view("orders"));

        pending.close();
        settle();

        assertThat(owner.view("orders")).hasSize(4);
        assertThat(dropped).allMatch(partition -> tokens().get(partition) > tokens.get(partition));
    }

    @Test
    void partitionsStillHeldAfterTheDrainTimeoutAreLeftToExpire() {
        SimProcess closing = start(4);
        settle();
        long session = closing.engine().currentSession();
        SimProcess other = start(4);
        settle();
        holdAll(closing, LONG);

        closing.close();
        cluster.run(CONFIG.drainTimeout().plusSeconds(1));
        assertThat(owners().values()).contains(session);
        assertThat(other.view("orders")).hasSize(2);

        await(() -> other.view("orders").size() == 4, TAKEOVER);
    }

    @Test
    void theNumberOfPartitionsChangesAfterAllMembersHaveCrashed() {
        List<SimProcess> old = start(2, 12);
        settle();
        old.forEach(process -> process.environment().crash());
        cluster.run(TAKEOVER);

        try (LogCapture log = LogCapture.of(JobQueue.class)) {
            SimProcess fresh = start(20);

            await(() -> fresh.view("orders").size() == 20, TIMING.ttl().multipliedBy(2));
            assertThat(log.warnings()).isEmpty();
            assertThat(log.lines()).filteredOn(line -> line.contains("waits")).hasSize(1);
        }
    }

    @Test
    void aRestartedClientMarksNoOtherDeadWhenTheDatabaseComesBack() {
        List<SimProcess> three = start(3, 12);
        settle();
        List<Long> sessions = sessions(three);

        database.setAway(true);
        cluster.run(Duration.ofSeconds(30));
        assertThat(three).allMatch(process -> process.view("orders").isEmpty());
        three.get(0).environment().crash();
        three.get(1).environment().cut(true);
        three.get(2).environment().cut(true);
        start(12);
        database.setAway(false);
        cluster.run(TIMING.heartbeat().multipliedBy(2));
        three.get(1).environment().cut(false);
        three.get(2).environment().cut(false);
        settle();

        assertThat(sessions(three).subList(1, 3)).isEqualTo(sessions.subList(1, 3));
    }

    @Test
    void partitionsOfADeadSessionAreAssignedEvenIfTheClientThatMarkedItDies() {
        List<SimProcess> three = start(3, 12);
        settle();
        long victim = three.get(0).engine().currentSession();

        three.get(0).environment().crash();
        await(
                () -> cluster.clusterSnapshot().sessions().stream().anyMatch(row -> row.id() == victim && !row.live()),
                TAKEOVER);
        SimProcess marker = watcherOf(victim, three);
        marker.environment().crash();
        settle();

        assertThat(owners()).hasSize(12);
    }

    @Test
    void aLeaseIsBalancedEvenIfTheClientThatWaitedForTheDebounceDies() {
        List<SimProcess> two = start(2, 12);
        settle();
        SimProcess third = start(12);
        await(() -> members() == 3, SOON);

        third.environment().crash();
        SimProcess fourth = start(12);
        settle();

        assertThat(two.get(0).view("orders")).hasSize(4);
        assertThat(fourth.view("orders")).hasSize(4);
    }

    @Test
    void theAuditBalancesALeaseThatNoClientIsAboutToBalance() {
        List<SimProcess> two =
                Stream.of(cluster.start(CONFIG), cluster.start(CONFIG)).collect(toCollection(ArrayList::new));
        settle();
        two.sort(comparingLong(process -> process.engine().currentSession()));
        SimProcess auditor = two.get(0);
        SimProcess other = two.get(1);
        auditor.join("orders", 12);
        settle();
        other.join("orders", 12);
        await(() -> members() == 2, SOON);
        cluster.run(Duration.ofMillis(100));

        other.environment().forgetTimers();
        await(() -> auditor.view("orders").size() == 6, TIMING.ttl().multipliedBy(2));

        settle();
    }

    @Test
    void aRetiredClientThatLosesItsSessionDoesNotJoinAgain() {
        SimProcess retired = start(4);
        SimProcess other = start(4);
        settle();
        long session = retired.engine().currentSession();

        retired.retire();
        cluster.run(Duration.ofMillis(100));
        retired.environment().cut(true);
        await(() -> other.view("orders").size() == 4, TAKEOVER);
        retired.environment().cut(false);
        settle();

        assertThat(retired.engine().currentSession()).isNotIn(0L, session);
        assertThat(members()).isEqualTo(1);
    }

    @Test
    void aLateRequestToLeaveDoesNotEndTheNextMembership() {
        SimProcess process = start(4);
        start(4);
        settle();

        process.environment().latency(Duration.ofMillis(2500), Duration.ofMillis(1));
        process.leave("orders");
        cluster.run(Duration.ofMillis(100));
        process.environment().latency(Duration.ofMillis(1), Duration.ofMillis(1));
        await(() -> members() == 1, Duration.ofMillis(1500));
        await(() -> process.view("orders").isEmpty(), Duration.ofMillis(100));
        cluster.run(Duration.ofMillis(200));
        process.join("orders", 4);
        await(() -> members() == 2, Duration.ofMillis(100));
        settle();

        assertThat(process.view("orders")).hasSize(2);
    }

    @Test
    void aHundredLeasesCostOneHeartbeat() {
        SimProcess process = start(12);
        SimProcess other = start(12);
        for (int i = 0; i < 100; i++) {
            process.join("lease-" + i, 12);
        }
        settle();
        int heartbeats = process.environment().heartbeats();
        int others = otherRequests(process, other);

        cluster.run(TIMING.heartbeat().multipliedBy(10));

        assertThat(process.environment().heartbeats() - heartbeats).isBetween(9, 11);
        assertThat(otherRequests(process, other) - others)
                .as("only the audit by one of them, once per TTL")
                .isBetween(1, 3);
    }

    private static int otherRequests(SimProcess... processes) {
        return Stream.of(processes)
                .mapToInt(process -> process.environment().otherRequests())
                .sum();
    }
}
