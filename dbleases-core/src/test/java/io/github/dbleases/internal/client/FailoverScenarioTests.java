package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.memory.InMemoryLeaseStore.Backup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Schedules in which the database fails over to a lagging standby and loses acknowledged commits. */
class FailoverScenarioTests extends Scenario {

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
        await(
                () -> cluster.clusterSnapshot().sessions().stream().anyMatch(row -> row.id() == dead && !row.live()),
                TAKEOVER);
        Backup killedButNotGranted = database.store().backup();
        await(() -> other.view("orders").size() == 4, SOON);

        database.failOverTo(killedButNotGranted);
        settle();

        assertThat(other.view("orders")).hasSize(4);
    }

    @Test
    void aFailoverThatRevivesADeadSessionLeavesOneOwner() {
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

    /** Also the client whose session the standby does not know, and the one that is cut off meanwhile. */
    @Test
    void everyClientReportsAFailoverOnce() {
        SimProcess old = start(4);
        settle();
        Backup standby = database.store().backup();
        SimProcess fresh = start(4);
        SimProcess cut = start(4);
        settle();
        cut.environment().cut(true);
        await(() -> cut.view("orders").isEmpty(), TAKEOVER);

        database.failOverTo(standby);
        cluster.run(LONG);
        cut.environment().cut(false);
        settle();
        SimProcess late = start(4);
        settle();

        assertThat(List.of(old, fresh, cut, late))
                .extracting(process -> process.observer().incarnationChanges())
                .containsExactly(1, 1, 1, 0);
    }

    @Test
    void aFailoverThatUndoesAResizeIsOvercome() {
        List<SimProcess> processes = start(3, 12);
        settle();
        Backup before = database.store().backup();
        processes.forEach(process -> process.join("orders", 6));
        settle();
        assertThat(processes).allMatch(process -> process.view("orders").size() == 2);

        database.failOverTo(before);
        settle();

        assertThat(orders().snapshot().partitions()).hasSize(6);
        assertThat(processes).allMatch(process -> process.view("orders").size() == 2);
    }

    @Test
    void trustContinuesThroughAFailoverWithAThousandLeases() {
        SimProcess process = start(4);
        for (int i = 0; i < 1_000; i++) {
            process.join("lease-" + i, 1);
        }
        process.environment().latency(Duration.ofMillis(5), Duration.ofMillis(5));
        await(() -> process.view("lease-999").size() == 1, Duration.ofMinutes(2));
        settle();

        database.failOverTo(database.store().backup());
        boolean lapsed = cluster.runUntil(() -> process.view("orders").isEmpty(), LONG);

        assertThat(lapsed).isFalse();
    }

    @Test
    void trustContinuesThroughAFailoverWhileManyLeasesAreJoined() {
        SimProcess process = start(4);
        settle();
        process.environment().latency(Duration.ofMillis(5), Duration.ofMillis(5));
        for (int i = 0; i < 700; i++) {
            process.join("lease-" + i, 1);
        }
        cluster.run(Duration.ofMillis(100));

        database.failOverTo(database.store().backup());
        boolean lapsed = cluster.runUntil(
                () -> process.view("orders").isEmpty(), TIMING.ttl().plusSeconds(2));

        assertThat(lapsed).isFalse();
    }

    @Test
    void aStepOfTheClockDoesNotEndTheQuietTime() {
        SimProcess owner = start(4);
        settle();
        Backup standby = database.store().backup();
        SimProcess receiver = start(4);
        await(() -> receiver.view("orders").size() == 2, SOON);
        awaitHeartbeat(receiver);

        receiver.environment().cut(true);
        owner.environment().cutWork(true);
        database.failOverTo(standby);
        cluster.run(TIMING.heartbeat());
        database.jump(Duration.ofSeconds(8));
        owner.environment().cutWork(false);
        cluster.run(LONG);

        assertThat(owner.view("orders")).hasSize(4);
    }

    @Test
    void aClientThatCannotReadItsGrantsAfterAFailoverTrustsNothing() {
        SimProcess survivor = survivorOfALostTakeover();

        survivor.environment().cutWork(true);
        SimProcess fresh = start(4);
        cluster.run(LONG);
        assertThat(survivor.view("orders")).isEmpty();
        assertThat(fresh.view("orders")).isNotEmpty();

        survivor.environment().cutWork(false);
        settle();
        assertThat(survivor.view("orders")).hasSize(2);
    }

    @Test
    void anAnswerFromBeforeAFailoverConfirmsNothing() {
        SimProcess owner = start(4);
        SimProcess victim = start(4);
        settle();
        Backup beforeTheKill = database.store().backup();
        victim.environment().crash();
        await(() -> owner.view("orders").size() == 4, TAKEOVER);
        awaitHeartbeat(owner);
        cluster.run(TIMING.heartbeat().minusMillis(300));

        owner.environment().latency(Duration.ofMillis(1), Duration.ofMillis(900));
        owner.engine().hinted();
        cluster.run(Duration.ofMillis(10));
        owner.environment().latency(Duration.ofMillis(1), Duration.ofMillis(1));
        owner.environment().cutWork(true);
        database.failOverTo(beforeTheKill);
        SimProcess fresh = start(4);
        cluster.run(LONG);

        assertThat(owner.view("orders")).isEmpty();
        assertThat(fresh.view("orders")).isNotEmpty();
    }

    @Test
    void aFailoverToAnOldCopyMarksNoRunningClientDead() {
        List<SimProcess> three = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            three.add(start(12));
            // The first one to renew finds the others expired.
            cluster.run(TIMING.heartbeat().dividedBy(3));
        }
        settle();
        List<Long> sessions = sessions(three);
        Backup old = database.store().backup();
        cluster.run(Duration.ofSeconds(20));

        database.failOverTo(old);
        settle();

        assertThat(sessions(three)).isEqualTo(sessions);
    }

    /**
     * Returns a process that owns and trusts partitions that, after a failover, a dead process owns in the database.
     */
    private SimProcess survivorOfALostTakeover() {
        SimProcess survivor = start(4);
        SimProcess victim = start(4);
        settle();
        Backup beforeTheKill = database.store().backup();
        victim.environment().crash();
        await(() -> survivor.view("orders").size() == 4, TAKEOVER);
        database.failOverTo(beforeTheKill);
        return survivor;
    }
}
