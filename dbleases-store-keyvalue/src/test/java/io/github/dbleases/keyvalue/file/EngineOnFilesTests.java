package io.github.dbleases.keyvalue.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.keyvalue.KeyValueLeaseStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients on a directory of files. */
class EngineOnFilesTests {

    private static final Timing TIMING = new Timing(
            Duration.ofSeconds(20),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    @TempDir
    private Path directory;

    @Test
    void clientsShareALeaseAndOneTakesOverTheReleasedPartitionsOfTheOther() {
        try (LeaseClient one = start("a")) {
            Lease first = one.lease("orders", 16);
            await().untilAsserted(() -> assertThat(first.values()).hasSize(16));
            try (LeaseClient two = start("b")) {
                Lease second = two.lease("orders", 16);
                await().untilAsserted(() -> assertThat(second.values()).hasSize(8));
                assertThat(first.values()).hasSize(8);
            }
            await().untilAsserted(() -> assertThat(first.values()).hasSize(16));
        }
    }

    @Test
    void theOtherCandidateLeadsAfterAResignation() {
        try (LeaseClient one = start("a");
                LeaseClient two = start("b")) {
            Leadership first = one.leadership("reports");
            await().until(first::isLeader);
            Leadership second = two.leadership("reports");
            await().until(() -> two.cluster().leases().get("reports").members().size() == 2);

            first.resign();

            await().until(second::isLeader);
            assertThat(first.isLeader()).isFalse();
        }
    }

    @Test
    void aClosedClientLeavesOnlyItsLeases() throws IOException {
        try (LeaseClient client = start("a")) {
            Lease lease = client.lease("orders", 2);
            await().until(() -> lease.values().size() == 2);
        }

        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("leases.lock", "lease+orders.txt");
        }
    }

    @Test
    void aClientDoesNotStartOnADirectoryThatItCannotUse() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> LeaseClients.start(config("a"), new KeyValueLeaseStore(new FileBackend(file))))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void aClientWhoseDirectoryIsDeletedStartsANewSession() throws IOException {
        try (LeaseClient client = start("a")) {
            Lease lease = client.lease("orders", 2);
            await().until(() -> lease.values().size() == 2);
            long token = lease.token(0).orElseThrow();

            // A heartbeat may write a document in the meantime.
            await().ignoreExceptions().until(this::deleteAll);

            await().until(() -> lease.token(0).orElse(0) > token);
            assertThat(client.state()).isEqualTo(ClientState.ACTIVE);
        }
    }

    private boolean deleteAll() throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        return true;
    }

    private LeaseClient start(String id) {
        return LeaseClients.start(config(id), new KeyValueLeaseStore(new FileBackend(directory)));
    }

    private static LeaseClientConfig config(String id) {
        return LeaseClientConfig.builder()
                .clientId(id)
                .timing(TIMING)
                .debounce(Duration.ofMillis(100))
                .build();
    }
}
