package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.Hold;
import io.github.dbleases.InvalidLeaseException;
import io.github.dbleases.Leader;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseEvent;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.spi.LeaseStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Leadership as users see it: the real client with its real threads, on the in-memory store. */
class LeadershipTests extends RealClients {

    @Test
    void aCandidateThatIsAloneLeadsWhenItHasJoined() {
        LeaseClient client = start("a");

        Leadership leadership = client.leadership("reports");

        assertThat(leadership.awaitOutcome(Duration.ZERO)).isTrue();
        assertThat(leadership.name()).isEqualTo("reports");
        assertThat(leadership.isLeader()).isTrue();
        assertThat(leadership.token()).isPresent();
        assertThat(client.leadership("reports")).isSameAs(leadership);
        assertThat(client.leaderships()).containsExactly(leadership);
        assertThat(client.leases()).as("a leadership is no lease of partitions").isEmpty();
    }

    @Test
    void twoClientsWithTheSameNameAreTwoCandidates() {
        Leadership one = start("same").leadership("reports");
        Leadership other = start("same").leadership("reports");

        assertThat(one.isLeader()).isTrue();
        assertThat(other.isLeader()).isFalse();
        other.resign();
        other.leave();

        assertThat(one.isLeader())
                .as("a client never releases another's leadership")
                .isTrue();
    }

    @Test
    void everyClientCanAskForTheLeader() {
        LeaseClient client = start("a");
        Leadership one = client.leadership("reports");
        Leadership other = start("b").leadership("reports");

        Leader leader = other.leader().orElseThrow();

        assertThat(leader.client()).isEqualTo("a");
        assertThat(leader.session()).isEqualTo(client.status().session().orElseThrow());
        assertThat(leader.token()).isEqualTo(one.token().orElseThrow());
        assertThat(leader.since()).isBefore(Instant.now());
    }

    @Test
    void thereIsNoLeaderAfterAllHaveLeft() {
        Leadership leadership = start("a").leadership("reports");

        leadership.leave();

        await().untilAsserted(() -> assertThat(leadership.leader()).isEmpty());
        assertThat(leadership.isLeader()).isFalse();
    }

    @Test
    void workRunsOnlyOnTheLeader() throws Exception {
        Leadership one = start("a").leadership("reports");
        Leadership other = start("b").leadership("reports");
        AtomicBoolean ran = new AtomicBoolean();

        assertThat(other.runIfLeader(() -> ran.set(true))).isFalse();
        assertThat(other.callIfLeader(() -> ran.getAndSet(true))).isEmpty();
        assertThat(ran).isFalse();

        assertThat(one.runIfLeader(() -> ran.set(true))).isTrue();
        assertThat(one.callIfLeader(ran::get)).contains(true);
        assertThat(one.callIfLeader(() -> null)).isEmpty();
    }

    @Test
    void workThatThrowsHoldsNothingAfterwards() {
        Leadership one = start("a").leadership("reports");
        Leadership other = start("b").leadership("reports");

        assertThatThrownBy(() -> one.callIfLeader(() -> {
                    throw new IOException("on purpose");
                }))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> one.runIfLeader(() -> {
                    throw new IllegalStateException("on purpose");
                }))
                .isInstanceOf(IllegalStateException.class);

