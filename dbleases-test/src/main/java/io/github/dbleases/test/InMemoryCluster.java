package io.github.dbleases.test;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.memory.InMemoryLeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Real clients that share leases in the memory of one process, as instances of an application do on a database. Its times
 * are short, so a test waits only some milliseconds for a grant or a hand-over.
 *
 * <pre>{@code
 * try (InMemoryCluster cluster = new InMemoryCluster()) {
 *     Lease mine = cluster.start("one").lease("orders", 8);
 *     Lease theirs = cluster.start("two").lease("orders", 8);
 *     await().until(() -> mine.values().size() == 4 && theirs.values().size() == 4);
 * }
 * }</pre>
 *
 * <p>Any thread may use it.
 */
public final class InMemoryCluster implements AutoCloseable {

    private static final LeaseClientConfig CONFIG = LeaseClientConfig.builder()
            .timing(Timing.of(Duration.ofMillis(1_200)))
            .debounce(Duration.ZERO)
            .drainTimeout(Duration.ofSeconds(1))
            .build();

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();
    private final List<LeaseClient> clients = new ArrayList<>();

    /** Returns the store that the clients share. */
    public InMemoryLeaseStore store() {
        return store;
    }

    /** Starts a client, with short times and without a pause before balancing. */
    public LeaseClient start(String clientId) {
        return start(CONFIG.toBuilder().clientId(clientId).build());
    }

    /** Starts a client with the given settings. */
    public LeaseClient start(LeaseClientConfig config) {
        LeaseClient client = LeaseClient.builder(store).config(config).start();
        synchronized (clients) {
            clients.add(client);
        }
        return client;
    }

    /** Closes all clients. Clients that are already closed are ignored. */
    @Override
    public void close() {
        List<LeaseClient> all;
        synchronized (clients) {
            all = List.copyOf(clients);
            clients.clear();
        }
        all.forEach(LeaseClient::close);
    }
}
