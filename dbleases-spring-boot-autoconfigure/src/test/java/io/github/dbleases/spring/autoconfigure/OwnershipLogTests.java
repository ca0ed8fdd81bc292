package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseEvent;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.testing.log.LogCapture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is said of what an instance owns and leads. */
class OwnershipLogTests {

    private final LogCapture log = LogCapture.of(OwnershipLog.class);
    private final List<Runnable> later = new ArrayList<>();
    private final List<Duration> delays = new ArrayList<>();
    private long nanos;
    private int all = 128;

    private final OwnershipLog ownership = new OwnershipLog(lease -> all, () -> nanos, (delay, action) -> {
        delays.add(delay);
        later.add(action);
    });

    @AfterEach
    void listenNoMore() {
        log.close();
    }

    @Test
    void aChangeOfWhatIsOwnedIsOneLine() {
        assigned(IntStream.range(0, 64).toArray());

        assertThat(log.lines()).containsExactly("INFO Client a owns 64 of the 128 partitions of orders: 0-63");
    }

    @Test
    void aLeadershipThatComesAndGoesIsTwoLines() {
        ownership.onEvent(new LeaseEvent.Elected("a", "reports", 17));
        pass(Duration.ofSeconds(2));
        ownership.onEvent(new LeaseEvent.Ousted("a", "reports"));

        assertThat(log.lines())
                .containsExactly("INFO Client a leads reports with token 17", "INFO Client a no longer leads reports");
    }

    @Test
    void ofManyChangesInASecondTheFirstAndTheLastStateAreTold() {
        assigned(0);
        for (int partition = 1; partition < 50; partition++) {
            pass(Duration.ofMillis(10));
            assigned(partition);
        }
        assertThat(log.lines()).hasSize(1);
        assertThat(delays).containsExactly(Duration.ofMillis(990));

        runLater();

        assertThat(log.lines())
                .containsExactly(
                        "INFO Client a owns 1 of the 128 partitions of orders: 0",
                        "INFO Client a owns 50 of the 128 partitions of orders: 0-49");
    }

    @Test
    void aStateThatIsTheOneThatWasToldIsNotToldAgain() {
        assigned(1, 2);
        revoked(1, 2);
        assigned(1, 2);

        runLater();

        assertThat(log.lines()).hasSize(1);
    }

    @Test
    void leasesDoNotWaitForEachOther() {
        assigned(0);
        ownership.onEvent(new LeaseEvent.PartitionsAssigned("a", "invoices", PartitionSet.of(7)));
        ownership.onEvent(new LeaseEvent.Elected("a", "reports", 17));

        assertThat(log.lines()).hasSize(3);
    }

    @Test
    void theLastStateIsToldAtTheEndAlthoughTheLeaseIsNoLongerKnown() {
        assigned(0);
        all = 0;
        revoked(0);

        ownership.flush();
        runLater();

        assertThat(log.lines())
                .containsExactly(
                        "INFO Client a owns 1 of the 128 partitions of orders: 0",
                        "INFO Client a owns none of the 128 partitions of orders");
    }

    @Test
    void aLongListIsCutBetweenTwoNumbers() {
        all = 100_000;
        assigned(IntStream.range(0, 50_000).map(i -> 2 * i).toArray());

        assertThat(log.lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("INFO Client a owns 50000 of the 100000 partitions of orders: 0,2,4,")
                        .endsWith(",...")
                        .hasSizeLessThan(300));
    }

    private void assigned(int... partitions) {
        ownership.onEvent(new LeaseEvent.PartitionsAssigned("a", "orders", PartitionSet.of(partitions)));
    }

    private void revoked(int... partitions) {
        ownership.onEvent(new LeaseEvent.PartitionsRevoked("a", "orders", PartitionSet.of(partitions)));
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private void runLater() {
        pass(Duration.ofSeconds(1));
        List.copyOf(later).forEach(Runnable::run);
        later.clear();
    }
}
