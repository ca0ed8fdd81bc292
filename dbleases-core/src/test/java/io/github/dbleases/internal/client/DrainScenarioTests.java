package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A client that is drained hands over everything, stands by, and takes part again when it is resumed. */
class DrainScenarioTests extends Scenario {

    private static final LeaseSpec REPORTS = LeaseSpec.leader("reports");

    @Test
    void aDrainedClientHandsOverEverythingAndKeepsItsSession() {
        List<SimProcess> processes = start(3, 12);
        settle();
        SimProcess drained = processes.get(0);
        long session = drained.engine().currentSession();
        Map<Integer, Long> before = owners();

        drained.drain();
        await(() -> drained.view("orders").isEmpty() && owners().size() == 12, SOON);

        settle();
        assertThat(owners()).doesNotContainValue(session).hasSize(12);
        assertThat(moved(before)).hasSize(4).allMatch(partition -> before.get(partition) == session);
        assertThat(members()).isEqualTo(2);
        assertThat(drained.engine().currentSession()).isEqualTo(session);
    }

    @Test
    void aResumedClientGetsItsShareBack() {
        List<SimProcess> processes = start(3, 12);
        settle();
        SimProcess drained = processes.get(0);
        drained.drain();
        settle();

        drained.resume();

        await(() -> drained.view("orders").size() == 4, SOON);
        settle();
    }

    @Test
    void aHandOverOfADrainedClientWaitsForTheHold() {
        List<SimProcess> processes = start(2, 4);
        settle();
        SimProcess drained = processes.get(0);
        holdAll(drained, Duration.ofSeconds(30));

        drained.drain();
        cluster.run(Duration.ofSeconds(25));

        assertThat(drained.view("orders").isEmpty()).isTrue();
        assertThat(owners()).containsValue(drained.engine().currentSession());
        await(() -> !owners().containsValue(drained.engine().currentSession()), Duration.ofSeconds(10));
        settle();
    }

    @Test
    void aPartitionHasNoOwnerWhileEveryClientStandsBy() {
        List<SimProcess> processes = start(2, 4);
        settle();

        processes.forEach(SimProcess::drain);
        await(() -> owners().isEmpty(), SOON);
        cluster.run(LONG);
        assertThat(owners()).isEmpty();

        processes.get(1).resume();
        await(() -> processes.get(1).view("orders").size() == 4, SOON);
        settle();
    }

    @Test
    void aDrainedLeaderGivesWay() {
        List<SimProcess> processes = start(2, 4);
        processes.forEach(process -> process.join(REPORTS));
        settle();
        SimProcess leader = leader(processes);

        leader.drain();

        await(() -> leader(processes) != leader, SOON);
        settle();
    }

    private static SimProcess leader(List<SimProcess> processes) {
        return processes.stream()
                .filter(process -> !process.view("reports").isEmpty())
                .findAny()
                .orElse(null);
    }

    @Test
    void aDrainedClientStandsByInASessionThatItOpensLater() {
        List<SimProcess> processes = start(2, 4);
        settle();
        SimProcess drained = processes.get(0);
        long session = drained.engine().currentSession();
        drained.drain();
        settle();

        drained.environment().cut(true);
        cluster.run(LONG);
        drained.environment().cut(false);
        await(
                () -> drained.engine().currentSession() != session
                        && drained.engine().currentSession() != 0,
                LONG);

        settle();
        assertThat(members()).isOne();
        drained.resume();
        await(() -> drained.view("orders").size() == 2, SOON);
    }

    @Test
    void aDrainedClientJoinsNewLeasesOnlyWhenItIsResumed() {
        SimProcess process = cluster.start(CONFIG);
        process.drain();
        process.join("orders", 4);
        cluster.run(LONG);
        assertThat(process.view("orders").isEmpty()).isTrue();
        assertThat(cluster.clusterSnapshot().leases()).isEmpty();

        process.resume();

        await(() -> process.view("orders").size() == 4, SOON);
        settle();
    }

    @Test
    void aDrainedClientHasTheSessionForRunningTasksButNotForNewOnes() {
        List<SimProcess> processes = List.of(cluster.start(CONFIG), cluster.start(CONFIG));
        processes.forEach(process -> process.joinTasks("letters", Duration.ZERO));
        cluster.run(LONG);
        JoinedTaskSession tasks = processes.get(0).tasks("letters");
        int changes = processes.get(0).taskListeners().get(0).changes();

        processes.get(0).drain();
        cluster.run(SOON);

        assertThat(tasks.isDrained()).isTrue();
        assertThat(tasks.id()).hasValue(processes.get(0).engine().currentSession());
        assertThat(processes.get(0).taskListeners().get(0).changes()).isGreaterThan(changes);
        assertThat(processes.get(1).tasks("letters").sessions()).isOne();

        processes.get(0).resume();
        await(() -> !tasks.isDrained() && tasks.sessions() == 2, SOON);
        settle();
    }

    @Test
    void aLeaseThatADrainedClientHasLeftAndJoinedAgainIsJoinedWhenItIsResumed() {
        List<SimProcess> processes = start(2, 4);
        settle();
        SimProcess drained = processes.get(0);
        drained.drain();
        settle();

        drained.leave("orders");
        cluster.run(SOON);
        drained.join("orders", 4);
        drained.resume();

        await(() -> drained.view("orders").size() == 2, SOON);
        settle();
    }

    @Test
    void aDrainedClientThatLeavesAndJoinsALeaseOfTasksIsNoMember() {
        List<SimProcess> processes = List.of(cluster.start(CONFIG), cluster.start(CONFIG));
        processes.forEach(process -> process.joinTasks("letters", Duration.ZERO));
        cluster.run(LONG);
        SimProcess drained = processes.get(0);

        drained.drain();
        drained.leave("letters");
        drained.joinTasks("letters", Duration.ZERO);
        cluster.run(LONG);

        assertThat(processes.get(1).tasks("letters").sessions()).isOne();
        settle();
    }

    @Test
    void aDrainIsDoneOnceTheStoreCanBeReached() {
        List<SimProcess> processes = start(2, 4);
        settle();
        SimProcess drained = processes.get(0);
        drained.environment().cutWork(true);

        drained.drain();
        cluster.run(SOON);
        assertThat(drained.view("orders").isEmpty()).isTrue();
        assertThat(owners()).containsValue(drained.engine().currentSession());

        drained.environment().cutWork(false);
        await(() -> !owners().containsValue(drained.engine().currentSession()), SOON.multipliedBy(2));
        settle();
    }

    @Test
    void theStatusTellsThatAClientIsDrainedAndSinceWhenItIsActive() {
        SimProcess process = start(4);
        settle();
        assertThat(process.engine().status().drained()).isFalse();
        assertThat(process.engine().status().since())
                .isBefore(cluster.world().instant().minusSeconds(50));

        process.drain();

        assertThat(process.engine().status().drained()).isTrue();
    }
}
