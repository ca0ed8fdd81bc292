package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Change.Move;
import io.github.dbleases.assignment.Change.Withdraw;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.FencedPartition;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Transactions that compete for the same rows. */
@Order(2)
@ParameterizedClass
@MethodSource("servers")
class ConflictTests {

    private static final Timing TIMING = TestTimings.PATIENT;

    private static final String FENCE = "SELECT 1 FROM dbleases_partition"
            + " WHERE lease = 'orders' AND partition = %d AND session_id = %d AND token = %d FOR KEY SHARE";

    private static final SortedSet<String> ORDERS = names("orders");

    private final TestTables tables;
    private final PostgresLeaseStore store;
    private final HeartbeatChannel heartbeats;
    private final WorkChannel work;
    private final List<Connection> connections = new ArrayList<>();

    ConflictTests(PostgresServer server) {
        tables = TestTables.on(server);
        store = new PostgresLeaseStore(tables.dataSource());
        heartbeats = store.heartbeatChannel(TIMING);
        work = store.workChannel(TIMING);
    }

    static List<PostgresServer> servers() {
        return PostgresServer.all();
    }

    @BeforeEach
    void openSessionsAndOrders() {
        tables.empty();
        open(10);
        open(20);
        work.transact(ORDERS, transaction -> {
            transaction.create(LeaseSpec.partitions("orders", 4));
            return null;
        });
    }

