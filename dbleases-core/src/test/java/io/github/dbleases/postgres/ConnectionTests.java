package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.Timing;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.process.CuttableProxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections that break, hang, arrive late, or don't arrive. */
@Isolated("It counts the threads of stores in this JVM.")
class ConnectionTests {

    private static final Timing SHORT = TestTimings.withAttemptTimeout(Duration.ofMillis(700));

    private final TestTables tables = TestTables.on(PostgresServer.newest());
    private final PostgresLeaseStore store = new PostgresLeaseStore(tables.dataSource());
    private final HeartbeatChannel heartbeats = store.heartbeatChannel(TestTimings.PATIENT);
    private final WorkChannel work = store.workChannel(TestTimings.PATIENT);

    @BeforeEach
    void openSession() {
        await().until(() -> threads().isEmpty());
        tables.empty();
        heartbeats.open(new NewSession(10, "ten", 1, Duration.ofHours(1), Duration.ofSeconds(1)));
    }

    @AfterEach
    void noThreadAndNoConnectionIsLeft() {
        heartbeats.close();
        work.close();
        await().until(() -> threads().isEmpty());
        await().until(() -> tables.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
                == 0);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("dbleases-connect-") || name.startsWith("dbleases-watchdog-"))
                .toList();
    }

    @Test
    void aConnectionThatTheServerEndsIsReplaced() {
        work.holdings(10);
        endConnections();

        assertThatThrownBy(() -> heartbeats.renew(10)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> work.holdings(10)).isInstanceOf(StoreUnavailableException.class);

        assertThat(heartbeats.renew(10)).isPresent();
        assertThat(work.holdings(10).live()).isTrue();
    }

    @Test
    void theWaitForAHintNoticesABrokenConnectionAndThenOnlyWaits() throws Exception {
        endConnections();

        assertThatThrownBy(() -> heartbeats.awaitHint(10, Duration.ofMinutes(1)))
                .isInstanceOf(StoreUnavailableException.class);

        long start = System.nanoTime();
        assertThat(heartbeats.awaitHint(10, Duration.ofMillis(50))).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        assertThat(heartbeats.renew(10)).isPresent();
    }

    @Test
    void aStoreWithoutNotificationsOnlyWaits() throws Exception {
        PostgresLeaseStore silent =
                new PostgresLeaseStore(tables.dataSource(), new PostgresStoreConfig(null, "dbleases_", false));
        try (HeartbeatChannel channel = silent.heartbeatChannel(TestTimings.PATIENT)) {
            channel.renew(10);
            raise(work);

            assertThat(channel.awaitHint(10, Duration.ofMillis(100))).isFalse();
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> hint(channel));
            await().until(() -> {
                channel.close();
                return waiting.isDone();
            });
            assertThat(waiting.join()).isFalse();
        }
    }

    @Test
    void aStoreWithoutNotificationsSendsNone() throws Exception {
        PostgresLeaseStore silent =
                new PostgresLeaseStore(tables.dataSource(), new PostgresStoreConfig(null, "dbleases_", false));
        try (WorkChannel channel = silent.workChannel(TestTimings.PATIENT)) {
            raise(channel);
        }

        assertThat(heartbeats.awaitHint(10, Duration.ofMillis(300))).isFalse();
        assertThat(heartbeats.renew(10).orElseThrow().inbox()).isEqualTo(1);
    }

    @Test
    void closingTheChannelEndsACallThatHangs() throws Exception {
        try (Connection other = tables.dataSource().getConnection()) {
            other.setAutoCommit(false);
            execute(other, "SELECT FROM dbleases_session FOR UPDATE");
            CompletableFuture<?> renewing = CompletableFuture.supplyAsync(() -> heartbeats.renew(10));
            await().until(() ->
                    tables.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == 1);

            heartbeats.close();

            assertThat(renewing)
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(StoreUnavailableException.class);
            other.rollback();
        }
        assertThat(heartbeats.renew(10)).isPresent();
    }

    @Test
    void aDataSourceThatHangsIsLeftBehindAndItsConnectionIsClosedWhenItArrives() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        List<Connection> late = new CopyOnWriteArrayList<>();
        DataSource exhausted = Interposed.dataSource(() -> {
            awaitUninterruptibly(free);
            late.add(tables.dataSource().getConnection());
            return late.get(late.size() - 1);
        });
        try (HeartbeatChannel channel = new PostgresLeaseStore(exhausted).heartbeatChannel(SHORT)) {
            assertThatThrownBy(() -> channel.renew(10))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("700 ms");

            free.countDown();

            await().until(() -> late.size() == 1 && late.get(0).isClosed());
            await().ignoreExceptions().until(() -> channel.renew(10).isPresent());
        }
    }

    @Test
    void closingTheChannelEndsAnAttemptToConnect() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        DataSource hanging = Interposed.dataSource(() -> {
            asked.countDown();
            awaitUninterruptibly(free);
            throw new SQLException("on purpose");
        });
        HeartbeatChannel channel = new PostgresLeaseStore(hanging).heartbeatChannel(TestTimings.PATIENT);
        CompletableFuture<?> renewing = CompletableFuture.supplyAsync(() -> channel.renew(10));
        awaitUninterruptibly(asked);

        channel.close();

        assertThat(renewing).failsWithin(Duration.ofSeconds(20));
        free.countDown();
    }

    @Test
    void aServerThatNeverAnswersCostsABoundedNumberOfThreads() throws Exception {
        heartbeats.close();
        await().until(() -> threads().isEmpty());
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            PGSimpleDataSource dataSource = dataSource(mute.getLocalPort());
            try (HeartbeatChannel channel = new PostgresLeaseStore(dataSource)
                    .heartbeatChannel(TestTimings.withAttemptTimeout(Duration.ofMillis(50)))) {
                for (int i = 0; i < 12; i++) {
                    assertThatThrownBy(() -> channel.renew(10)).isInstanceOf(StoreUnavailableException.class);
                }

                assertThat(threads().stream().filter(name -> name.contains("connect")))
                        .hasSizeLessThanOrEqualTo(8);
                assertThatThrownBy(() -> channel.renew(10)).hasMessageContaining("8 earlier attempts");
            }
        }
    }

    @Test
    void aReplyThatIsLostFailsTheAttemptAndTheNextOneWorks() throws Exception {
        PostgresServer server = PostgresServer.newest();
        try (CuttableProxy network = new CuttableProxy(server.host(), server.port());
                HeartbeatChannel channel = new PostgresLeaseStore(dataSource(network.port())).heartbeatChannel(SHORT)) {
            await().ignoreExceptions().until(() -> channel.renew(10).isPresent());
            String before = tables.query("SELECT expires_at FROM dbleases_session");
            network.cutReplies();

            assertThatThrownBy(() -> channel.renew(10)).isInstanceOf(StoreUnavailableException.class);

            await().until(() ->
                    !tables.query("SELECT expires_at FROM dbleases_session").equals(before));
            network.mend();
            await().ignoreExceptions().until(() -> channel.renew(10).isPresent());
        }
    }

    @Test
    void aNetworkThatIsCutFailsTheAttemptAndTheWait() throws Exception {
        PostgresServer server = PostgresServer.newest();
        try (CuttableProxy network = new CuttableProxy(server.host(), server.port());
                HeartbeatChannel channel = new PostgresLeaseStore(dataSource(network.port())).heartbeatChannel(SHORT)) {
            await().ignoreExceptions().until(() -> channel.renew(10).isPresent());
            network.cut();

            assertThatThrownBy(() -> channel.renew(10)).isInstanceOf(StoreUnavailableException.class);
            assertThatThrownBy(() -> channel.renew(10)).isInstanceOf(StoreUnavailableException.class);
            assertThat(channel.awaitHint(10, Duration.ofMillis(1))).isFalse();

            network.mend();
            await().ignoreExceptions().until(() -> channel.renew(10).isPresent());
        }
    }

    @Test
    void anInterruptedThreadCanStillCall() {
        Thread.currentThread().interrupt();
        assertThat(heartbeats.renew(10)).isPresent();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void statementsThatAPoolerHasLostArePreparedAgain() throws Exception {
        List<Connection> made = new CopyOnWriteArrayList<>();
        DataSource remembering = Interposed.dataSource(() -> {
            made.add(tables.dataSource().getConnection());
            return made.get(made.size() - 1);
        });
        try (WorkChannel channel = new PostgresLeaseStore(remembering).workChannel(TestTimings.PATIENT)) {
            for (int i = 0; i < 10; i++) {
                raise(channel);
            }
            // In a block, because the driver notices a DEALLOCATE that it sends itself.
            execute(made.get(0), "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");

            raise(channel);

            assertThat(heartbeats.renew(10).orElseThrow().inbox()).isEqualTo(11);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, true", "true, false"})
    void behindAPoolerNoStatementIsPreparedThatAnotherClientCouldExecute(boolean pooler, boolean prepares)
            throws Exception {
        List<Connection> made = new CopyOnWriteArrayList<>();
        DataSource remembering = Interposed.dataSource(() -> {
            Connection connection = tables.dataSource().getConnection();
            made.add(connection);
            return pooler ? Interposed.behindPooler(connection) : connection;
        });
        PostgresLeaseStore store = new PostgresLeaseStore(remembering);
        try (HeartbeatChannel beats = store.heartbeatChannel(TestTimings.PATIENT);
                WorkChannel channel = store.workChannel(TestTimings.PATIENT)) {
            for (int i = 0; i < 10; i++) {
                assertThat(beats.renew(10)).isPresent();
                raise(channel);
            }
            assertThat(made).hasSize(2);
            for (Connection connection : made) {
                assertThat(hasPrepared(connection)).isEqualTo(prepares);
            }
        }
    }

    private static boolean hasPrepared(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) > 0 FROM pg_prepared_statements")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static void raise(WorkChannel channel) {
        channel.transact(new TreeSet<>(), transaction -> {
            transaction.raiseInboxes(List.of(10L));
            return null;
        });
    }

    private static boolean hint(HeartbeatChannel channel) {
        try {
            return channel.awaitHint(10, Duration.ofMinutes(1));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private PGSimpleDataSource dataSource(int port) {
        PostgresDatabase database = tables.database();
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setServerNames(new String[] {"localhost"});
        dataSource.setPortNumbers(new int[] {port});
        dataSource.setDatabaseName(database.name());
        dataSource.setUser(database.user());
        dataSource.setPassword(database.password());
        return dataSource;
    }

    /** Ends all connections to the database, as an administrator does. */
    private void endConnections() {
        tables.query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            if (!latch.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("Nothing arrived within a minute");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
