package io.github.dbleases.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClusterView;
import io.github.dbleases.Hold;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.Timing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FakeLeaseClientTests {

    private static final Timing TIMING = Timing.DEFAULT;

    private final FakeLeaseClient client = FakeLeaseClient.owningEverything();

    @Test
    void aSoleInstanceOwnsAndLeadsEverythingItJoins() {
        FakeLease orders = client.lease("orders", 4);
        FakeLeadership reports = client.leadership("reports");

        assertThat(orders.values()).hasSize(4);
        assertThat(reports.isLeader()).isTrue();
        assertThat(client.lease("orders", 4)).isSameAs(orders);
        assertThat(client.leadership("reports")).isSameAs(reports);
        assertThat(client.leases()).containsExactly(orders);
        assertThat(client.leaderships()).containsExactly(reports);
        assertThat(client.state()).isEqualTo(ClientState.ACTIVE);
    }

    @Test
    void aStandbyOwnsAndLeadsWhatATestGrants() {
        FakeLeaseClient standby = FakeLeaseClient.owningNothing();
        FakeLease orders = standby.lease("orders", 4);
        FakeLeadership reports = standby.leadership("reports");
        assertThat(orders.values()).isEmpty();
        assertThat(reports.isLeader()).isFalse();

        standby.grant("orders", 0, 1);
        standby.setLeader("reports", true);
        standby.revoke("orders", 0);

        assertThat(orders.values()).isEqualTo(PartitionSet.of(1));
        assertThat(reports.isLeader()).isTrue();
    }

    @Test
    void aNameThatWasNotJoinedIsRefusedWithTheJoinedNames() {
        client.lease("orders", 4);
        client.leadership("reports");

        assertThatThrownBy(() -> client.grant("order", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'order'")
                .hasMessageContaining("[orders]");
        assertThatThrownBy(() -> client.setLeader("report", true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[reports]");
    }

    @Test
    void conflictsAreRefusedAsInAStore() {
        client.lease("orders", 4);
        client.leadership("reports");

        assertThatThrownBy(() -> client.lease("orders", 5)).isInstanceOf(LeaseConflictException.class);
        assertThatThrownBy(() -> client.lease("reports", 5)).isInstanceOf(LeaseConflictException.class);
        assertThatThrownBy(() -> client.leadership("orders")).isInstanceOf(LeaseConflictException.class);
    }

    @Test
    void aClientThatIsCutOffOwnsNothingFromItsTrustDeadlineOn() {
        FakeLease orders = client.lease("orders", 4);
        FakeLeadership reports = client.leadership("reports");
        long token = orders.token(0).orElseThrow();
        Hold hold = orders.tryHold(0).orElseThrow();

        client.disconnect();
        client.advance(TIMING.trust().minusMillis(1));
        assertThat(orders.values()).hasSize(4);
        assertThat(client.status().trustedFor()).isEqualTo(Duration.ofMillis(1));
        client.advance(Duration.ofMillis(1));

        assertThat(orders.values()).isEmpty();
        assertThat(reports.isLeader()).isFalse();
        assertThat(hold.isTrusted()).isFalse();
        assertThat(client.state()).isNotEqualTo(ClientState.ACTIVE);
        assertThat(client.status().trustedFor()).isZero();
        assertThatThrownBy(client::cluster).isInstanceOf(StoreUnavailableException.class);
        client.reconnect();
        assertThat(orders.token(0)).hasValue(token);
        assertThat(hold.isTrusted()).isTrue();
        assertThat(reports.isLeader()).isTrue();
    }

    @Test
    void aClientThatIsCutOffForTooLongStartsANewSession() {
        FakeLease orders = client.lease("orders", 4);
        long session = client.status().session().orElseThrow();
        long token = orders.token(0).orElseThrow();
        Hold hold = orders.tryHold(0).orElseThrow();

        client.disconnect();
        client.advance(TIMING.ttl().plus(TIMING.grace()));
        client.reconnect();

        assertThat(client.status().session().orElseThrow()).isNotEqualTo(session);
        assertThat(orders.token(0).orElseThrow()).isGreaterThan(token);
        assertThat(hold.isTrusted()).isFalse();
    }

    @Test
    void timeEndsNothingWhileTheClientIsConnected() {
        FakeLease orders = client.lease("orders", 4);

        client.advance(Duration.ofDays(1));

        assertThat(orders.values()).hasSize(4);
        assertThat(client.status().trustedFor()).isEqualTo(TIMING.trust());
        assertThatThrownBy(() -> client.advance(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theClusterHasTwoInstances() {
        client.lease("orders", 2);
        client.leadership("reports");
        client.revoke("orders", 1);
        client.setLeader("reports", false);

        ClusterView view = client.cluster();

        assertThat(view.sessions()).extracting(ClusterView.SessionView::self).containsExactly(true, false);
        assertThat(view.leases().get("orders").partitions())
                .extracting(ClusterView.PartitionView::client)
                .containsExactly("this-instance", "another-instance");
        assertThat(client.cluster("reports").leases().get("reports").partitions())
                .extracting(ClusterView.PartitionView::client)
                .containsExactly("another-instance");
        assertThat(client.cluster("orders").leases()).containsOnlyKeys("orders");
    }

    @Test
    void aResetRestoresTheInitialState() {
        FakeLease orders = client.lease("orders", 2);
        FakeLeadership reports = client.leadership("reports");
        Hold hold = orders.tryHold(1).orElseThrow();
        client.revoke("orders", 1);
        client.setLeader("reports", false);
        reports.setOutcomeKnown(false);
        client.disconnect();
        client.advance(Duration.ofSeconds(6));

        client.reset();

        assertThat(orders.values()).hasSize(2);
        assertThat(hold.isTrusted()).isFalse();
        assertThat(reports.isLeader()).isTrue();
        assertThat(reports.awaitOutcome(Duration.ZERO)).isTrue();
        assertThat(client.state()).isEqualTo(ClientState.ACTIVE);
    }

    @Test
    void aResetOfAStandbyRevokesEverything() {
        FakeLeaseClient standby = FakeLeaseClient.owningNothing();
        FakeLease orders = standby.lease("orders", 2);
        standby.grant("orders", 0);

        standby.reset();

        assertThat(orders.values()).isEmpty();
        standby.grant("orders", 0);
        assertThat(orders.owns(0)).isTrue();
    }

    @Test
    void aLeaseThatWasLeftCanBeJoinedAgain() {
        FakeLease before = client.lease("orders", 2);
        long token = before.token(0).orElseThrow();
        before.leave();
        assertThat(client.leases()).isEmpty();

        FakeLease after = client.lease("orders", 3);

        assertThat(after.values()).hasSize(3);
        assertThat(after.token(0).orElseThrow()).isGreaterThan(token);
        client.reset();
        assertThat(before.values()).isEmpty();
    }

    @Test
    void aStoppedClientOwnsNothingUntilItIsStartedAgain() {
        FakeLease orders = client.lease("orders", 2);
        FakeLeadership reports = client.leadership("reports");
        Hold hold = orders.tryHold(1).orElseThrow();
        long session = client.status().session().orElseThrow();

        client.stop();

        assertThat(client.state()).isEqualTo(ClientState.STOPPED);
        assertThat(client.status().session()).isEmpty();
        assertThat(client.cluster().sessions()).isEmpty();
        assertThat(orders.values()).isEmpty();
        assertThat(reports.isLeader()).isFalse();
        client.lease("invoices", 2);

        client.start();

        assertThat(client.state()).isEqualTo(ClientState.ACTIVE);
        assertThat(client.status().session().orElseThrow()).isNotEqualTo(session);
        assertThat(orders.values()).hasSize(2);
        assertThat(client.joinedLease("invoices").values()).hasSize(2);
        assertThat(reports.isLeader()).isTrue();
        assertThat(hold.isTrusted()).isFalse();
    }

    @Test
    void aStoppedClientThatIsDisconnectedTrustsNothingWhenItIsStarted() {
        FakeLease orders = client.lease("orders", 2);
        client.stop();
        client.disconnect();

        client.start();
        assertThat(orders.values()).isEmpty();

        client.reconnect();
        assertThat(orders.values()).hasSize(2);
    }

    @Test
    void aClosedClientOwnsNothing() {
        FakeLease orders = client.lease("orders", 2);
        FakeLeadership reports = client.leadership("reports");

        client.close();
        client.close();

        assertThat(orders.values()).isEmpty();
        assertThat(reports.isLeader()).isFalse();
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(client.status().session()).isEmpty();
        assertThatThrownBy(() -> client.lease("more", 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDrainedClientOwnsNothingUntilItIsResumed() {
        FakeLease orders = client.lease("orders", 4);
        FakeLeadership reports = client.leadership("reports");
        Hold hold = orders.tryHold(3).orElseThrow();

        client.drain();

        assertThat(client.status().drained()).isTrue();
        assertThat(orders.values().isEmpty()).isTrue();
        assertThat(reports.isLeader()).isFalse();
        assertThat(client.lease("invoices", 2).values().isEmpty()).isTrue();

        client.resume();

        assertThat(orders.values()).containsExactly(0, 1, 2);
        assertThat(reports.isLeader()).isTrue();
        hold.close();
    }
}
