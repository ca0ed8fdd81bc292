package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.Hold;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.client.SimProcess.OpenHold;
import io.github.dbleases.spi.ClusterSnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Step-by-step schedules in which a client is stopped and started again. */
class RestartScenarioTests extends Scenario {

    private static final Duration A_MOMENT = Duration.ofMillis(100);

    @Test
    void aClientThatIsStartedAgainOwnsItsShareInANewSession() {
        SimProcess process = start(12);
        SimProcess other = start(12);
        settle();
        long first = process.engine().currentSession();

        process.stop();
        await(() -> other.view("orders").size() == 12 && process.engine().currentSession() == 0, SOON);
        assertThat(process.view("orders")).isEmpty();
        assertThat(cluster.clusterSnapshot().sessions())
                .filteredOn(ClusterSnapshot.Session::live)
                .extracting(ClusterSnapshot.Session::id)
                .doesNotContain(first);

        process.start();
        settle();
        assertThat(process.engine().currentSession()).isNotIn(0L, first);
        assertThat(process.view("orders")).hasSize(6);
    }

    @Test
    void aClientThatIsStartedWhileItStopsStartsOnceItHasStopped() {
        SimProcess process = start(4);
        settle();
        long first = process.engine().currentSession();
        holdAll(process, Duration.ofSeconds(3));

        process.stop();
        process.start();
        cluster.run(Duration.ofSeconds(2));
        assertThat(process.engine().currentSession())
                .as("the holds are waited for")
                .isEqualTo(first);

        settle();
        assertThat(process.engine().currentSession()).isNotIn(0L, first);
        assertThat(process.view("orders")).hasSize(4);
    }

    @Test
    void theLastCallCounts() {
        SimProcess process = start(4);
        settle();
        holdAll(process, Duration.ofSeconds(3));

        process.stop();
        process.start();
        process.stop();
        settle();

        assertThat(process.engine().isStarted()).isFalse();
        assertThat(process.engine().currentSession()).isZero();
    }

    @Test
    void aHoldThatOutlivesARestartIsNotTrustedAndHoldsUpOnlyItsOwnPartition() {
        SimProcess process = start(4);
        settle();
        process.hold("orders", 1, LONG);
        OpenHold open = process.holds().get(0);
        long first = process.engine().currentSession();

        process.stop();
        cluster.run(CONFIG.drainTimeout().plusSeconds(1));
        assertThat(owners()).as("left to expire").containsEntry(1, first);
        assertThat(open.hold().isTrusted()).isFalse();
        process.start();
        cluster.run(TAKEOVER.multipliedBy(3));

        assertThat(owners()).doesNotContainValue(first);
        assertThat(process.view("orders")).containsExactly(0, 2, 3);
        assertThat(open.hold().isTrusted()).isFalse();
        cluster.run(LONG);
        assertThat(process.view("orders")).as("the hold is closed").hasSize(4);
    }

    @Test
    void aLateAnswerOfAnEarlierRunOpensNoSession() {
        SimProcess process = cluster.start(CONFIG);
        process.environment().latency(Duration.ofMillis(1), Duration.ofMillis(900));
        cluster.run(Duration.ofMillis(10));
        process.stop();
        cluster.run(Duration.ofMillis(10));
        assertThat(process.engine().isStarted()).as("stopped during its start").isFalse();
        process.environment().latency(Duration.ofMillis(1), Duration.ofMillis(1));
        process.start();
        cluster.run(Duration.ofMillis(10));
        long session = process.engine().currentSession();
        assertThat(session).isNotZero();

        cluster.run(Duration.ofSeconds(2));

        assertThat(process.engine().currentSession()).isEqualTo(session);
        int before = process.environment().heartbeats();
        cluster.run(TIMING.heartbeat().multipliedBy(10));
        assertThat(process.environment().heartbeats() - before)
                .as("heartbeats of one run")
                .isBetween(9, 11);
    }