    @AfterEach
    void closeConnections() throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
        heartbeats.close();
        work.close();
    }

    @Test
    void markingDeadSkipsASessionThatAnotherTransactionHasLocked() throws SQLException {
        expire(10);
        Connection other = begin("SELECT FROM dbleases_session WHERE id = 10 FOR UPDATE");

        assertThat(work.markDead(markDeadCondition(10))).isEmpty();

        other.rollback();
        assertThat(work.markDead(markDeadCondition(10))).isPresent();
    }

    @Test
    void markingDeadNeitherSkipsNorWaitsForAFencedTransaction() throws SQLException {
        Partition owned = grant(0, 10);
        begin(fence(owned));
        expire(10);

        assertThat(work.markDead(markDeadCondition(10))).contains(ORDERS);
    }

    @Test
    void aTransactionDoesNotRunOnALeaseThatAnotherOneHasLockedIfItNeedNotWait() throws SQLException {
        Connection other = begin("SELECT FROM dbleases_lease WHERE name = 'orders' FOR NO KEY UPDATE");

        assertThat(work.transactUnlessLocked("orders", transaction -> true)).isEmpty();
        assertThat(work.lease("orders")).isPresent();

        other.rollback();
        assertThat(work.transactUnlessLocked("orders", transaction -> true)).contains(true);
    }

    @Test
    void aLeaseThatIsCreatedAfterTheLocksWereTakenIsLockedBeforeItIsUsed() throws SQLException {
        Connection other = begin("SELECT 1");
        other.setAutoCommit(true);

        work.transact(names("orders", "reports"), transaction -> {
            execute(
                    other,
                    "INSERT INTO dbleases_lease (name, kind, partitions, changed_at)"
                            + " VALUES ('reports', 'partitions', 4, now())");
            assertThat(transaction.lease("reports")).isEmpty();
            transaction.create(LeaseSpec.partitions("reports", 4));
            assertThat(transaction.lease("reports")).isPresent();
            assertThat(hasRow(other, "SELECT FROM dbleases_lease WHERE name = 'reports' FOR UPDATE SKIP LOCKED"))
                    .isFalse();
            return true;
        });
    }

    @Test
    void aTakeoverSkipsOnlyThePartitionWithAnOpenFencedTransaction() throws SQLException {
        Partition fenced = grant(0, 10);
        Partition free = grant(1, 10);
        Connection user = begin(fence(fenced));
        end(10);

        assertThat(apply(new Grant(fenced, 20, 0), new Grant(free, 20, 0))).containsExactly(new Grant(free, 20, 0));

        user.commit();
        assertThat(apply(new Grant(fenced, 20, 0))).hasSize(1);
    }

    @Test
    void aFenceThatIsSetDuringATakeoverFindsNoRow() throws SQLException {
        Partition before = grant(0, 10);
        Connection user = begin("SELECT 1");
        end(10);

        CompletableFuture<Boolean> fence = work.transact(ORDERS, transaction -> {
            transaction.apply("orders", List.of(new Grant(before, 20, 0)));
            CompletableFuture<Boolean> setting = CompletableFuture.supplyAsync(() -> hasRow(user, fence(before)));
            await().until(() -> waitingForLocks() == 1);
            return setting;
        });

        assertThat(fence.join()).isFalse();
    }

    /**
     * FOR KEY SHARE alone would lock the old version of the row, and the fence would hold: an update that changes no key does
     * not conflict with it. The update of a take-over does, because it has locked the row FOR UPDATE before.
     */
    @ParameterizedTest
    @CsvSource({"REPEATABLE READ, false", "REPEATABLE READ, true", "SERIALIZABLE, false", "SERIALIZABLE, true"})
    void aFenceWithASnapshotFromBeforeATakeOverConflictsWithIt(String isolation, boolean askedForBefore)
            throws SQLException {
        Partition owned = grant(0, 10);
        Connection user = begin("SET TRANSACTION ISOLATION LEVEL " + isolation);
        execute(user, "SELECT FROM dbleases_partition");
        if (askedForBefore) {
            assertThat(apply(new Move(owned, 20))).hasSize(1);
        }
        end(10);
        assertThat(apply(new Grant(partition(0), 20, 0))).hasSize(1);

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> store.fence(user, new FencedPartition("orders", 0, 10, owned.token())))
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("40001"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})
    void aPartitionThatIsOnlyAskedForDuringTheTransactionIsStillOwned(String isolation) throws SQLException {
        Partition owned = grant(0, 10);
        Connection user = begin("SET TRANSACTION ISOLATION LEVEL " + isolation);
        execute(user, "SELECT FROM dbleases_partition");
        assertThat(apply(new Move(owned, 20))).hasSize(1);

        assertThat(store.fence(user, new FencedPartition("orders", 0, 10, owned.token())))
                .isTrue();
        assertThat(apply(new Grant(partition(0), 20, 0))).isEmpty();

        user.commit();
        assertThat(apply(new Grant(partition(0), 20, 0))).hasSize(1);
    }

    @Test
    void aMoveAndAWithdrawalDoNotWaitForAFencedTransaction() throws SQLException {
        Partition owned = grant(0, 10);
        begin(fence(owned));

        assertThat(apply(new Move(owned, 20))).hasSize(1);
        assertThat(apply(new Withdraw(partition(0)))).hasSize(1);
    }

    @Test
    void transactionsThatRaiseTheSameSessionsInDifferentOrdersDoNotDeadlock() throws SQLException {
        List<Long> sessions = new ArrayList<>(LongStream.range(100, 130).boxed().toList());
        sessions.forEach(this::open);
        List<Long> reversed = new ArrayList<>(sessions);
        Collections.reverse(reversed);
        AtomicInteger times = new AtomicInteger();
        Connection inTheMiddle = begin("SELECT FROM dbleases_session WHERE id = 115 FOR UPDATE");
        try (WorkChannel channel = store.workChannel(TIMING)) {
            CompletableFuture<Void> one = CompletableFuture.runAsync(() -> raise(work, "a", sessions, times));
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> raise(channel, "b", reversed, times));
            await().until(() -> waitingForLocks() == 2);

            inTheMiddle.rollback();

            one.join();
            other.join();
        }
        // Neither was repeated because of a conflict.
        assertThat(times).hasValue(2);
    }

    private static void raise(WorkChannel channel, String lease, List<Long> sessions, AtomicInteger times) {
        channel.transact(names(lease), transaction -> {
            times.incrementAndGet();
            transaction.raiseInboxes(sessions);
            return null;
        });
    }

    /** One plan scans the table, the other uses the index, and they find the rows in opposite orders. */
    @Test
    void sessionsAreLockedInTheSameOrderWithEveryPlan() throws SQLException {
        tables.empty();
        List<Long> sessions = LongStream.range(100, 130).boxed().toList();
        IntStream.range(0, 30).forEach(i -> open(129 - i));
        AtomicInteger times = new AtomicInteger();
        Connection inTheMiddle = begin("SELECT FROM dbleases_session WHERE id = 115 FOR UPDATE");
        try (WorkChannel scanning = planning("-c enable_indexscan=off -c enable_bitmapscan=off");
                WorkChannel seeking = planning("-c enable_seqscan=off -c enable_bitmapscan=off")) {
            CompletableFuture<Void> one = CompletableFuture.runAsync(() -> raise(scanning, "a", sessions, times));
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> raise(seeking, "b", sessions, times));
            await().until(() -> waitingForLocks() == 2);

            inTheMiddle.rollback();

            one.join();
            other.join();
        }
        // Neither was repeated because of a conflict.
        assertThat(times).hasValue(2);
    }

    private WorkChannel planning(String options) {
        PGSimpleDataSource configured = (PGSimpleDataSource) tables.database().dataSource();
        configured.setOptions(options);
        return new PostgresLeaseStore(configured).workChannel(TIMING);
    }

    @Test
    void aLeaseIsReadAfterItIsLocked() throws SQLException {
        Connection other = begin("UPDATE dbleases_lease SET partitions = 3 WHERE name = 'orders'");
        CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> work.transact(
                ORDERS, transaction -> transaction.lease("orders").orElseThrow().partitions()));
        await().until(() -> waitingForLocks() == 1);

        other.commit();

        assertThat(read.join()).isEqualTo(3);
    }

    @Test
    void aRenewalThatWaitedForItsRowCountsFromTheEndOfTheWait() throws SQLException {
        Connection other = begin("UPDATE dbleases_session SET inbox = inbox + 1 WHERE id = 10");
        CompletableFuture<Boolean> renewal =
                CompletableFuture.supplyAsync(() -> heartbeats.renew(10).isPresent());
        await().until(() -> waitingForLocks() == 1);
        execute(other, "CREATE TEMPORARY TABLE waited AS SELECT clock_timestamp() AS until");

        other.commit();

        assertThat(renewal.join()).isTrue();
        try (Statement statement = other.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT expires_at - ttl > until FROM dbleases_session, waited WHERE id = 10")) {
            row.next();
            assertThat(row.getBoolean(1)).isTrue();
        }
    }

    @Test
    void theEndOfASessionAndAnAssignerDoNotDeadlock() {
        AtomicInteger times = new AtomicInteger();
        try (WorkChannel channel = store.workChannel(TIMING)) {
            CompletableFuture<Void> assigning =
                    CompletableFuture.runAsync(() -> repeat(() -> channel.transact(ORDERS, transaction -> {
                        times.incrementAndGet();
                        transaction.raiseInboxes(List.of(20L, 10L));
                        return transaction.snapshot("orders");
                    })));
            repeat(() -> work.transact(ORDERS, transaction -> {
                times.incrementAndGet();
                transaction.end(10);
                transaction.raiseInboxes(List.of(20L));
                return transaction.snapshot("orders");
            }));
            assigning.join();
        }
        // Neither was repeated because of a conflict.
        assertThat(times).hasValue(100);
    }

    private static void repeat(Runnable action) {
        IntStream.range(0, 50).forEach(i -> action.run());
    }

    @Test
    void aTransactionThatLosesADeadlockIsRepeated() throws Exception {
        // The transaction that waits first looks for a deadlock first, and loses.
        Connection other =
                begin("SET LOCAL deadlock_timeout = '1min'; SELECT FROM dbleases_session WHERE id = 20 FOR UPDATE");
        CompletableFuture<Void> locking = CompletableFuture.runAsync(() -> {
            await().pollInterval(Duration.ofMillis(10)).until(() -> waitingForLocks() == 1);
            execute(other, "SELECT FROM dbleases_lease FOR UPDATE");
            rollback(other);
        });
        AtomicInteger times = new AtomicInteger();

        raise(work, "orders", List.of(20L), times);

        locking.join();
        assertThat(times).hasValueGreaterThanOrEqualTo(2);
        assertThat(heartbeats.renew(20).orElseThrow().inbox()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStoppedAssignerBlocksNoHeartbeatForLong(boolean behindPooler) throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        DataSource stopping = Interposed.dataSource(() ->
                Interposed.connection(tables.dataSource().getConnection(), call -> {
                    if (call.name().equals("commit")) {
                        stopped.countDown();
                        goOn.await();
                    } else if (call.name().equals("abort")) {
                        // The whole process is stopped, with all its threads.
                        goOn.await();
                    }
                    return call.proceed();
                }));
        DataSource source = behindPooler ? Interposed.disguised(stopping) : stopping;
        Timing shortTiming = TestTimings.withAttemptTimeout(Duration.ofMillis(1500));
        try (WorkChannel assigner = new PostgresLeaseStore(source).workChannel(shortTiming)) {
            CompletableFuture<Object> assigning = CompletableFuture.supplyAsync(() -> assigner.transact(ORDERS, tx -> {
                tx.raiseInboxes(List.of(20L));
                return "done";
            }));
            stopped.await();

            // The server ends the transaction of the stopped process.
            await().until(() -> isRenewed(20));

            assertThat(assigning).isNotDone();
            goOn.countDown();
            assertThatThrownBy(assigning::join).hasCauseInstanceOf(StoreUnavailableException.class);
        }
    }

    @Test
    void anAttemptThatWaitsForALockIsCanceledOnTheServerToo() throws Exception {
        Timing shortTiming = TestTimings.withAttemptTimeout(Duration.ofSeconds(1));
        for (DataSource source : List.of(tables.dataSource(), Interposed.disguised(tables.dataSource()))) {
            PostgresLeaseStore impatient = new PostgresLeaseStore(source);
            try (HeartbeatChannel beats = impatient.heartbeatChannel(shortTiming);
                    WorkChannel channel = impatient.workChannel(shortTiming)) {
                await().ignoreExceptions().until(() -> beats.renew(10).isPresent());
                Connection session = begin("SELECT FROM dbleases_session WHERE id = 10 FOR UPDATE");
                Connection lease = begin("SELECT FROM dbleases_lease FOR UPDATE");

                assertThatThrownBy(() -> beats.renew(10)).isInstanceOf(StoreUnavailableException.class);
                assertThatThrownBy(() -> channel.transact(ORDERS, transaction -> null))
                        .isInstanceOf(StoreUnavailableException.class);
                await().until(() -> waitingForLocks() == 0);

                session.rollback();
                lease.rollback();
                await().ignoreExceptions().until(() -> beats.renew(10).isPresent());
            }
        }
    }

    @Test
    void anAttemptThatWaitsForATableIsCanceledOnTheServerToo() throws Exception {
        try (HeartbeatChannel beats = store.heartbeatChannel(TestTimings.withAttemptTimeout(Duration.ofSeconds(1)))) {
            await().ignoreExceptions().until(() -> beats.renew(10).isPresent());
            Connection altering = begin("LOCK TABLE dbleases_session IN ACCESS EXCLUSIVE MODE");

            assertThatThrownBy(() -> beats.renew(10)).isInstanceOf(StoreUnavailableException.class);
            await().until(() -> waitingForLocks() == 0);

            altering.rollback();
        }
    }

    private boolean isRenewed(long session) {
        try {
            return heartbeats.renew(session).isPresent();
        } catch (StoreUnavailableException e) {
            return false;
        }
    }

    private void open(long session) {
        heartbeats.open(new NewSession(session, "client-" + session, 1, TIMING.ttl(), TIMING.grace()));
    }

    private void expire(long session) {
        tables.execute(
                "UPDATE dbleases_session SET expires_at = clock_timestamp() - interval '1 hour' WHERE id = " + session);
    }

    private MarkDeadCondition markDeadCondition(long session) {
        Instant now = heartbeats.renew(20).orElseThrow().databaseTime();
        return new MarkDeadCondition(session, TIMING.grace(), now, TIMING.ttl());
    }

    private void end(long session) {
        work.transact(ORDERS, transaction -> {
            transaction.end(session);
            return null;
        });
    }

    private Partition grant(int number, long to) {
        assertThat(apply(new Grant(partition(number), to, 0))).hasSize(1);
        return partition(number);
    }

    private List<Change> apply(Change... changes) {
        return work.transact(ORDERS, transaction -> transaction.apply("orders", List.of(changes)));
    }

    private Partition partition(int number) {
        return work.transact(ORDERS, transaction -> transaction.snapshot("orders")).partitions().stream()
                .filter(partition -> partition.number() == number)
                .findFirst()
                .orElseThrow();
    }

    /** Begins a transaction of another client. */
    private Connection begin(String sql) throws SQLException {
        Connection connection = tables.dataSource().getConnection();
        connections.add(connection);
        connection.setAutoCommit(false);
        execute(connection, sql);
        return connection;
    }

    private static void execute(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    private static boolean hasRow(Connection connection, String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next();
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    private static String fence(Partition partition) {
        return FENCE.formatted(partition.number(), partition.owner(), partition.token());
    }

    private long waitingForLocks() {
        return tables.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                + " AND datname = current_database()");
    }

    private static SortedSet<String> names(String... names) {
        return new TreeSet<>(List.of(names));
    }
}
