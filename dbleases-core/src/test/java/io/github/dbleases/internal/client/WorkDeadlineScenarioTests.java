package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.ClientStatus.OverdueWork;
import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.HistoryEvent.Type;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.WorkDeadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Work that holds a partition or a leadership for longer than its deadline. */
class WorkDeadlineScenarioTests extends Scenario {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration NOTICED = LIMIT.plus(TIMING.heartbeat()).plusMillis(200);
    private static final LeaseSpec REPORTS = LeaseSpec.leader("reports");

    private List<SimProcess> startTwo(WorkDeadline deadline) {
        LeaseClientConfig config = CONFIG.toBuilder()
                .workDeadline("orders", deadline)
                .workDeadline("reports", deadline)
                .build();
        List<SimProcess> processes = List.of(cluster.start(config), cluster.start(config));
        processes.forEach(process -> process.join("orders", 4));
        settle();
        return processes;
    }

    private static int first(SimProcess process) {
        return process.view("orders").iterator().next();
    }

    private List<HistoryEvent> events(String lease, Type type) {
        return database.store().workChannel(TIMING).history(HistoryQuery.ofLease(lease)).stream()
                .filter(event -> event.type() == type)
                .toList();
    }

    @Test
    void workThatExceedsItsDeadlineIsReportedOnceAndKeepsItsPartition() {
        SimProcess process = startTwo(WorkDeadline.report(LIMIT)).get(0);
        int partition = first(process);
        Map<Integer, Long> tokens = tokens();

        process.hold("orders", partition, Duration.ofSeconds(60));
        cluster.run(LIMIT);
        assertThat(process.engine().status().overdueWork()).isEmpty();
        await(() -> !process.engine().status().overdueWork().isEmpty(), NOTICED.minus(LIMIT));
        cluster.run(Duration.ofSeconds(30));

        assertThat(process.engine().status().overdueWork()).singleElement().satisfies(work -> {
            assertThat(work.lease()).isEqualTo("orders");
            assertThat(work.partition()).isEqualTo(partition);
            assertThat(work.heldFor()).isGreaterThan(Duration.ofSeconds(40));
            assertThat(work.thread()).isEqualTo("simulated-work");
        });
        assertThat(events("orders", Type.WORK_OVERDUE)).singleElement().satisfies(event -> {
            assertThat(event.partitions()).containsExactly(partition);
            assertThat(event.session().id()).isEqualTo(process.engine().currentSession());
            assertThat(event.detail()).isEqualTo("held for longer than PT10S by thread simulated-work");
        });
        assertThat(process.environment().lastWorkThread().isInterrupted()).isFalse();
        assertThat(tokens()).isEqualTo(tokens);

        settle();
        assertThat(process.engine().status().overdueWork()).isEmpty();
        assertThat(tokens()).isEqualTo(tokens);
    }

    @Test
    void workThatEndsInTimeIsNotReported() {
        SimProcess process = startTwo(WorkDeadline.giveUp(LIMIT)).get(0);
        Map<Integer, Long> tokens = tokens();

        for (int i = 0; i < 5; i++) {
            process.hold("orders", first(process), LIMIT);
            cluster.run(LIMIT.plusMillis(10));
        }

        assertThat(events("orders", Type.WORK_OVERDUE)).isEmpty();
        assertThat(tokens()).isEqualTo(tokens);
    }

    @Test
    void aPartitionIsGivenUpInExchangeForAnotherOneWhenItsHoldIsClosed() {
        List<SimProcess> processes = startTwo(WorkDeadline.giveUp(LIMIT));
        SimProcess stuck = processes.get(0);
        SimProcess other = processes.get(1);
        int partition = first(stuck);

        stuck.hold("orders", partition, Duration.ofSeconds(40));
        await(() -> !stuck.view("orders").contains(partition), NOTICED.plus(SOON));
        Thread worker = stuck.environment().lastWorkThread();
        await(worker::isInterrupted, SOON);
        cluster.run(Duration.ofSeconds(20));

        assertThat(other.view("orders").contains(partition)).isFalse();
        assertThat(owners()).containsEntry(partition, stuck.engine().currentSession());
        assertThat(stuck.engine().status().overdueWork())
                .extracting(OverdueWork::partition)
                .containsExactly(partition);
        await(() -> other.view("orders").contains(partition), Duration.ofSeconds(15));
        settle();
        assertThat(other.view("orders").contains(partition)).isTrue();
        assertThat(stuck.view("orders")).hasSize(2);
        assertThat(events("orders", Type.WORK_OVERDUE)).hasSize(1);
        assertThat(events("orders", Type.HAND_OVER_REQUESTED))
                .filteredOn(event -> event.cause() == Cause.WORK_OVERDUE)
                .isNotEmpty();
    }

