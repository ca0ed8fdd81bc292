package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.LeaseSpec;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules in which the engine of a process runs out of memory or threads at the worst moment. */
@Isolated("Other simulations would draw more random numbers while errors are installed.")
class ErrorScenarioTests extends Scenario {

    private static Interruptions.Installed installed;

    @BeforeAll
    static void install() {
        installed = Interruptions.install();
    }

    @AfterAll
    static void takeOut() {
        installed.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LeaseOwnership.loseAll",
                "LeaseOwnership.publish",
                "LeaseOwnership.announceStops",
                "Reconciler.loseAll",
                "Engine.ended",
                "EventPublisher.sessionLost",
                "TrustDeadline.noticeLapse"
            })
    void grantsOfALostSessionAreNotTrustedInTheNextOne(String failing) {
        SimProcess victim = start(4);
        SimProcess other = start(4);
        victim.join("invoices", 4);
        other.join("invoices", 4);
        settle();
        long lost = victim.engine().currentSession();
        victim.environment().pause();
        await(() -> other.view("orders").size() == 4 && other.view("invoices").size() == 4, TAKEOVER.plus(SOON));

        Interruptions exhausted = Interruptions.at(failing);
        victim.environment().interrupt(exhausted);
        victim.environment().resume(false);
        cluster.run(LONG);
        assertThat(exhausted.thrown()).isPositive();
        assertThat(victim.engine().currentSession())
                .as("no session before the loss is complete")
                .isIn(0L, lost);
        assertThat(victim.view("orders")).isEmpty();

        victim.environment().noErrors();
        settle();
        assertThat(victim.view("orders")).hasSize(2);
    }

    @Test
    void aHandOverContinuesWhenThereAreThreadsForListenersAgain() {
        SimProcess owner = start(4);
        settle();
        owner.environment().threads(false);
        SimProcess receiver = start(4);
        cluster.run(Duration.ofSeconds(20));
        assertThat(receiver.view("orders"))
                .as("the listener has not been told to stop")
                .isEmpty();

        owner.environment().threads(true);
        settle();
        assertThat(receiver.view("orders")).hasSize(2);
    }

    @Test
    void aSessionIsKeptAlthoughNoHeartbeatCanBeSubmittedForAWhile() {
        SimProcess process = start(4);
        settle();

        Interruptions exhausted = Interruptions.at("SessionKeeper.schedule");
        process.environment().interrupt(exhausted);
        cluster.run(TIMING.heartbeat().multipliedBy(2));
        assertThat(exhausted.thrown()).isPositive();
        process.environment().noErrors();
        settle();

        assertThat(process.view("orders")).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "JobQueue.submitFirst",
                "Reconciler.prepareReading",
                "Reconciler.apply",
                "Reconciler.reconcile",
                "Reconciler.drained",
                "HandOverQueue$LeaseBatch.send",
                "HandOverQueue$LeaseBatch.prepare",
                "HandOverQueue$LeaseBatch.done"
            })
    void anInterruptedHandOverIsResumed(String failing) {
        SimProcess first = start(4);
        settle();
        Interruptions exhausted = Interruptions.at(failing);
        first.environment().interrupt(exhausted);
        SimProcess second = start(4);
        cluster.run(Duration.ofSeconds(10));
        assertThat(exhausted.thrown()).isPositive();

        first.environment().noErrors();
        settle();
        assertThat(second.view("orders")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Observers.tell", "Observers$ObservedListener.returned"})
    void listenersAreToldWhatCannotBeObserved(String failing) {
        SimProcess first = start(4);
        Interruptions exhausted = Interruptions.at(failing);
        first.environment().interrupt(exhausted);
        cluster.run(LONG);
        SimProcess second = start(4);
        cluster.run(LONG);
        assertThat(exhausted.thrown()).isPositive();
        assertThat(first.view("orders")).hasSize(2);
        assertThat(second.view("orders")).hasSize(2);

        first.environment().noErrors();
        settle();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Engine.stateChanged", "SessionKeeper.start", "JoinedLease.started"})
    void aStartThatFailedCanBeRepeated(String failing) {
        SimProcess process = start(4);
        settle();
        process.stop();
        cluster.run(SOON);

        Interruptions exhausted = Interruptions.at(failing);
        process.environment().interrupt(exhausted);
        process.start();
        cluster.run(SOON);
        assertThat(exhausted.thrown()).isPositive();

        process.environment().noErrors();
        settle();
        assertThat(process.view("orders")).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Engine.stateChanged", "SessionKeeper.end", "JoinedLease.stopped", "Stopping.complete"})
    void aStartThatFollowsAStopSurvivesItsInterruption(String failing) {
        SimProcess process = start(4);
        settle();
        holdAll(process, Duration.ofSeconds(1));
        process.stop();
        process.start();

        Interruptions exhausted = Interruptions.at(failing);
        process.environment().interrupt(exhausted);
        cluster.run(SOON);
        assertThat(exhausted.thrown()).isPositive();

        process.environment().noErrors();
        settle();
        assertThat(process.view("orders")).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JobQueue.submitInATtl", "JoinedLeases.drained", "ClusterMaintenance.schedule"})
    void aRestoredCandidateThatWasInterruptedWhenItLeftLeavesAgain(String failing) {
        SimProcess leader = cluster.start(CONFIG);
        leader.join(LeaseSpec.leader("orders"));
        settle();
        SimProcess candidate = cluster.start(CONFIG);
        candidate.join(LeaseSpec.leader("orders"));
        settle();

        Interruptions exhausted = Interruptions.at(failing);
        candidate.environment().interrupt(exhausted);
        candidate.leave("orders");
        await(() -> exhausted.thrown() > 0, SOON);
        candidate.environment().noErrors();
        await(() -> members() == 1, SOON);
        restoreMembership(candidate, "orders");

        await(() -> members() == 1, TIMING.ttl().plus(SOON));
    }

    @Test
    void aListenerThatCouldNotBeAddedIsToldNothing() {
        SimProcess process = start(4);
        settle();
        JoinedLease lease = process.everJoined().get(0);
        SimListener listener = new SimListener(cluster.world(), process.name(), lease);

        Interruptions.at("ListenerQueues.add")
                .during(() -> assertThatThrownBy(() -> lease.addListener(listener))
                        .isInstanceOf(SimEnvironment.SimulatedError.class));
        settle();
        assertThat(listener.started()).isEmpty();

        lease.addListener(listener);
        settle();
        assertThat(listener.started()).hasSize(4);
    }

    @Test
    void aListenerThatWasAddedIsToldLaterWhatIsOwned() {
        SimProcess process = start(4);
        settle();
        JoinedLease lease = process.everJoined().get(0);
        SimListener listener = new SimListener(cluster.world(), process.name(), lease);

        Interruptions.at("Listeners.assigned").during(() -> lease.addListener(listener));
        settle();

        assertThat(listener.started()).hasSize(4);
    }
}
