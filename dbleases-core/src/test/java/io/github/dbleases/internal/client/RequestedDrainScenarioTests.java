package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Party;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.OperationRefusedException;
import io.github.dbleases.OperationRefusedException.Reason;
import io.github.dbleases.OperationResult;
import io.github.dbleases.OperationResult.PlannedMove;
import io.github.dbleases.memory.InMemoryLeaseStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** One client asks another one, through the store, to hand over everything and stand by. */
class RequestedDrainScenarioTests extends Scenario {

    private static final Duration HEARTBEAT = TIMING.heartbeat().plusMillis(100);

    private OperationResult ask(
            SimProcess asked, Function<DefaultLeaseAdministration, CompletableFuture<OperationResult>> operation) {
        CompletableFuture<OperationResult> result = start(asked, operation);
        await(result::isDone, SOON);
        return result.join();
    }

    private static CompletableFuture<OperationResult> start(
            SimProcess asked, Function<DefaultLeaseAdministration, CompletableFuture<OperationResult>> operation) {
        CompletableFuture<OperationResult> result = new CompletableFuture<>();
        asked.administer(administration -> operation.apply(administration).whenComplete((done, failure) -> {
            if (failure == null) {
                result.complete(done);
            } else {
                result.completeExceptionally(failure);
            }
        }));
        return result;
    }

    private OperationResult drain(SimProcess asked, long session) {
        return ask(asked, administration -> administration.startDrain(session, true));
    }

    private OperationResult resume(SimProcess asked, long session) {
        return ask(asked, administration -> administration.startDrain(session, false));
    }

    private static long session(SimProcess process) {
        return process.engine().currentSession();
    }

    @Test
    void aClientThatIsDrainedByAnotherOneOwnsNothingAfterItsNextHeartbeat() {
        List<SimProcess> processes = start(3, 12);
        settle();
        SimProcess drained = processes.get(0);
        long session = session(drained);

        assertThat(drain(processes.get(1), session).changed()).isTrue();
        await(() -> drained.view("orders").isEmpty(), HEARTBEAT);

        settle();
        assertThat(owners()).hasSize(12).doesNotContainValue(session);
        assertThat(members()).isEqualTo(2);
        assertThat(session(drained)).isEqualTo(session);
        assertThat(drained.engine().status().drained()).isTrue();
        assertThat(drained.engine().status().drainRequested()).isTrue();
        assertThat(processes.get(1).engine().status().drained()).isFalse();

        assertThat(resume(processes.get(2), session).changed()).isTrue();
        await(() -> drained.view("orders").size() == 4, SOON);
        settle();
        assertThat(drained.engine().status().drained()).isFalse();
    }

    @Test
    void aClientCanAskForItsOwnDrain() {
        List<SimProcess> processes = start(2, 4);
        settle();
        SimProcess drained = processes.get(0);

        drain(drained, session(drained));

        await(() -> processes.get(1).view("orders").size() == 4, SOON);
        settle();
        resume(drained, session(drained));
        await(() -> drained.view("orders").size() == 2, SOON);
    }

    @Test
    void aLiveSessionIsAskedAndKeepsWhatItHolds() {
        List<SimProcess> processes = start(2, 4);
        settle();
        SimProcess drained = processes.get(0);
        holdAll(drained, Duration.ofSeconds(30));

        drain(processes.get(1), session(drained));
        cluster.run(Duration.ofSeconds(25));

        assertThat(drained.view("orders").isEmpty()).isTrue();
        assertThat(owners()).containsValue(session(drained));
        await(() -> !owners().containsValue(session(drained)), Duration.ofSeconds(10));
        settle();
    }

    @Test
    void aDryRunPlansWhatADrainDoesAndChangesNothing() {
        List<SimProcess> processes = start(3, 12);
        processes.forEach(process -> {
            process.join(LeaseSpec.leader("reports"));
            process.join(LeaseSpec.leader("backups"));
        });
        settle();
        SimProcess drained = processes.get(0);
        long session = session(drained);
        Map<String, Long> tokens = cluster.tokens();
        Map<String, Long> planned = new TreeMap<>();

        OperationResult plan = ask(
                processes.get(1),
                administration -> ((DefaultLeaseAdministration) administration.dryRun()).startDrain(session, true));
        cluster.run(LONG);

        assertThat(plan.dryRun()).isTrue();
        assertThat(plan.changed()).isTrue();
        assertThat(cluster.tokens()).isEqualTo(tokens);
        plan.moves().forEach(move -> {
            assertThat(move.from().id()).isEqualTo(session);
            move.partitions().forEach(number -> planned.put(move.lease() + "/" + number, receiver(move)));
        });
        Map<String, Long> owned = owned(session);
        assertThat(planned.keySet()).isEqualTo(owned.keySet()).hasSizeGreaterThanOrEqualTo(4);

        assertThat(drain(processes.get(1), session).moves()).isEqualTo(plan.moves());
        settle();
        planned.forEach((partition, receiver) -> assertThat(owned(receiver)).containsKey(partition));
    }

    private static long receiver(PlannedMove move) {
        Party to = move.to();
        return to == null ? 0 : to.id();
    }

