package io.github.dbleases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What a lease does with holds that do as a test says. */
class LeaseTests {

    private final List<Integer> worked = new ArrayList<>();
    private final List<Integer> fenced = new ArrayList<>();
    private boolean trusted = true;
    private boolean owned = true;

    @Test
    void theTrustThatEndsDuringTheWorkEndsTheRound() {
        int done = new HeldLease().forEachOwned(hold -> {
            worked.add(hold.partition());
            trusted = hold.partition() < 1;
        });

        assertThat(worked).containsExactly(0, 1);
        assertThat(done).isEqualTo(2);
    }

    @Test
    void theHoldIsClosedAfterTheWork() {
        List<Hold> holds = new ArrayList<>();

        new HeldLease().forEachOwned(holds::add);

        assertThat(holds).hasSize(4).noneMatch(Hold::isTrusted);
    }

    @Test
    @SuppressWarnings("NullAway") // the hold does not look at the connection
    void aFenceIsThatOfAHoldThatIsClosedAgain() throws SQLException {
        new HeldLease().fence(null, 3);

        assertThat(fenced).containsExactly(3);
    }

    @Test
    @SuppressWarnings("NullAway") // the connection is not reached
    void aFenceOnAPartitionThatIsNotOwnedIsRefusedWithoutTheDatabase() {
        owned = false;

        assertThatExceptionOfType(OwnershipLostException.class)
                .isThrownBy(() -> new HeldLease().fence(null, 3))
                .withMessage("This client does not own partition 3 of lease 'orders'.")
                .satisfies(lost -> {
                    assertThat(lost.lease()).isEqualTo("orders");
                    assertThat(lost.partition()).isEqualTo(3);
                });
    }

    private final class HeldLease implements Lease {

        @Override
        public String name() {
            return "orders";
        }

        @Override
        public int partitions() {
            return 4;
        }

        @Override
        public PartitionSet values() {
            return PartitionSet.of(0, 1, 2, 3);
        }

        @Override
        public boolean owns(int partition) {
            return true;
        }

        @Override
        public OptionalLong token(int partition) {
            return OptionalLong.of(1);
        }

        @Override
        public Optional<Hold> tryHold(int partition) {
            return owned ? Optional.of(new OpenHold(partition)) : Optional.empty();
        }

        @Override
        public Registration addListener(LeaseListener listener) {
            return () -> {};
        }

        @Override
        public void leave() {}
    }

    private final class OpenHold implements Hold {

        private final int partition;
        private boolean open = true;

        OpenHold(int partition) {
            this.partition = partition;
        }

        @Override
        public int partition() {
            return partition;
        }

        @Override
        public long token() {
            return 1;
        }

        @Override
        public boolean isTrusted() {
            return open && trusted;
        }

        @Override
        public void fence(Connection transaction) {
            fenced.add(partition);
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
