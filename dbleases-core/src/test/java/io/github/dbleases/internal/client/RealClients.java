package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseEvent;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;

/** Real clients with their real threads on the in-memory store, and their events. */
abstract class RealClients {

    static final Timing FAST = new Timing(
            Duration.ofMillis(1200),
            Duration.ofMillis(200),
            Duration.ofMillis(200),
            Duration.ofMillis(100),
            Duration.ofMillis(100));

    final InMemoryLeaseStore store = new InMemoryLeaseStore();
    final List<LeaseEvent> events = new CopyOnWriteArrayList<>();
    private final List<LeaseClient> clients = new ArrayList<>();

    @AfterEach
    void closeClients() {
        clients.forEach(LeaseClient::close);
    }

    final InternalLeaseClient start(String clientId) {
        return start(clientId, store);
    }

    final InternalLeaseClient start(String clientId, LeaseStore on) {
        LeaseClientConfig config = LeaseClientConfig.builder()
                .clientId(clientId)
                .timing(FAST)
                .debounce(Duration.ofMillis(50))
                .drainTimeout(Duration.ofSeconds(1))
                .build();
        InternalLeaseClient client = LeaseClients.start(config, on, events::add);
        clients.add(client);
        return client;
    }
}
