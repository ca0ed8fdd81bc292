package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The engine on a real database. */
class EngineOnPostgresTests {

    private static final Timing TIMING = new Timing(
            Duration.ofSeconds(20),
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    @Test
    void clientsShareALeaseAndOneTakesOverWhatTheOtherReleases() throws Exception {
        DataSource dataSource = PostgresServer.newest().freshDatabase().dataSource();
        PostgresSchema.create(dataSource, PostgresStoreConfig.defaults());
        PostgresLeaseStore store = new PostgresLeaseStore(dataSource);
        try (LeaseClient one = LeaseClients.start(config("a"), store)) {
            Lease first = one.lease("orders", 16);
            await().untilAsserted(() -> assertThat(first.values()).hasSize(16));
            try (LeaseClient two = LeaseClients.start(config("b"), store)) {
                Lease second = two.lease("orders", 16);
                await().untilAsserted(() -> assertThat(second.values()).hasSize(8));
                assertThat(first.values()).hasSize(8);
            }
            await().untilAsserted(() -> assertThat(first.values()).hasSize(16));
        }
    }

    private static LeaseClientConfig config(String id) {
        return LeaseClientConfig.builder().clientId(id).timing(TIMING).build();
    }
}