    /** The release fails at some moment and is attempted again a little later, so this tries many moments. */
    @Test
    void aLateReleaseOfAnEarlierRunReleasesNothingOfTheNext() {
        SimProcess process = start(4);
        settle();
        process.environment().latency(Duration.ofMillis(1), Duration.ofMillis(1));

        for (long wait = 0; wait < 3_000; wait += 15) {
            process.environment().cutWork(true);
            Stopping stopping = process.engine().stop().orElseThrow();
            cluster.run(Duration.ofMillis(wait));
            process.engine().exclusively(stopping::complete);
            CompletableFuture<Optional<RuntimeException>> opened =
                    process.engine().start();
            process.environment().cutWork(false);
            cluster.run(Duration.ofMillis(10));
            long session = process.engine().currentSession();
            settle();

            assertThat(opened).isCompletedWithValue(Optional.empty());
            assertThat(session).isNotZero().isEqualTo(process.engine().currentSession());
            assertThat(process.view("orders")).hasSize(4);
            assertThat(cluster.clusterSnapshot().leases())
                    .filteredOn(lease -> lease.snapshot().lease().equals("orders"))
                    .singleElement()
                    .satisfies(lease -> assertThat(lease.snapshot().members())
                            .extracting(Snapshot.Member::session)
                            .contains(session));
        }
    }

    @Test
    void aLateJoinOfAnEarlierRunDecidesNothingInTheNext() {
        SimProcess process = cluster.start(CONFIG);
        cluster.run(A_MOMENT);
        process.environment().latency(Duration.ofMillis(1), Duration.ofMillis(900));
        JoinedLease lease =
                process.engine().join(LeaseSpec.partitions("orders", 4)).lease();
        cluster.run(Duration.ofMillis(10));
        Stopping stopping = process.engine().stop().orElseThrow();
        process.engine().exclusively(stopping::complete);
        assertThat(lease.decided()).isCompletedWithValue(false);
        process.environment().latency(Duration.ofMillis(1), Duration.ofMillis(1));
        process.environment().cutHeartbeats(true);

        CompletableFuture<Optional<RuntimeException>> opened = process.engine().start();
        cluster.run(Duration.ofMillis(950));

        assertThat(opened).isNotDone();
        assertThat(lease.joined()).isNotDone();
        assertThat(lease.decided()).isNotDone();
        process.environment().cutHeartbeats(false);
        cluster.run(SOON);
        assertThat(lease.decided()).isCompletedWithValue(true);
        cluster.run(LONG);
        assertThat(lease.values()).as("the first session has expired").hasSize(4);
    }

    @Test
    void aRetiredClientTakesUpGrantsAfterARestart() {
        SimProcess process = start(4);
        settle();

        process.retire();
        cluster.run(Duration.ofSeconds(2));
        process.stop();
        cluster.run(Duration.ofSeconds(2));
        process.start();
        settle();

        assertThat(process.view("orders")).hasSize(4);
    }

    @Test
    void aClientThatMissedAFailoverWhileItWasStoppedWaitsForTheQuietTime() {
        SimProcess process = start(4);
        settle();
        process.stop();
        cluster.run(Duration.ofSeconds(1));

        database.failOver(Duration.ZERO, Duration.ofSeconds(1));
        process.start();
        cluster.run(TIMING.ttl());

        assertThat(process.engine().currentSession()).isNotZero();
        assertThat(process.view("orders")).isEmpty();
        settle();
        assertThat(process.view("orders")).hasSize(4);
    }

    @Test
    void aLeaseThatWasLeftWhileTheClientIsStoppedIsNotJoinedAgain() {
        SimProcess process = start(4);
        settle();
        process.stop();
        cluster.run(Duration.ofSeconds(1));

        process.leave("orders");
        process.start();
        settle();

        assertThat(members()).isZero();
    }

    @Test
    void aHoldIsGivenOnlyInTheRunThatOwnsThePartition() {
        SimProcess process = start(1);
        settle();
        JoinedLease lease = process.everJoined().get(0);
        Hold first = lease.tryHold(0).orElseThrow();
        first.close();

        process.stop();
        cluster.run(Duration.ofSeconds(1));
        assertThat(lease.tryHold(0)).isEmpty();
        process.start();
        settle();

        Hold second = lease.tryHold(0).orElseThrow();
        assertThat(second.token()).isGreaterThan(first.token());
        second.close();
    }
}
