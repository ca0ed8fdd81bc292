package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.Incarnation;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A primary and two standbys that follow it. When the primary has died, one standby is promoted after the other. The second
 * one has never followed the first one, so both get timeline 2.
 */
@Order(2)
class RepeatedTimelineTests {

    private static final Timing TIMING = new Timing(
            Duration.ofSeconds(4),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofMillis(400),
            Duration.ofMillis(400));

    private final PostgresServer primary = PostgresServer.privateLocalServer(Map.of());
    private final TestTables tables = TestTables.create(primary);
    private final PostgresServer first = primary.standby();
    private final PostgresServer second = primary.standby();

    /** The server behind the address that clients use. */
    private final AtomicReference<PostgresServer> current = new AtomicReference<>(primary);

    @BeforeEach
    void bothStandbysFollow() {
        await().until(() -> ask(primary, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                .equals("2"));
    }

    @AfterEach
    void stop() {
        second.close();
        first.close();
        primary.close();
    }

    @Test
    void theIncarnationsDifferWithAndWithoutAPooler() {
        DataSource direct = Interposed.dataSource(() -> connect(current.get()));
        DataSource pooler = Interposed.dataSource(this::connectThroughPooler);
        for (DataSource source : List.of(direct, pooler)) {
            try (HeartbeatChannel heartbeats = new PostgresLeaseStore(source).heartbeatChannel(TIMING)) {
                heartbeats.open(new NewSession(source == direct ? 10 : 20, "client", 1, TIMING.ttl(), TIMING.grace()));
            }
        }
        awaitReplay(first);
        awaitReplay(second);
        primary.stopImmediate();
        try (Channels straight = new Channels(direct, 10);
                Channels pooled = new Channels(pooler, 20)) {
            promote(first);
            Incarnation before = straight.incarnation();
            assertThat(pooled.incarnation()).isEqualTo(before);

            // Connections through the pooler stay open. It sends each statement to the current server.
            promote(second);
            Incarnation throughPooler = pooled.incarnation();
            first.stopImmediate();
            Incarnation after =
                    await().ignoreExceptions().until(straight::incarnation, incarnation -> !incarnation.equals(before));

            assertThat(after.system()).isEqualTo(before.system());
            assertThat(after.timeline()).isEqualTo(before.timeline()).isEqualTo(2);
            assertThat(after.nonce()).isNotEqualTo(before.nonce());
            assertThat(throughPooler).isEqualTo(after);
        }
    }

    @Test
    void aPartitionHasOneOwnerAndItsTokenGrowsWhenBothArePromoted() throws Exception {
        try (Instance one = new Instance("one");
                Instance other = new Instance("other")) {
            Witness witness = new Witness(List.of(one, other));
            witness.until(() -> one.owns() || other.owns());
            awaitReplay(first);
            awaitReplay(second);

            primary.stopImmediate();
            promote(first);
            witness.until(() -> renewedSince(2));
            witness.until(() -> one.owns() || other.owns());
            Instance victim = one.owns() ? one : other;
            Instance successor = victim == one ? other : one;
            victim.cutOff();
            witness.until(successor::owns);
            long taken = successor.token();

            first.stopImmediate();
            successor.cutOff();
            promote(second);
            // The successor still trusts what it owns while the victim returns to a server that does not know that.
            victim.reconnect();
            witness.until(() -> renewedSince(1));
            successor.reconnect();
            witness.until(() -> renewedSince(2));
            witness.until(() -> Math.max(one.token(), other.token()) > taken);

            assertThat(ask(
                            second,
                            "SELECT string_agg(timeline::text, ' ' ORDER BY timeline) FROM dbleases_incarnation"))
                    .isEqualTo("1 2");
        }
    }

    /** Returns whether a number of sessions have been renewed since the current server was promoted. */
    private boolean renewedSince(int sessions) throws SQLException {
        return Integer.parseInt(ask(current.get(), """
                SELECT count(*) FROM dbleases_session s, dbleases_incarnation i
                WHERE i.timeline = 2 AND s.state = 'live' AND s.expires_at - s.ttl > i.first_seen
                """)) >= sessions;
    }

    private void promote(PostgresServer standby) {
        standby.execute("SELECT pg_promote()");
        current.set(standby);
    }

    private void awaitReplay(PostgresServer standby) {
        try {
            String written = ask(primary, "SELECT pg_current_wal_lsn()");
            await().until(() -> ask(standby, "SELECT pg_last_wal_replay_lsn() >= '" + written + "'")
                    .equals("t"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String ask(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private Connection connect(PostgresServer server) throws SQLException {
        PGSimpleDataSource dataSource = (PGSimpleDataSource) tables.database().dataSource();
        dataSource.setPortNumbers(new int[] {server.port()});
        return dataSource.getConnection();
    }

    /** Returns a connection that sends each call to the server that is current at that moment. */
    private Connection connectThroughPooler() throws SQLException {
        AtomicReference<PostgresServer> to = new AtomicReference<>(current.get());
        AtomicReference<Connection> behind = new AtomicReference<>(connect(to.get()));
        return Interposed.connection(behind.get(), call -> {
            if (call.name().equals("isWrapperFor")) {
                return false;
            }
            PostgresServer now = current.get();
            if (to.getAndSet(now) != now) {
                behind.get().close();
                behind.set(connect(now));
            }
            return call.on(behind.get());
        });
    }

    /** Both lines of a client that has a session. */
    private static final class Channels implements AutoCloseable {

        private final HeartbeatChannel heartbeats;
        private final WorkChannel work;
        private final long session;

        Channels(DataSource dataSource, long session) {
            PostgresLeaseStore store = new PostgresLeaseStore(dataSource);
            this.heartbeats = store.heartbeatChannel(TIMING);
            this.work = store.workChannel(TIMING);
            this.session = session;
        }

        /** Returns the incarnation of a heartbeat, which must also be that of a transaction and of a read. */
        Incarnation incarnation() {
            Incarnation incarnation = heartbeats.renew(session).orElseThrow().incarnation();
            work.transact(new TreeSet<>(), transaction -> transaction.isLive(session));
            assertThat(work.holdings(session).incarnation()).isEqualTo(incarnation);
            return incarnation;
        }

        @Override
        public void close() {
            heartbeats.close();
            work.close();
        }
    }

    /** A client whose network can be cut, and its lease of one partition. */
    private final class Instance implements AutoCloseable {

        private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
        private final LeaseClient client;
        private final Lease lease;
        private volatile boolean cut;

        Instance(String id) {
            LeaseClientConfig config =
                    LeaseClientConfig.builder().clientId(id).timing(TIMING).build();
            this.client = LeaseClients.start(config, new PostgresLeaseStore(Interposed.dataSource(this::open)));
            this.lease = client.lease("orders", 1);
        }

        private Connection open() throws SQLException {
            refuseIfCut();
            Connection connection = connect(current.get());
            connections.add(connection);
            refuseIfCut();
            return connection;
        }

        private void refuseIfCut() throws SQLException {
            if (cut) {
                throw new SQLException("The network is cut");
            }
        }

        void cutOff() throws SQLException {
            cut = true;
            for (Connection connection : connections) {
                connection.abort(Runnable::run);
            }
        }

        void reconnect() {
            cut = false;
        }

        boolean owns() {
            return lease.owns(0);
        }

        /** Returns the token of the partition, or 0 if this instance does not own it. */
        long token() {
            OptionalLong token = lease.token(0);
            return token.orElse(0);
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** Watches the instances as closely as possible while it waits for a condition. */
    private static final class Witness {

        private final List<Instance> instances;
        private Instance latest;
        private long highest;

        Witness(List<Instance> instances) {
            this.instances = instances;
            this.latest = instances.get(0);
        }

        void until(Callable<Boolean> condition) {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> {
                        instances.forEach(this::look);
                        return condition.call();
                    });
        }

        private void look(Instance instance) {
            long token = instance.token();
            if (token > 0) {
                for (Instance other : instances) {
                    // The token is read again, because the partition may have moved in between.
                    boolean both = other != instance && other.owns() && instance.token() == token;
                    assertThat(both).as("owned by two instances").isFalse();
                }
                assertThat(token)
                        .as("the token, after %d", highest)
                        .isGreaterThanOrEqualTo(instance == latest ? highest : highest + 1);
                latest = instance;
                highest = token;
            }
        }
    }
}
