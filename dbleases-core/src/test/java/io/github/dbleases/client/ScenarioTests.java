package io.github.dbleases.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.store.Census;
import io.github.dbleases.store.memory.InMemoryLeaseStore.Backup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Schedules that are told step by step, many of which an earlier version of the rules failed. */
class ScenarioTests {

    private static final Timing TIMING = Timing.DEFAULT;
    private static final LeaseClientConfig CONFIG = LeaseClientConfig.defaults().withTiming(TIMING);
    private static final Timing SLOW = new Timing(
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofMillis(500));
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration TAKEOVER = TIMING.ttl().plus(TIMING.grace()).plusMillis(200);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final SimCluster cluster = new SimCluster(1);
    private final SimDatabase database = cluster.database();

    @AfterEach
    void noInvariantIsBroken() {
        assertThat(cluster.world().violation()).isNull();
    }

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
    void neighboursThatCrashTogetherAreAllFound() {
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
    void aClientThatIsStoppedTrustsNothingWhenItGoesOn() {
        SimProcess stopped = start(12);
        SimProcess other = start(12);
        settle();

        stopped.environment().pause();
        await(() -> other.view("orders").size() == 12, TAKEOVER);
        assertThat(stopped.view("orders")).isEmpty();

        stopped.environment().resume(Duration.ZERO);
        settle();
        assertThat(stopped.view("orders")).hasSize(6);
    }

    @Test
    void aHandOverWhosePendingSessionDiedGoesToWhomTheBalancerNames() {
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
    void aHandOverThatIsWithdrawnAfterTheOwnerDroppedThePartitionIsFinished() {
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
    void aStepOfTheDatabaseClockThatHidesBehindSlowHeartbeatsKillsNobodyTooEarly() {
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
    void clientsWithShortTtlsGiveThoseWithLongOnesTimeToRenewAfterAStepOfTheClock() {
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
    void theBalanceIsPutRightWhenTheClockIsSetBackAfterAJoin() {
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
    void theNumberOfPartitionsChangesAfterAllMembersHaveCrashed() {
        List<SimProcess> old = start(2, 12);
        settle();
        old.forEach(process -> process.environment().crash());
        cluster.run(TAKEOVER);

        SimProcess fresh = start(20);

        await(() -> fresh.view("orders").size() == 20, TIMING.ttl().multipliedBy(2));
    }

    @Test
    void aRestartedClientDoesNotKillTheOthersWhenTheDatabaseComesBack() {
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
    void whatAMarkedSessionOwnedIsGivenOutEvenIfTheOneWhoMarkedItDies() {
        List<SimProcess> three = start(3, 12);
        settle();
        long victim = three.get(0).engine().currentSession();

        three.get(0).environment().crash();
        await(() -> cluster.census().sessions().stream().anyMatch(row -> row.id() == victim && !row.live()), TAKEOVER);
        SimProcess marker = watcherOf(victim, three);
        marker.environment().crash();
        settle();

        assertThat(owners()).hasSize(12);
    }

    @Test
    void theBalanceIsPutRightEvenIfTheOneWhoWaitedForTheDebounceDies() {
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
    void aRequestToLeaveThatComesLateDoesNotEndTheMembershipThatFollowed() {
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
    void aListenerOfALeaseThatIsJoinedWhileTheWallClockIsWrongIsToldLater() {
        SimProcess process = start(4);
        settle();

        process.environment().setWallClock(Duration.ofHours(1));
        process.join("invoices", 4);
        process.environment().setWallClock(Duration.ZERO);
        settle();

        assertThat(process.view("invoices")).hasSize(4);
    }

    @Test
    void aFailoverThatLosesAHandOverLeavesOneOwner() {
        SimProcess owner = start(4);
        settle();
        Backup standby = database.store().backup();
        SimProcess receiver = start(4);
        await(() -> receiver.view("orders").size() == 2, SOON);

        database.failOverTo(standby);
        settle();

        assertThat(owner.view("orders").size() + receiver.view("orders").size()).isEqualTo(4);
    }

    @Test
    void aFailoverThatLosesAGrantLeavesOneOwner() {
        SimProcess victim = start(4);
        SimProcess other = start(4);
        settle();
        victim.environment().crash();
        long dead = victim.engine().currentSession();
        await(() -> cluster.census().sessions().stream().anyMatch(row -> row.id() == dead && !row.live()), TAKEOVER);
        Backup killedButNotGranted = database.store().backup();
        await(() -> other.view("orders").size() == 4, SOON);

        database.failOverTo(killedButNotGranted);
        settle();

        assertThat(other.view("orders")).hasSize(4);
    }

    @Test
    void aFailoverThatLosesAKillLeavesOneOwner() {
        SimProcess victim = start(4);
        SimProcess other = start(4);
        settle();
        victim.environment().cut(true);
        await(() -> victim.view("orders").isEmpty(), TAKEOVER);
        Backup beforeTheKill = database.store().backup();
        await(() -> other.view("orders").size() == 4, SOON);

        database.failOverTo(beforeTheKill);
        victim.environment().cut(false);
        settle();

        assertThat(victim.view("orders")).hasSize(2);
        assertThat(other.view("orders")).hasSize(2);
    }

    @Test
    void aFailoverThatLosesANewSessionLeavesOneOwner() {
        SimProcess old = start(4);
        settle();
        Backup standby = database.store().backup();
        SimProcess fresh = start(4);
        settle();

        database.failOverTo(standby);
        settle();

        assertThat(old.view("orders")).hasSize(2);
        assertThat(fresh.view("orders")).hasSize(2);
    }

    @Test
    void aHundredLeasesCostOneHeartbeat() {
        SimProcess process = start(12);
        for (int i = 0; i < 100; i++) {
            process.join("lease-" + i, 12);
        }
        settle();
        int heartbeats = process.environment().heartbeats();
        int others = process.environment().otherRequests();

        cluster.run(TIMING.heartbeat().multipliedBy(10));

        assertThat(process.environment().heartbeats() - heartbeats).isBetween(9, 11);
        assertThat(process.environment().otherRequests() - others)
                .as("only the audit, once per TTL")
                .isBetween(1, 3);
    }

    private SimProcess start(int partitions) {
        return start(partitions, TIMING);
    }

    private SimProcess start(int partitions, Timing timing) {
        SimProcess process = cluster.start(CONFIG.withTiming(timing));
        process.join("orders", partitions);
        return process;
    }

    private List<SimProcess> start(int count, int partitions) {
        List<SimProcess> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            started.add(start(partitions));
        }
        return started;
    }

    private void settle() {
        cluster.run(LONG);
        cluster.checkShared();
        assertThat(cluster.world().violation()).isNull();
    }

    private void await(BooleanSupplier condition, Duration atMost) {
        assertThat(cluster.runUntil(condition, atMost)).as("within " + atMost).isTrue();
    }

    /** Waits until the next heartbeat of a process has been sent and answered. */
    private void awaitHeartbeat(SimProcess process) {
        Trust before = process.engine().keeper().trust();
        await(
                () -> process.engine().keeper().trust() != before,
                TIMING.heartbeat().plusSeconds(2));
    }

    private static void holdAll(SimProcess process, Duration time) {
        process.view("orders").forEach(partition -> process.hold("orders", partition, time));
    }

    private Census.Lease orders() {
        return cluster.census().leases().get(0);
    }

    private int members() {
        return orders().snapshot().members().size();
    }

    private static List<Long> sessions(List<SimProcess> processes) {
        return processes.stream()
                .map(process -> process.engine().currentSession())
                .toList();
    }

    private Map<Integer, Long> owners() {
        Map<Integer, Long> owners = new TreeMap<>();
        orders().snapshot().partitions().stream()
                .filter(Partition::ownerLive)
                .forEach(row -> owners.put(row.number(), row.owner()));
        return owners;
    }

    private List<Integer> moved(Map<Integer, Long> before) {
        Map<Integer, Long> now = owners();
        return before.keySet().stream()
                .filter(partition -> !before.get(partition).equals(now.get(partition)))
                .toList();
    }

    private Map<Integer, Long> tokens() {
        Map<Integer, Long> tokens = new TreeMap<>();
        orders().snapshot().partitions().forEach(row -> tokens.put(row.number(), row.token()));
        return tokens;
    }

    private long unchanged(Map<Integer, Long> before) {
        Map<Integer, Long> now = tokens();
        return before.keySet().stream()
                .filter(partition -> before.get(partition).equals(now.get(partition)))
                .count();
    }

    /** Returns the process whose session follows that of a dead one: it is the one that marks it. */
    private static SimProcess watcherOf(long victim, List<SimProcess> processes) {
        List<SimProcess> alive = processes.stream()
                .filter(process -> !process.environment().isCrashed())
                .sorted((one, other) -> Long.compare(
                        one.engine().currentSession(), other.engine().currentSession()))
                .toList();
        return alive.stream()
                .filter(process -> process.engine().currentSession() > victim)
                .findFirst()
                .orElse(alive.get(0));
    }
}