        one.resign();
        await().until(other::isLeader);
    }

    @Test
    void theNextLeaderWaitsForTheWorkOfTheLast() {
        LeaseClient leaving = start("a");
        Leadership one = leaving.leadership("reports");
        Leadership other = start("b").leadership("reports");
        Hold hold = one.tryHold().orElseThrow();

        one.resign();

        assertThat(one.isLeader()).isFalse();
        assertThat(hold.isTrusted()).isTrue();
        assertThat(other.isLeader()).isFalse();
        hold.close();
        await().until(other::isLeader);
        assertThat(other.token().orElseThrow()).isGreaterThan(hold.token());
    }

    @Test
    void aListenerIsToldOfEachElectionAndOfEachEnd() {
        Leadership leadership = start("a").leadership("reports");
        long first = leadership.token().orElseThrow();
        List<String> told = new CopyOnWriteArrayList<>();

        leadership.addListener(recording(told));
        await().untilAsserted(() -> assertThat(told).containsExactly("elected " + first));
        leadership.resign();
        await().until(() -> told.size() == 3);

        assertThat(told)
                .containsExactly(
                        "elected " + first,
                        "ousted",
                        "elected " + leadership.token().orElseThrow());
        leadership.leave();
        await().untilAsserted(() -> assertThat(told).hasSize(4).last().isEqualTo("ousted"));
    }

    @Test
    void aFailingOrSlowListenerDoesNotAffectOthers() {
        LeaseClient client = start("a");
        Leadership leadership = client.leadership("reports");
        CompletableFuture<Void> end = new CompletableFuture<>();
        List<String> told = new CopyOnWriteArrayList<>();
        leadership.addListener(new LeadershipListener() {
            @Override
            public void onElected(long token) {
                end.join();
                throw new IllegalStateException("on purpose");
            }
        });
        leadership.addListener(recording(told));

        await().untilAsserted(() -> assertThat(told).hasSize(1));
        Instant later = Instant.now().plus(FAST.ttl());
        await().until(() -> Instant.now().isAfter(later));

        assertThat(leadership.isLeader()).as("heartbeats continue").isTrue();
        end.complete(null);
        assertThat(client.state()).isEqualTo(ClientState.ACTIVE);
    }

    @Test
    void aListenerIsToldOnceThatTheStoreCannotBeReachedAndThatTheLeadershipIsOver() {
        AtomicBoolean away = new AtomicBoolean();
        LeaseClient client = start("a", awayWhile(away));
        Leadership leadership = client.leadership("reports");
        List<String> told = new CopyOnWriteArrayList<>();
        leadership.addListener(recording(told));
        await().until(() -> told.size() == 1);

        away.set(true);
        await().until(() -> !leadership.isLeader());
        away.set(false);
        await().until(leadership::isLeader);

        String token = "elected " + leadership.token().orElseThrow();
        await().untilAsserted(() -> assertThat(told)
                .hasSize(4)
                .contains("error " + StoreUnavailableException.class.getSimpleName())
                .last()
                .isEqualTo(token));
        assertThat(told).filteredOn("ousted"::equals).hasSize(1);
    }

    @Test
    void everythingThatHappensIsAnEvent() {
        LeaseClient client = start("a");
        Leadership leadership = client.leadership("reports");
        long token = leadership.token().orElseThrow();
        client.lease("orders", 2);
        await().until(() -> events.size() == 3);
        client.close();

        assertThat(events)
                .contains(
                        new LeaseEvent.ClientRestored("a"),
                        new LeaseEvent.Elected("a", "reports", token),
                        new LeaseEvent.Ousted("a", "reports"),
                        new LeaseEvent.PartitionsAssigned("a", "orders", PartitionSet.of(0, 1)),
                        new LeaseEvent.PartitionsRevoked("a", "orders", PartitionSet.of(0, 1)));
    }

    @Test
    void aClientThatCannotReachItsStoreIsFencedAndRestored() {
        AtomicBoolean away = new AtomicBoolean();
        LeaseClient client = start("a", awayWhile(away));
        long session = client.status().session().orElseThrow();
        LeaseClient other = start("b");
        other.lease("orders", 1);

        away.set(true);
        await().until(() -> events.contains(new LeaseEvent.ClientSuspended("a")));
        await().until(() -> other.cluster().sessions().size() == 1);
        away.set(false);

        await().until(() -> events.contains(new LeaseEvent.SessionLost("a", session)));
        await().until(() -> events.stream()
                        .filter(new LeaseEvent.ClientRestored("a")::equals)
                        .count()
                == 2);
    }

    @Test
    void theOutcomeCanBeAwaitedForever() {
        Leadership leadership = start("a").leadership("reports");

        assertThat(leadership.awaitOutcome(ChronoUnit.FOREVER.getDuration())).isTrue();
    }

    @Test
    void closingAClientEndsTheWaitForTheOutcome() {
        LeaseStore withoutAnswer = new InterposedStore(store, call -> {
            if (call.equals("transact")) {
                throw new StoreUnavailableException("away, on purpose");
            }
        });
        LeaseClient client = start("a", withoutAnswer);
        Leadership leadership = client.leadership("reports");
        CompletableFuture<Boolean> outcome =
                CompletableFuture.supplyAsync(() -> leadership.awaitOutcome(ChronoUnit.FOREVER.getDuration()));

        client.close();

        assertThat(outcome).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(false);
    }

    @Test
    void theNameOfALeaseOfPartitionsIsRefused() {
        start("a").lease("orders", 8);
        LeaseClient client = start("b");

        assertThatThrownBy(() -> client.leadership("orders"))
                .isInstanceOf(LeaseConflictException.class)
                .hasMessageContaining("leader")
                .hasMessageContaining("partitions");
        assertThatThrownBy(() -> client.leadership("no name")).isInstanceOf(InvalidLeaseException.class);
    }

    private LeadershipListener recording(List<String> told) {
        return new LeadershipListener() {
            @Override
            public void onElected(long token) {
                told.add("elected " + token);
            }

            @Override
            public void onOusted() {
                told.add("ousted");
            }

            @Override
            public void onError(Exception error) {
                told.add("error " + error.getClass().getSimpleName());
            }
        };
    }

    private LeaseStore awayWhile(AtomicBoolean away) {
        return new InterposedStore(store, call -> {
            if (away.get() && !call.equals("close")) {
                throw new StoreUnavailableException("away, on purpose");
            }
        });
    }
}
