package io.github.dbleases.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import org.junit.jupiter.api.Test;

class InMemoryClusterTests {

    @Test
    void clientsShareALeaseAndAHandOverWaitsForTheHold() {
        LeaseClient one;
        try (InMemoryCluster cluster = new InMemoryCluster()) {
            one = cluster.start("one");
            Lease mine = one.lease("orders", 2);
            await().until(() -> mine.values().size() == 2);
            Hold zero = mine.tryHold(0).orElseThrow();
            Hold first = mine.tryHold(1).orElseThrow();
            Lease theirs = cluster.start("two").lease("orders", 2);
            await().until(() -> mine.values().size() == 1);
            assertThat(theirs.values()).isEmpty();

            zero.close();
            first.close();

            await().until(() -> theirs.values().size() == 1);
        }
        assertThat(one.state()).isEqualTo(ClientState.CLOSED);
    }
}
