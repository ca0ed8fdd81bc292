package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeaseOwnershipTests {

    private static final long EPOCH = 7;

    private final Queue<Runnable> calls = new ArrayDeque<>();
    private final LeaseOwnership ownership = new LeaseOwnership(calls::add, () -> EPOCH, true, this::drained);
    private final List<String> told = new ArrayList<>();
    private final List<OwnedPartition> drained = new ArrayList<>();

    @Test
    void aTakenPartitionIsInTheViewAndAssignedOnce() {
        listen(new Recorder("a"));

        List<OwnedPartition> taken = take(0, 1);
        call();

        assertThat(ownership.grants().partitions()).isEqualTo(PartitionSet.of(0, 1));
        assertThat(ownership.grants().token(1)).hasValue(taken.get(1).token());
        assertThat(told).containsExactly("a +0-1");
    }

    @Test
    void aHandOverLeavesTheViewBeforeListenersAreToldAndIsDrainedAfterTheyReturn() {
        listen(new Recorder("a"));
        listen(new Recorder("b"));
        List<OwnedPartition> taken = take(0);

        ownership.handOver(taken);
        assertThat(ownership.grants().partitions()).isEmpty();
        assertThat(told).isEmpty();
        assertThat(drained).isEmpty();

        call();
        assertThat(told).containsExactlyInAnyOrder("a +0", "a -0", "b +0", "b -0");
        assertThat(drained).isEqualTo(taken);
    }

    @Test
    void withoutListenersThereIsNothingToWaitFor() {
        List<OwnedPartition> taken = take(0);

        ownership.handOver(taken);

        assertThat(drained).isEqualTo(taken);
    }

    @Test
    void aPartitionThatIsLostIsForgottenOnlyWhenItIsDrained() {
        listen(new Recorder("a"));
        List<OwnedPartition> taken = take(0);
        taken.get(0).tryHold();

        ownership.lose(taken);
        call();
        assertThat(ownership.owned(0)).isPresent();

        taken.get(0).release();
        assertThat(taken.get(0).isDrained()).isTrue();
        ownership.lose(taken);
        assertThat(ownership.isEmpty()).isTrue();
    }

    @Test
    void aPartitionThatIsLostDuringAHandOverIsRevokedOnce() {
        listen(new Recorder("a"));
        List<OwnedPartition> taken = take(0);

        ownership.handOver(taken);
        ownership.lose(taken);
        call();

        assertThat(told).containsExactly("a +0", "a -0");
        assertThat(taken).allMatch(OwnedPartition::isLost);
    }

    @Test
    void aPartitionIsDrainedOnlyAfterItsHoldsAndListenersHaveEnded() {
        OwnedPartition owned = new OwnedPartition(0, 1, EPOCH);
        owned.tryHold();
        owned.tryHold();
        owned.listenersDone();
        assertThat(owned.isDrained()).as("still in the view").isFalse();

        owned.handOver();
        owned.release();
        assertThat(owned.isDrained()).as("one hold is open").isFalse();
        owned.release();
        assertThat(owned.isDrained()).isTrue();
    }

    @Test
    void aLapseStopsWorkAndAReturnResumesIt() {
        listen(new Recorder("a"));
        List<OwnedPartition> taken = take(0, 1);

        ownership.lapse();
        ownership.handOver(taken.subList(0, 1));
        ownership.resume();
        call();

        assertThat(told).containsExactly("a +0-1", "a -0-1", "a +1");
    }

    @Test
    void partitionsTakenWithoutTrustAreAssignedWhenTheTrustReturns() {
        listen(new Recorder("a"));
        ownership.lapse();

        take(0);
        call();
        assertThat(told).isEmpty();

        ownership.resume();
        call();
        assertThat(told).containsExactly("a +0");
    }

    @Test
    void aReturnWithoutALapseStartsNothingTwice() {
        listen(new Recorder("a"));
        take(0);

        ownership.resume();
        call();

        assertThat(told).containsExactly("a +0");
    }

    @Test
    void aListenerThatIsAddedLaterIsToldWhatIsOwned() {
        take(0, 2);

        listen(new Recorder("late"));
        take(4);
        call();

        assertThat(told).containsExactly("late +0,2", "late +4");
    }

    @Test
    void aRemovedListenerIsNotNotifiedAndDelaysNothing() {
        Registration registration = listen(new Recorder("a"));
        List<OwnedPartition> taken = take(0);

        ownership.handOver(taken);
        registration.close();
        call();

        assertThat(told).isEmpty();
        assertThat(drained).isEqualTo(taken);
    }

    @Test
    void aListenerThatThrowsDelaysNothing() {
        listen(new LeaseListener() {
            @Override
            public void onAssigned(PartitionSet partitions) {
                throw new AssertionError("on purpose");
            }

            @Override
            public void onRevoked(PartitionSet partitions) {
                throw new IllegalStateException("on purpose");
            }
        });
        List<OwnedPartition> taken = take(0);

        ownership.handOver(taken);
        call();

        assertThat(drained).isEqualTo(taken);
    }

    @Test
    void callsToOneListenerComeOneAfterAnother() {
        listen(new Recorder("a"));

        List<OwnedPartition> taken = take(0);
        ownership.handOver(taken);

        assertThat(calls).as("the second waits for the first").hasSize(1);
    }

    private Registration listen(LeaseListener listener) {
        return ownership.addListener(new OwnershipListener.OfLease(listener));
    }

    private List<OwnedPartition> take(int... partitions) {
        List<OwnedPartition> taken = IntStream.of(partitions)
                .mapToObj(partition -> new OwnedPartition(partition, 100 + partition, EPOCH))
                .toList();
        ownership.take(taken);
        return taken;
    }

    private void drained(List<OwnedPartition> partitions) {
        partitions.forEach(OwnedPartition::listenersDone);
        drained.addAll(partitions);
    }

    /** Runs the queued calls of listeners. */
    private void call() {
        while (!calls.isEmpty()) {
            calls.remove().run();
        }
    }

    private final class Recorder implements LeaseListener {

        private final String name;

        private Recorder(String name) {
            this.name = name;
        }

        @Override
        public void onAssigned(PartitionSet partitions) {
            record("+", partitions);
        }

        @Override
        public void onRevoked(PartitionSet partitions) {
            record("-", partitions);
        }

        private void record(String what, PartitionSet partitions) {
            told.add(name + " " + what + partitions.toRanges());
        }
    }
}