    private Map<String, Long> owned(long session) {
        Map<String, Long> owned = new TreeMap<>();
        cluster.clusterSnapshot()
                .leases()
                .forEach(lease -> lease.snapshot().partitions().stream()
                        .filter(row -> row.owner() == session)
                        .forEach(row -> owned.put(lease.snapshot().lease() + "/" + row.number(), row.token())));
        return owned;
    }

    @Test
    void thePlanOfTheLastMemberHasNoReceiver() {
        SimProcess only = start(4);
        settle();

        OperationResult result = drain(only, session(only));

        assertThat(result.moves()).singleElement().satisfies(move -> {
            assertThat(move.partitions()).hasSize(4);
            assertThat(move.to()).isNull();
        });
        await(() -> owners().isEmpty(), SOON);
    }

    @Test
    void aRepetitionChangesNothing() {
        List<SimProcess> processes = start(2, 4);
        settle();
        long session = session(processes.get(0));
        assertThat(resume(processes.get(1), session).changed()).isFalse();
        drain(processes.get(1), session);
        settle();
        Map<Integer, Long> tokens = tokens();

        assertThat(drain(processes.get(1), session).changed()).isFalse();

        settle();
        assertThat(tokens()).isEqualTo(tokens);
    }

    @Test
    void aSessionThatIsNotLiveIsRefused() {
        List<SimProcess> processes = start(2, 4);
        settle();

        CompletableFuture<OperationResult> refused =
                start(processes.get(0), administration -> administration.startDrain(4711, true));
        await(refused::isDone, SOON);

        assertThatThrownBy(refused::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(OperationRefusedException.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(Reason.NOT_FOUND);
                    assertThat(refusal).hasMessageContaining("There is no live session 4711.");
                });
    }

    @Test
    void aClientThatLosesItsSessionStaysDrainedUntilItIsResumed() {
        List<SimProcess> processes = start(2, 4);
        settle();
        SimProcess drained = processes.get(0);
        long session = session(drained);
        drain(processes.get(1), session);
        settle();

        drained.environment().cut(true);
        cluster.run(LONG);
        drained.environment().cut(false);
        await(() -> session(drained) != session && session(drained) != 0, LONG);

        settle();
        assertThat(members()).isOne();
        assertThat(drained.engine().status().drainRequested()).isTrue();
        assertThat(resume(processes.get(1), session(drained)).changed()).isTrue();
        await(() -> drained.view("orders").size() == 2, SOON);
        settle();
    }

    @Test
    void aClientThatIsStoppedAndStartedAgainTakesPart() {
        List<SimProcess> processes = start(2, 4);
        settle();
        SimProcess drained = processes.get(0);
        drain(processes.get(1), session(drained));
        settle();

        drained.stop();
        await(drained::isClosed, LONG);
        drained.start();

        await(() -> drained.view("orders").size() == 2, LONG);
        settle();
        assertThat(drained.engine().status().drained()).isFalse();
    }

    @Test
    void aClientStandsByUntilBothTheApplicationAndTheOperationHaveResumedIt() {
        List<SimProcess> processes = start(2, 4);
        settle();
        SimProcess drained = processes.get(0);
        drained.drain();
        settle();
        assertThat(drained.engine().status().drainRequested()).isFalse();
        assertThat(drain(processes.get(1), session(drained)).changed()).isTrue();
        settle();

        drained.resume();
        settle();
        assertThat(drained.view("orders").isEmpty()).isTrue();

        drained.drain();
        resume(processes.get(1), session(drained));
        cluster.run(LONG);
        assertThat(drained.view("orders").isEmpty()).isTrue();

        drained.resume();
        await(() -> drained.view("orders").size() == 2, SOON);
        settle();
    }

    @Test
    void aClientTakesPartAgainIfAFailoverHasForgottenTheRequest() {
        List<SimProcess> processes = start(2, 4);
        settle();
        SimProcess drained = processes.get(0);
        InMemoryLeaseStore.Backup before = database.store().backup();
        drain(processes.get(1), session(drained));
        await(() -> processes.get(1).view("orders").size() == 4, SOON);

        database.failOverTo(before);

        await(() -> drained.view("orders").size() == 2, LONG);
        settle();
    }

    @Test
    void theHistoryTellsWhoAskedForADrain() {
        List<SimProcess> processes = start(2, 4);
        settle();
        long session = session(processes.get(0));

        ask(
                processes.get(1),
                administration ->
                        ((DefaultLeaseAdministration) administration.requestedBy("alice")).startDrain(session, true));
        drain(processes.get(1), session);

        List<HistoryEvent> events =
                database.store().workChannel(TIMING).history(HistoryQuery.ofSession(session)).stream()
                        .filter(event -> event.type() == HistoryEvent.Type.OPERATION)
                        .toList();
        assertThat(events).extracting(HistoryEvent::detail).containsExactly("drain: nothing to do", "drain");
        assertThat(events.get(1).principal()).isEqualTo("alice");
        assertThat(events.get(1).by()).extracting(Party::id).isEqualTo(session(processes.get(1)));
    }
}
