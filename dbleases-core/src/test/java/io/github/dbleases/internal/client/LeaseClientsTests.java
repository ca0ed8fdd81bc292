package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.Hold;
import io.github.dbleases.InvalidLeaseException;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.internal.InternalLeaseClient;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The real client with its real threads, on the in-memory store. */
class LeaseClientsTests extends RealClients {

    @Test
    void oneClientOwnsEverything() {
        LeaseClient client = start("a");

        Lease lease = client.lease("orders", 128);

        await().untilAsserted(() -> assertThat(lease.values()).hasSize(128));
        assertThat(client.state()).isEqualTo(ClientState.ACTIVE);
        assertThat(lease.token(5)).isPresent();
        assertThat(client.cluster().leases().get("orders").balanced()).isTrue();
    }

    @Test
    void aSecondClientGetsHalf() {
        Lease one = start("a").lease("orders", 128);
        Lease other = start("b").lease("orders", 128);

        await().untilAsserted(() -> {
            assertThat(one.values()).hasSize(64);
            assertThat(other.values()).hasSize(64);
        });
        assertThat(one.values()).doesNotContainAnyElementsOf(other.values());
    }

    @Test
    void aClosedClientLeavesItsPartitionsToTheOthers() {
        LeaseClient leaving = start("a");
        Lease one = leaving.lease("orders", 128);
        Lease other = start("b").lease("orders", 128);
        await().untilAsserted(() -> assertThat(other.values()).hasSize(64));

        leaving.close();

        assertThat(one.values()).isEmpty();
        assertThat(leaving.state()).isEqualTo(ClientState.CLOSED);
        await().untilAsserted(() -> assertThat(other.values()).hasSize(128));
    }

    @Test
    void aHandOverWaitsForTheHold() {
        Lease one = start("a").lease("orders", 2);
        await().untilAsserted(() -> assertThat(one.values()).hasSize(2));
        Hold zero = one.tryHold(0).orElseThrow();
        Hold first = one.tryHold(1).orElseThrow();

        Lease other = start("b").lease("orders", 2);
        await().untilAsserted(() -> assertThat(one.values()).hasSize(1));
        assertThat(other.values()).isEmpty();

        zero.close();
        first.close();
        await().untilAsserted(() -> assertThat(other.values()).hasSize(1));
    }

    @Test
    void aLeaseThatIsLeftGoesToTheOthers() {
        LeaseClient client = start("a");
        Lease one = client.lease("orders", 8);
        Lease other = start("b").lease("orders", 8);
        await().untilAsserted(() -> assertThat(one.values()).hasSize(4));

        one.leave();

        await().untilAsserted(() -> assertThat(other.values()).hasSize(8));
        assertThat(client.leases()).isEmpty();
    }

    @Test
    void anotherNumberOfPartitionsIsRefused() {
        start("a").lease("orders", 8);
        LeaseClient client = start("b");

        assertThatThrownBy(() -> client.lease("orders", 9))
                .isInstanceOf(LeaseConflictException.class)
                .hasMessageContaining("9 partitions")
                .hasMessageContaining("it has 8");
    }

    @Test
    void manyLeasesAreJoinedInOneTransaction() {
        List<String> calls = new CopyOnWriteArrayList<>();
        LeaseClient client = start("a", new InterposedStore(store, calls::add));
        await().until(() -> client.state() == ClientState.ACTIVE);
        calls.clear();
        Map<String, Integer> partitions = new TreeMap<>();
        IntStream.range(0, 20).forEach(number -> partitions.put("lease-" + number, 4));

        Map<String, Lease> leases = client.leases(partitions);

        assertThat(leases.keySet()).isEqualTo(partitions.keySet());
        assertThat(leases.values())
                .allSatisfy(lease -> assertThat(lease.values()).hasSize(4));
        assertThat(calls).filteredOn("transact"::equals).hasSize(1);
    }

    @Test
    void aLeaseThatIsRefusedKeepsNoOtherFromBeingJoined() {
        start("a").lease("orders", 8);
        LeaseClient client = start("b");

        assertThatThrownBy(() -> client.leases(Map.of("invoices", 4, "orders", 9, "returns", 4)))
                .isInstanceOf(LeaseConflictException.class)
                .hasMessageContaining("orders");

        await().untilAsserted(() -> assertThat(client.leases())
                .extracting(Lease::name, lease -> lease.values().size())
                .containsExactly(tuple("invoices", 4), tuple("returns", 4)));
    }

    @Test
    void leasesOfWhichOneIsInvalidAreNotJoined() {
        LeaseClient client = start("a");

        assertThatThrownBy(() -> client.leases(Map.of("invoices", 4, "orders", 0)))
                .isInstanceOf(InvalidLeaseException.class);

        assertThat(client.leases()).isEmpty();
    }

    @Test
    void aRetiredClientKeepsWhatItOwnsUntilItIsClosed() {
        InternalLeaseClient retiring = start("a");
        Lease one = retiring.lease("orders", 128);
        LeaseClient staying = start("b");
        Lease other = staying.lease("orders", 128);
        await().untilAsserted(() -> assertThat(other.values()).hasSize(64));

        retiring.retire();
        Lease third = start("c").lease("orders", 128);
        await().until(() -> staying.cluster().leases().get("orders").partitions().stream()
                .filter(partition -> "a".equals(partition.client()))
                .allMatch(partition -> partition.pendingSession() != null));

        assertThat(one.values()).hasSize(64);
        retiring.close();
        await().untilAsserted(() -> {
            assertThat(other.values()).hasSize(64);
            assertThat(third.values()).hasSize(64);
        });
    }
}