    @Test
    void severalPartitionsAreGivenUpTogether() {
        List<SimProcess> processes = startTwo(WorkDeadline.giveUp(LIMIT));
        SimProcess stuck = processes.get(0);
        SimProcess other = processes.get(1);
        List<Integer> held = stuck.view("orders").intStream().boxed().toList();

        holdAll(stuck, Duration.ofSeconds(30));
        await(() -> held.stream().allMatch(other.view("orders")::contains), Duration.ofSeconds(40));

        settle();
        assertThat(other.view("orders")).containsExactlyElementsOf(held);
        assertThat(events("orders", Type.WORK_OVERDUE)).hasSize(1);
    }

    @Test
    void manyPartitionsAreGivenUpInSteps() {
        LeaseClientConfig config = CONFIG.toBuilder()
                .workDeadline("large", WorkDeadline.giveUp(LIMIT))
                .build();
        List<SimProcess> processes = List.of(cluster.start(config), cluster.start(config));
        processes.forEach(process -> process.join("large", 100));
        cluster.run(LONG);
        SimProcess stuck = processes.get(0);
        List<Integer> held = stuck.view("large").intStream().boxed().toList();
        assertThat(held).hasSize(50);

        held.forEach(partition -> stuck.hold("large", partition, Duration.ofSeconds(20)));
        cluster.run(LONG);

        assertThat(processes.get(1).view("large")).containsExactlyElementsOf(held);
        assertThat(events("large", Type.WORK_OVERDUE)).hasSize(1);
        cluster.checkShared();
    }

    @Test
    void aLeaderGivesUpWhenItsWorkHasEnded() {
        List<SimProcess> processes = startTwo(WorkDeadline.giveUp(LIMIT));
        processes.forEach(process -> process.join(REPORTS));
        settle();
        SimProcess stuck = processes.get(0).view("reports").isEmpty() ? processes.get(1) : processes.get(0);
        SimProcess other = stuck == processes.get(0) ? processes.get(1) : processes.get(0);

        stuck.hold("reports", 0, Duration.ofSeconds(25));
        await(() -> stuck.view("reports").isEmpty(), NOTICED.plus(SOON));
        cluster.run(SOON);
        assertThat(other.view("reports").isEmpty()).isTrue();

        await(() -> !other.view("reports").isEmpty(), Duration.ofSeconds(15));
        settle();
        assertThat(other.view("reports").isEmpty()).isFalse();
        assertThat(events("reports", Type.WORK_OVERDUE)).hasSize(1);
    }

    @Test
    void aPartitionStaysIfNoOtherClientCanTakeItOver() {
        SimProcess only = cluster.start(CONFIG.toBuilder()
                .workDeadline("orders", WorkDeadline.giveUp(LIMIT))
                .build());
        only.join("orders", 4);
        settle();
        Map<Integer, Long> tokens = tokens();

        only.hold("orders", 2, Duration.ofSeconds(30));
        cluster.run(LONG);

        assertThat(only.environment().lastWorkThread().isInterrupted()).isTrue();
        assertThat(tokens()).isEqualTo(tokens);
        assertThat(events("orders", Type.WORK_OVERDUE)).hasSize(1);
    }

    @Test
    void workThatIgnoresTheInterruptKeepsItsPartitionUntilTheTrustEnds() {
        List<SimProcess> processes = startTwo(WorkDeadline.giveUp(LIMIT));
        SimProcess stuck = processes.get(0);
        SimProcess other = processes.get(1);
        int partition = first(stuck);

        stuck.hold("orders", partition, Duration.ofDays(1));
        cluster.run(LONG);
        assertThat(owners()).containsEntry(partition, stuck.engine().currentSession());
        assertThat(other.view("orders").contains(partition)).isFalse();

        stuck.environment().cut(true);
        await(() -> other.view("orders").contains(partition), TAKEOVER.plus(SOON));
    }

    @Test
    void aDeadlineIsReportedWhileTheStoreIsAway() {
        SimProcess process = startTwo(WorkDeadline.report(LIMIT)).get(0);
        process.hold("orders", first(process), Duration.ofMinutes(5));
        process.environment().cut(true);

        await(() -> !process.engine().status().overdueWork().isEmpty(), NOTICED.plus(SOON));
    }
}
