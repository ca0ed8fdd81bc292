package io.github.dbleases;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What a lease does with holds that do as a test says. */
class LeaseTests {

    private final List<Integer> worked = new ArrayList<>();
    private boolean trusted = true;

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
            return Optional.of(new OpenHold(partition));
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
        public void close() {
            open = false;
        }
    }
}
