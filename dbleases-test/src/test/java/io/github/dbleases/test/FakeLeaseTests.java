package io.github.dbleases.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.Hold;
import io.github.dbleases.InvalidLeaseException;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FakeLeaseTests {

    private final FakeLease lease = new FakeLease("orders", 8);
    private final List<String> events = new ArrayList<>();
    private final LeaseListener listener = new LeaseListener() {
        @Override
        public void onAssigned(PartitionSet partitions) {
            events.add("assigned " + partitions.toRanges());
        }

        @Override
        public void onRevoked(PartitionSet partitions) {
            events.add("revoked " + partitions.toRanges());
        }
    };

    @Test
    void nothingIsOwnedUntilItIsGranted() {
        assertThat(lease.values()).isEmpty();
        assertThat(lease.owns(0)).isFalse();
        assertThat(lease.token(0)).isEmpty();
        assertThat(lease.tryHold(0)).isEmpty();

        lease.grant(0, 2);

        assertThat(lease.values()).isEqualTo(PartitionSet.of(0, 2));
        assertThat(lease.owns(0)).isTrue();
        assertThat(lease.owns(1)).isFalse();
        assertThat(lease.tryHold(2)).isPresent();
        assertThat(lease.partitions()).isEqualTo(8);
        assertThat(lease.name()).isEqualTo("orders");
        assertThat(lease).hasToString("Lease 'orders' of 8 partitions, owned: [0,2]");
    }

    @Test
    void invalidPartitionNumbersAreNotOwned() {
        lease.grantAll();

        assertThat(lease.owns(-1)).isFalse();
        assertThat(lease.owns(8)).isFalse();
        assertThat(lease.token(8)).isEmpty();
        assertThat(lease.tryHold(-1)).isEmpty();
        assertThatThrownBy(() -> lease.grant(8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'orders' has no partition 8")
                .hasMessageContaining("from 0 to 7");
        assertThatThrownBy(() -> lease.revoke(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FakeLease("no name!", 8)).isInstanceOf(InvalidLeaseException.class);
    }

    @Test
    void aPartitionThatIsGrantedAgainHasALargerToken() {
        lease.grant(0);
        long first = lease.token(0).orElseThrow();
        lease.grant(0);
        assertThat(lease.token(0)).hasValue(first);

        lease.revoke(0);
        lease.grant(0);

        assertThat(lease.token(0).orElseThrow()).isGreaterThan(first);
    }

    @Test
    void aHandOverWaitsForTheHolds() {
        lease.grant(0);
        Hold one = lease.tryHold(0).orElseThrow();
        Hold other = lease.tryHold(0).orElseThrow();

        lease.revoke(0);

        assertThat(lease.owns(0)).isFalse();
        assertThat(lease.tryHold(0)).isEmpty();
        assertThat(one.isTrusted()).isTrue();
        assertThat(lease.isHandedOver(0)).isFalse();
        assertThatThrownBy(() -> lease.grant(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("waits for 2 holds");
        one.close();
        one.close();
        assertThat(lease.isHandedOver(0)).isFalse();
        assertThat(lease.openHolds(0)).isEqualTo(1);
        other.close();
        assertThat(lease.isHandedOver(0)).isTrue();
        lease.grant(0);
        assertThat(lease.owns(0)).isTrue();
        assertThat(lease.isHandedOver(0)).isFalse();
    }

    @Test
    void aHoldHasThePartitionAndTheTokenAndIsNotTrustedOnceItIsClosed() {
        lease.grant(3);
        Hold hold = lease.tryHold(3).orElseThrow();

        assertThat(hold.partition()).isEqualTo(3);
        assertThat(hold.token()).isEqualTo(lease.token(3).orElseThrow());
        assertThat(hold.isTrusted()).isTrue();
        hold.close();
        assertThat(hold.isTrusted()).isFalse();
    }

    @Test
    void nothingIsOwnedWhileSuspendedAndTheSameIsOwnedAfterwards() {
        lease.grant(0, 1);
        lease.addListener(listener);
        long token = lease.token(0).orElseThrow();
        Hold hold = lease.tryHold(0).orElseThrow();

        lease.suspend();

        assertThat(lease.values()).isEmpty();
        assertThat(lease.token(0)).isEmpty();
        assertThat(lease.tryHold(0)).isEmpty();
        assertThat(hold.isTrusted()).isFalse();
        lease.resume();
        assertThat(lease.values()).isEqualTo(PartitionSet.of(0, 1));
        assertThat(lease.token(0)).hasValue(token);
        assertThat(hold.isTrusted()).isTrue();
        assertThat(events).containsExactly("assigned 0-1", "revoked 0-1", "assigned 0-1");
    }

    @Test
    void grantsOfALostSessionAreNeverTrustedAgain() {
        lease.grant(0, 1);
        lease.addListener(listener);
        long token = lease.token(0).orElseThrow();
        Hold hold = lease.tryHold(0).orElseThrow();

        lease.loseSession();

        assertThat(lease.values()).isEmpty();
        assertThat(hold.isTrusted()).isFalse();
        lease.grant(0);
        assertThat(hold.isTrusted()).isFalse();
        assertThat(lease.token(0).orElseThrow()).isGreaterThan(token);
        assertThat(events).containsExactly("assigned 0-1", "revoked 0-1", "assigned 0");
    }

    @Test
    void aListenerIsNotifiedOfTheOwnershipWhenItIsAddedAndThenOfEachChange() {
        lease.grant(0, 1);
        Registration registration = lease.addListener(listener);

        lease.grant(1, 2, 3);
        lease.revoke(0, 1, 7);
        lease.revoke(0);
        registration.close();
        lease.revokeAll();

        assertThat(events).containsExactly("assigned 0-1", "assigned 2-3", "revoked 0-1");
    }

    @Test
    void aChangeByAListenerIsReportedAfterItHasReturned() {
        lease.addListener(new LeaseListener() {
            @Override
            public void onAssigned(PartitionSet partitions) {
                events.add("begin " + partitions.toRanges());
                lease.revoke(0);
                events.add("end " + partitions.toRanges());
            }

            @Override
            public void onRevoked(PartitionSet partitions) {
                events.add("revoked " + partitions.toRanges());
            }
        });

        lease.grant(0, 1);

        assertThat(events).containsExactly("begin 0-1", "end 0-1", "revoked 0");
    }

    @Test
    void aListenerThatFailsChangesNothing() {
        lease.addListener(new LeaseListener() {
            @Override
            public void onAssigned(PartitionSet partitions) {
                throw new IllegalStateException("on purpose");
            }
        });
        lease.addListener(listener);

        lease.grant(0);

        assertThat(lease.owns(0)).isTrue();
        assertThat(events).containsExactly("assigned 0");
    }

    @Test
    void aLeaseThatWasLeftOwnsNothingAndCannotBeGrantedPartitions() {
        lease.grantAll();
        lease.addListener(listener);

        lease.leave();

        assertThat(lease.isLeft()).isTrue();
        assertThat(lease.values()).isEmpty();
        assertThat(events).containsExactly("assigned 0-7", "revoked 0-7");
        assertThatThrownBy(() -> lease.grant(0)).isInstanceOf(IllegalStateException.class);
    }
}
