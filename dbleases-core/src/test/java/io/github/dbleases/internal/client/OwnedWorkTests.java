package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work that a lease runs under a hold. */
@Timeout(60)
class OwnedWorkTests extends RealClients {

    private final LeaseClient client = start("a");
    private final Lease lease = client.lease("orders", 4);
    private final List<Integer> worked = new ArrayList<>();

    OwnedWorkTests() {
        await().until(() -> lease.values().size() == 4);
    }

    @Test
    void workOnAnOwnedPartitionRunsUnderAHold() {
        List<Hold> holds = new ArrayList<>();

        assertThat(lease.runIfOwned(2, hold -> {
                    assertThat(hold.isTrusted()).isTrue();
                    holds.add(hold);
                }))
                .isTrue();

        assertThat(holds).singleElement().satisfies(hold -> {
            assertThat(hold.partition()).isEqualTo(2);
            assertThat(hold.token()).isEqualTo(lease.token(2).orElseThrow());
            assertThat(hold.isTrusted()).isFalse();
        });
    }

    @Test
    void workOnAPartitionThatIsNotOwnedDoesNotRun() {
        assertThat(lease.runIfOwned(4, hold -> worked.add(4))).isFalse();
        assertThat(lease.runIfOwned(-1, hold -> worked.add(-1))).isFalse();
        client.close();
        assertThat(lease.runIfOwned(0, hold -> worked.add(0))).isFalse();

        assertThat(worked).isEmpty();
    }

    @Test
    void aCheckedExceptionOfTheWorkIsPassedOnAndTheHoldIsClosed() {
        List<Hold> holds = new ArrayList<>();

        assertThatThrownBy(() -> lease.runIfOwned(0, hold -> {
                    holds.add(hold);
                    throw new IOException("no disk");
                }))
                .isInstanceOf(IOException.class);

        assertThat(holds)
                .singleElement()
                .satisfies(hold -> assertThat(hold.isTrusted()).isFalse());
    }

    @Test
    void eachOwnedPartitionIsWorkedOnInItsTurn() {
        assertThat(lease.forEachOwned(hold -> worked.add(hold.partition()))).isEqualTo(4);

        assertThat(worked).containsExactly(0, 1, 2, 3);
    }

    @Test
    void aPartitionThatGoesBeforeItsTurnIsSkipped() {
        List<Integer> gone = new ArrayList<>();

        int done = lease.forEachOwned(hold -> {
            worked.add(hold.partition());
            if (worked.size() == 1) {
                start("b").lease("orders", 4);
                await().until(() -> lease.values().size() == 2);
                for (int partition = 0; partition < 4; partition++) {
                    if (!lease.owns(partition)) {
                        gone.add(partition);
                    }
                }
            }
        });

        gone.removeAll(worked.subList(0, 1));
        assertThat(gone).isNotEmpty();
        assertThat(worked).doesNotContainAnyElementsOf(gone).hasSize(4 - gone.size());
        assertThat(done).isEqualTo(worked.size());
    }

    @Test
    void aClientThatIsClosedDuringTheWorkEndsTheRound() {
        int done = lease.forEachOwned(hold -> {
            worked.add(hold.partition());
            if (hold.partition() == 1) {
                Thread closing = new Thread(client::close);
                closing.start();
                await().until(() -> lease.values().isEmpty());
            }
        });

        assertThat(worked).containsExactly(0, 1);
        assertThat(done).isEqualTo(2);
    }

    @Test
    void anInterruptedThreadBeginsNoFurtherPartitionAndStaysInterrupted() {
        int done = lease.forEachOwned(hold -> {
            worked.add(hold.partition());
            Thread.currentThread().interrupt();
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(worked).containsExactly(0);
        assertThat(done).isEqualTo(1);
    }

    @Test
    void anExceptionOfTheWorkEndsTheRound() {
        assertThatThrownBy(() -> lease.forEachOwned(hold -> {
                    worked.add(hold.partition());
                    throw new IOException("no disk");
                }))
                .isInstanceOf(IOException.class);

        assertThat(worked).containsExactly(0);
    }
}
