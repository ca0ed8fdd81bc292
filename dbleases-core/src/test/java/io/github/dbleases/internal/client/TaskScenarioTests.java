package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.memory.InMemoryLeaseStore.Backup;
import io.github.dbleases.spi.ClusterSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Step-by-step schedules of clients that share tasks. */
class TaskScenarioTests extends Scenario {

    private static final LeaseSpec LETTERS = LeaseSpec.tasks("letters");
    private static final Duration LONG_WORK = Duration.ofSeconds(30);

    @Test
    void aNewMemberIsCountedByAll() {
        SimProcess first = sharer();
        await(() -> tasks(first).id().isPresent(), SOON);
        assertThat(tasks(first).sessions()).isEqualTo(1);
        settle();
        int changes = listener(first).changes();

        SimProcess second = sharer();

        await(() -> tasks(first).sessions() == 2 && tasks(second).sessions() == 2, SOON);
        await(() -> listener(first).changes() > changes, SOON);
        assertThat(tasks(second).id()).isEqualTo(session(second));
        assertThat(tasks(first).id()).isEqualTo(session(first));
    }

    @Test
    void theOthersAreToldWhenAMemberDies() {
        SimProcess victim = sharer();
        SimProcess first = sharer();
        SimProcess second = sharer();
        settle();
        int changes = listener(first).changes();

        victim.environment().crash();

        await(() -> tasks(first).sessions() == 2 && tasks(second).sessions() == 2, TAKEOVER.plus(TIMING.heartbeat()));
        await(() -> listener(first).changes() > changes, SOON);
    }

    @Test
    void theAuditReportsADeathThatItsFinderCannotReport() {
        SimProcess victim = sharer();
        SimProcess first = sharer();
        SimProcess second = sharer();
        settle();
        long dead = victim.engine().currentSession();

        victim.environment().crash();
        await(() -> cluster.world().deadSessions().contains(dead), TAKEOVER);
        SimProcess finder = watcherOf(dead, List.of(first, second));
        finder.environment().crash();
        SimProcess other = finder == first ? second : first;

        await(() -> tasks(other).sessions() == 1, LONG);
        assertThat(letters().deadMembers()).isEmpty();
    }

    @Test
    void trustThatLapsesTakesTheSessionAwayUntilItReturns() {
        SimProcess alone = sharer();
        settle();
        OptionalLong session = tasks(alone).id();
        int changes = listener(alone).changes();

        alone.environment().cut(true);
        await(() -> tasks(alone).id().isEmpty(), TIMING.ttl());
        await(() -> listener(alone).changes() > changes, SOON);
        alone.environment().cut(false);

        await(() -> tasks(alone).id().isPresent(), SOON);
        assertThat(tasks(alone).id()).isEqualTo(session);
        await(() -> listener(alone).isUpToDate(), SOON);
    }

    @Test
    void aClientThatWasMarkedDeadComesBackWithAnotherSession() {
        SimProcess lost = sharer();
        SimProcess other = sharer();
        settle();
        OptionalLong before = tasks(lost).id();

        lost.environment().cut(true);
        await(() -> tasks(other).sessions() == 1, TAKEOVER.plus(TIMING.heartbeat()));
        lost.environment().cut(false);

        await(() -> tasks(lost).id().isPresent(), SOON);
        assertThat(tasks(lost).id()).isNotEqualTo(before).isEqualTo(session(lost));
        await(() -> tasks(other).sessions() == 2, SOON);
        assertThat(listener(lost).closings()).isZero();
    }

    @Test
    void aMembershipThatAFailoverForgetsComesBack() {
        SimProcess first = sharer();
        SimProcess second = cluster.start(CONFIG);
        settle();
        Backup standby = database.store().backup();
        second.join(LETTERS);
        await(() -> tasks(first).sessions() == 2, SOON);

        database.failOverTo(standby);
        settle();

        assertThat(tasks(first).sessions()).isEqualTo(2);
        assertThat(tasks(second).id()).isEqualTo(session(second));
    }

    @Test
    void aMembershipThatEndedWhileTheLeaseWasJoinedDoesNotComeBackWithAFailover() {
        SimProcess other = sharer();
        SimProcess process = cluster.start(CONFIG);
        settle();
        process.environment().latency(Duration.ofMillis(1), Duration.ofMillis(500));
        process.join(LETTERS);
        cluster.run(Duration.ofMillis(100));
        Backup joined = database.store().backup();
        assertThat(letters().snapshot().members()).hasSize(2);

        process.leave(LETTERS.name());
        cluster.run(TIMING.ttl().multipliedBy(2));
        database.failOverTo(joined);
        settle();

        assertThat(letters().snapshot().members()).hasSize(1);
        assertThat(tasks(other).sessions()).isOne();
    }

