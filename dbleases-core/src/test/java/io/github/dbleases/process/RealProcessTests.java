package io.github.dbleases.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.process.CuttableProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Three processes with the same client id, that of their host, suffer faults on one database. No partition ever has two
 * owners, and there are never two leaders.
 */
@Order(1)
@ResourceLock("processes")
class RealProcessTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PostgresServer server = PostgresServer.privateServer(Map.of());
    private final Testimonies testimonies = new Testimonies();
    private final List<Witness> witnesses = new ArrayList<>();
    private CuttableProxy proxy;

    @BeforeEach
    void start() throws Exception {
        PostgresSchema.create(server.dataSource(), PostgresStoreConfig.defaults());
        proxy = new CuttableProxy(server.host(), server.port());
        witnesses.add(startOn(proxy.port()));
        await().atMost(PATIENCE).until(() -> witnesses.get(0).leadership().isPresent());
        witnesses.add(startOn(server.port()));
        witnesses.add(startOn(server.port()));
        awaitShares(4, 4, 4);
    }

    private Witness startOn(int port) throws IOException {
        return new Witness(
                testimonies, "jdbc:postgresql://%s:%d/postgres".formatted(server.host(), port), server.user());
    }

    @AfterEach
    void noTestimoniesContradict() {
        witnesses.forEach(Witness::close);
        proxy.close();
        server.close();
        assertThat(testimonies.contradictions()).isEmpty();
    }

    @Test
    void theOthersTakeOverFromAKilledProcess() {
        long token = tokenOfTheFirst();
        witnesses.get(0).kill();

        awaitShares(0, 6, 6);
        awaitLeaderAfter(token);
    }

    @Test
    void aStoppedProcessOwnsNothingWhenItContinuesAndThenGetsItsShare() {
        long token = tokenOfTheFirst();
        witnesses.get(0).stop();
        awaitLeaderAfter(token);
        await().atMost(PATIENCE).until(() -> ownedBy(1).size() + ownedBy(2).size() == WitnessProcess.PARTITIONS);

        witnesses.get(0).resume();

        awaitShares(4, 4, 4);
        assertThat(witnesses.get(0).leadership()).isEmpty();
    }

    @Test
    void aProcessThatIsCutOffOwnsNothingAndComesBackByItself() {
        long token = tokenOfTheFirst();
        proxy.cut();
        awaitShares(0, 6, 6);
        awaitLeaderAfter(token);

        proxy.mend();

        awaitShares(4, 4, 4);
        assertThat(witnesses.get(0).leadership()).isEmpty();
    }

    @Test
    void allProcessesRecoverFromACrashOfTheDatabase() {
        server.stopImmediate();
        awaitShares(0, 0, 0);
        assertThat(witnesses).allMatch(witness -> witness.leadership().isEmpty());

        server.start();

        awaitShares(4, 4, 4);
        await().atMost(PATIENCE).until(() -> leaders().size() == 1);
    }

    private long tokenOfTheFirst() {
        return witnesses.get(0).leadership().orElseThrow();
    }

    private List<Long> leaders() {
        return witnesses.stream()
                .flatMap(witness -> witness.leadership().stream())
                .toList();
    }

    private void awaitLeaderAfter(long token) {
        await().atMost(PATIENCE).until(() -> leaders().stream().anyMatch(newer -> newer > token));
    }

    private Set<Integer> ownedBy(int witness) {
        return witnesses.get(witness).owned();
    }

    private void awaitShares(int... shares) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Set<Integer> all = new HashSet<>();
            int sum = 0;
            for (int i = 0; i < shares.length; i++) {
                assertThat(ownedBy(i)).as("partitions of witness %d", i).hasSize(shares[i]);
                all.addAll(ownedBy(i));
                sum += shares[i];
            }
            assertThat(all).hasSize(sum);
        });
    }
}
