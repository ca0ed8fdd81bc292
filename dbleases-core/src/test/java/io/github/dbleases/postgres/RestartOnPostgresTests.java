package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.Hold;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.OwnershipLostException;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.process.CuttableProxy;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** A client that is stopped and started again, on a real database behind a network that can be cut. */
@Order(3)
@Timeout(120)
class RestartOnPostgresTests {

    private static final Duration TTL = Duration.ofSeconds(3);

    private final TestTables tables = TestTables.create(PostgresServer.newest());
    private final CuttableProxy network;
    private final LeaseClient client;
    private final Lease lease;
    private final Leadership leadership;

    RestartOnPostgresTests() throws IOException {
        network = new CuttableProxy(
                tables.database().server().host(), tables.database().server().port());
        client = client("restarted", throughTheNetwork());
        lease = client.lease("orders", 4);
        leadership = client.leadership("reports");
    }

    @AfterEach
    void close() throws IOException {
        network.mend();
        client.close();
        network.close();
    }

    @Test
    void itOwnsAgainInANewSession() {
        client.start();
        awaitAll();
        long session = client.status().session().orElseThrow();
        long token = lease.token(0).orElseThrow();

        client.stop();
        assertThat(client.state()).isEqualTo(ClientState.STOPPED);
        assertThat(lease.values()).isEmpty();
        assertThat(leadership.isLeader()).isFalse();
        assertThat(liveSessions()).isEqualTo("0");
        await().until(() -> tables.query("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()")
                .equals("0"));

        client.start();
        awaitAll();
        assertThat(client.status().session().orElseThrow()).isNotEqualTo(session);
        assertThat(lease.token(0).orElseThrow()).isGreaterThan(token);
        assertThat(liveSessions()).isEqualTo("1");
    }

    @Test
    void anotherClientTakesOverAndSharesAgain() {
        try (LeaseClient other = client("other", tables.dataSource())) {
            other.start();
            Lease there = other.lease("orders", 4);
            client.start();
            await().until(() -> lease.values().size() == 2 && there.values().size() == 2);

            client.stop();
            await().until(() -> there.values().size() == 4);

            client.start();
            await().until(() -> lease.values().size() == 2 && there.values().size() == 2);
            assertThat(lease.values()).doesNotContainAnyElementsOf(there.values());
        }
    }

    @Test
    void aHoldFromBeforeTheRestartIsNeverTrustedAndItsTransactionNeverCommits() throws SQLException {
        client.start();
        awaitAll();
        Hold hold = lease.tryHold(0).orElseThrow();

        client.stop();
        client.start();
        await().until(() -> lease.values().size() == 3);

        assertThat(lease.owns(0)).isFalse();
        assertThat(hold.isTrusted()).isFalse();
        try (Connection connection = tables.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> hold.fence(connection)).isInstanceOf(OwnershipLostException.class);
            assertThatThrownBy(() -> lease.fence(connection, 0)).isInstanceOf(OwnershipLostException.class);
            connection.rollback();
        }
        hold.close();
        awaitAll();
        assertThat(hold.isTrusted()).isFalse();
    }

    @Test
    void itStopsAndStartsWhileTheDatabaseIsAway() {
        client.start();
        awaitAll();
        long session = client.status().session().orElseThrow();

        network.cut();
        client.stop();
        assertThat(client.state()).isEqualTo(ClientState.STOPPED);
        client.start();
        assertThat(client.state()).isEqualTo(ClientState.STARTING);
        assertThat(lease.values()).isEmpty();

        network.mend();
        awaitAll();
        assertThat(client.status().session().orElseThrow()).isNotEqualTo(session);
    }

    @Test
    void aStopWhileItWaitsForTheDatabaseWins() throws InterruptedException {
        network.cut();
        Thread starting = new Thread(client::start);
        starting.start();
        await().until(() -> client.state() == ClientState.STARTING);

        client.stop();
        starting.join();
        assertThat(client.state()).isEqualTo(ClientState.STOPPED);
        network.mend();

        client.start();
        awaitAll();
    }

    @Test
    void aListenerCanRestartItsClient() throws InterruptedException {
        AtomicInteger elections = new AtomicInteger();
        CountDownLatch restarted = new CountDownLatch(1);
        lease.addListener(new LeaseListener() {
            @Override
            public void onAssigned(PartitionSet partitions) {
                if (elections.getAndIncrement() == 0) {
                    client.stop();
                    client.start();
                } else {
                    restarted.countDown();
                }
            }
        });

        client.start();

        restarted.await();
        awaitAll();
        assertThat(liveSessions()).isEqualTo("1");
    }

    private void awaitAll() {
        await().atMost(Duration.ofSeconds(60)).until(() -> lease.values().size() == 4 && leadership.isLeader());
    }

    private String liveSessions() {
        return tables.query("SELECT count(*) FROM dbleases_session WHERE state = 'live'");
    }

    private static LeaseClient client(String id, DataSource dataSource) {
        return LeaseClient.builder(new PostgresLeaseStore(dataSource))
                .clientId(id)
                .ttl(TTL)
                .debounce(Duration.ZERO)
                .drainTimeout(Duration.ofMillis(500))
                .build();
    }

    private DataSource throughTheNetwork() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setServerNames(new String[] {"localhost"});
        dataSource.setPortNumbers(new int[] {network.port()});
        dataSource.setDatabaseName(tables.database().name());
        dataSource.setUser(tables.database().user());
        dataSource.setPassword(tables.database().password());
        return dataSource;
    }
}