    @Test
    void aMemberThatLeavesHasNoSessionAtOnceAndIsNoLongerCounted() {
        SimProcess first = sharer();
        SimProcess second = sharer();
        settle();
        JoinedTaskSession left = tasks(first);

        first.leave(LETTERS.name());

        assertThat(left.id()).isEmpty();
        await(() -> tasks(second).sessions() == 1, SOON);
        settle();
        assertThat(listener(first).closings()).isZero();
    }

    @Test
    void aLeaseThatIsStillBeingLeftCanBeJoinedAgain() {
        SimProcess first = sharer();
        SimProcess second = sharer();
        settle();
        first.environment().cutWork(true);
        first.leave(LETTERS.name());

        first.join(LETTERS);
        first.environment().cutWork(false);
        settle();

        assertThat(tasks(first).id()).isEqualTo(session(first));
        assertThat(tasks(second).sessions()).isEqualTo(2);
    }

    @Test
    void aRetiredMemberHasNoSessionForNewWorkAndIsNoLongerCounted() {
        SimProcess first = sharer();
        SimProcess second = sharer();
        settle();

        first.retire();

        assertThat(tasks(first).id()).isEmpty();
        await(() -> tasks(second).sessions() == 1, SOON);
        assertThat(isLive(first)).as("it still holds tasks").isTrue();
        await(() -> listener(first).closings() == 1, SOON);
        first.close();
        settle();
        assertThat(listener(first).closings()).isEqualTo(1);
        assertThat(first.isClosed()).isTrue();
    }

    @Test
    void aClosedClientEndsItsSessionWhenItsWorkHasEnded() {
        SimProcess first = cluster.start(CONFIG.toBuilder().drainTimeout(LONG).build());
        first.joinTasks(LETTERS.name(), LONG_WORK);
        SimProcess second = sharer();
        settle();
        long session = first.engine().currentSession();

        first.close();

        cluster.run(LONG_WORK.minusSeconds(1));
        assertThat(isLive(session)).isTrue();
        await(() -> !isLive(session), SOON);
        await(() -> tasks(second).sessions() == 1, SOON);
        assertThat(cluster.world().deadSessions()).doesNotContain(session);
    }

    @Test
    void aSessionWhoseWorkDoesNotEndInTimeIsLeftToExpire() {
        SimProcess first = cluster.start(
                CONFIG.toBuilder().drainTimeout(Duration.ofSeconds(3)).build());
        first.joinTasks(LETTERS.name(), LONG);
        SimProcess second = sharer();
        settle();
        long session = first.engine().currentSession();

        first.close();
        await(first::isClosed, SOON);

        assertThat(isLive(session)).isTrue();
        await(() -> tasks(second).sessions() == 1, SOON);
        await(() -> cluster.world().deadSessions().contains(session), TAKEOVER);
    }

    @Test
    void aLeaseWithOnlyDeadMembersIsCleanedUp() {
        SimProcess first = sharer();
        SimProcess second = sharer();
        SimProcess other = start(4);
        settle();
        first.environment().crash();
        second.environment().crash();

        settle();

        assertThat(letters().snapshot().members()).isEmpty();
        assertThat(letters().deadMembers()).isEmpty();
        assertThat(cluster.clusterSnapshot().sessions())
                .extracting(ClusterSnapshot.Session::id)
                .containsExactly(other.engine().currentSession());
    }

    private SimProcess sharer() {
        SimProcess process = cluster.start(CONFIG);
        process.join(LETTERS);
        return process;
    }

    private static JoinedTaskSession tasks(SimProcess process) {
        return process.tasks(LETTERS.name());
    }

    private static SimTaskListener listener(SimProcess process) {
        return process.taskListeners().get(0);
    }

    private static OptionalLong session(SimProcess process) {
        return OptionalLong.of(process.engine().currentSession());
    }

    private ClusterSnapshot.Lease letters() {
        return cluster.clusterSnapshot().leases().stream()
                .filter(lease -> lease.snapshot().lease().equals(LETTERS.name()))
                .findAny()
                .orElseThrow();
    }

    private boolean isLive(SimProcess process) {
        return isLive(process.engine().currentSession());
    }

    private boolean isLive(long session) {
        return cluster.clusterSnapshot().sessions().stream().anyMatch(row -> row.id() == session && row.live());
    }
}
