package io.github.dbleases.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
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
import io.github.dbleases.store.HeartbeatLine;
import io.github.dbleases.store.NewSession;
import io.github.dbleases.store.Warrant;
import io.github.dbleases.store.WorkLine;
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
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Transactions of several connections that meet on the same rows. */
@ParameterizedClass
@MethodSource("servers")
class ConflictTests {

    private static final Timing TIMING = TestTimings.PATIENT;

    private static final String FENCE = "SELECT 1 FROM dbleases_partition"
            + " WHERE lease = 'orders' AND partition = %d AND session_id = %d AND token = %d FOR KEY SHARE";

    private static final SortedSet<String> ORDERS = names("orders");

    private final TestTables tables;
    private final PostgresLeaseStore store;
    private final HeartbeatLine heartbeats;
    private final WorkLine work;
    private final List<Connection> connections = new ArrayList<>();

    ConflictTests(PostgresServer server) {
        tables = TestTables.on(server);
        store = new PostgresLeaseStore(tables.dataSource());
        heartbeats = store.heartbeatLine(TIMING);
        work = store.workLine(TIMING);
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
    void aKillSkipsASessionThatSomebodyElseIsAt() throws SQLException {
        expire(10);
        Connection other = begin("SELECT FROM dbleases_session WHERE id = 10 FOR UPDATE");

        assertThat(work.markDead(warrant(10))).isEmpty();

        other.rollback();
        assertThat(work.markDead(warrant(10))).isPresent();
    }

    @Test
    void aKillNeitherSkipsNorWaitsForAFencedTransactionOfTheSession() throws SQLException {
        Partition owned = grant(0, 10);
        begin(fence(owned));
        expire(10);

        assertThat(work.markDead(warrant(10))).contains(ORDERS);
    }

    @Test
    void aTakeOverLeavesOutOnlyThePartitionOnWhichAFencedTransactionIsOpen() throws SQLException {
        Partition fenced = grant(0, 10);
        Partition free = grant(1, 10);
        Connection user = begin(fence(fenced));
        end(10);

        assertThat(apply(new Grant(fenced, 20, 0), new Grant(free, 20, 0))).containsExactly(new Grant(free, 20, 0));

        user.commit();
        assertThat(apply(new Grant(fenced, 20, 0))).hasSize(1);
    }

    @Test
    void aFenceThatIsSetDuringATakeOverHoldsNothing() throws SQLException {
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

    @Test
    void aMoveAndAWithdrawalDoNotWaitForAFencedTransaction() throws SQLException {
        Partition owned = grant(0, 10);
        begin(fence(owned));

        assertThat(apply(new Move(owned, 20))).hasSize(1);
        assertThat(apply(new Withdraw(partition(0)))).hasSize(1);
    }

    @Test
    void transactionsThatRaiseTheSameSessionsInAnotherOrderDoNotDeadlock() {
        List<Long> sessions = new ArrayList<>(LongStream.range(100, 130).boxed().toList());
        sessions.forEach(this::open);
        List<Long> reversed = new ArrayList<>(sessions);
        Collections.reverse(reversed);

        doTogether(
                times -> work.transact(names("a"), transaction -> {
                    times.incrementAndGet();
                    transaction.raise(sessions);
                    return null;
                }),
                (line, times) -> line.transact(names("b"), transaction -> {
                    times.incrementAndGet();
                    transaction.raise(reversed);
                    return null;
                }));
    }

    @Test
    void theEndOfASessionAndAnAssignerDoNotDeadlock() {
        doTogether(
                times -> work.transact(ORDERS, transaction -> {
                    times.incrementAndGet();
                    transaction.end(10);
                    transaction.snapshot("orders");
                    transaction.raise(List.of(20L));
                    return null;
                }),
                (line, times) -> line.transact(ORDERS, transaction -> {
                    times.incrementAndGet();
                    transaction.raise(List.of(20L, 10L));
                    transaction.snapshot("orders");
                    return null;
                }));
    }

    /** Does two things many times at the same time; neither is done again because of a conflict. */
    private void doTogether(Consumer<AtomicInteger> one, BiConsumer<WorkLine, AtomicInteger> other) {
        AtomicInteger times = new AtomicInteger();
        try (WorkLine line = store.workLine(TIMING)) {
            CompletableFuture<Void> others =
                    CompletableFuture.runAsync(() -> IntStream.range(0, 50).forEach(i -> other.accept(line, times)));
            IntStream.range(0, 50).forEach(i -> one.accept(times));
            others.join();
        }
        assertThat(times).hasValue(100);
    }

    @Test
    void aTransactionThatLosesADeadlockIsDoneAgain() throws Exception {
        Connection other = begin("SELECT FROM dbleases_session WHERE id = 20 FOR UPDATE");
        AtomicInteger times = new AtomicInteger();

        CompletableFuture<Void> locking = new CompletableFuture<>();
        work.transact(ORDERS, transaction -> {
            if (times.incrementAndGet() == 1) {
                // The other one locks what this one has, and this one will wait for what the other one has.
                CompletableFuture.runAsync(() -> execute(other, "SELECT FROM dbleases_lease FOR UPDATE"))
                        .thenRun(() -> rollback(other))
                        .whenComplete((done, failure) -> locking.complete(null));
                await().until(() -> waitingForLocks() == 1);
            }
            transaction.raise(List.of(20L));
            return null;
        });

        locking.join();
        assertThat(times.get()).isBetween(1, 2);
        assertThat(heartbeats.renew(20).orElseThrow().inbox()).isEqualTo(1);
    }

    @Test
    void anAssignerThatIsStoppedInTheMiddleBlocksNoHeartbeatForLong() throws Exception {
        Timing shortTiming = TestTimings.withAttemptTimeout(Duration.ofMillis(1500));
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        DataSource stopping = Interposed.dataSource(() ->
                Interposed.connection(tables.dataSource().getConnection(), call -> {
                    if (call.name().equals("commit")) {
                        stopped.countDown();
                        goOn.await();
                    }
                    return call.proceed();
                }));
        try (WorkLine assigner = new PostgresLeaseStore(stopping).workLine(shortTiming)) {
            CompletableFuture<Object> assigning = CompletableFuture.supplyAsync(() -> assigner.transact(ORDERS, tx -> {
                tx.raise(List.of(20L));
                return "done";
            }));
            stopped.await();

            // The server ends the transaction of the one that is stopped.
            await().until(() -> isRenewed(20));

            assertThat(assigning).isNotDone();
            goOn.countDown();
            assertThatThrownBy(assigning::join).hasCauseInstanceOf(StoreUnavailableException.class);
        }
    }

    @Test
    void anAttemptThatWaitsForALockIsGivenUpOnTheServerToo() throws Exception {
        Timing shortTiming = TestTimings.withAttemptTimeout(Duration.ofSeconds(1));
        for (DataSource source : List.of(tables.dataSource(), Interposed.disguised(tables.dataSource()))) {
            PostgresLeaseStore impatient = new PostgresLeaseStore(source);
            try (HeartbeatLine beats = impatient.heartbeatLine(shortTiming);
                    WorkLine line = impatient.workLine(shortTiming)) {
                await().ignoreExceptions().until(() -> beats.renew(10).isPresent());
                Connection session = begin("SELECT FROM dbleases_session WHERE id = 10 FOR UPDATE");
                Connection lease = begin("SELECT FROM dbleases_lease FOR UPDATE");

                assertThatThrownBy(() -> beats.renew(10)).isInstanceOf(StoreUnavailableException.class);
                assertThatThrownBy(() -> line.transact(ORDERS, transaction -> null))
                        .isInstanceOf(StoreUnavailableException.class);
                await().until(() -> waitingForLocks() == 0);

                session.rollback();
                lease.rollback();
                await().ignoreExceptions().until(() -> beats.renew(10).isPresent());
            }
        }
    }

    @Test
    void anAttemptThatWaitsForATableIsGivenUpOnTheServerToo() throws Exception {
        try (HeartbeatLine beats = store.heartbeatLine(TestTimings.withAttemptTimeout(Duration.ofSeconds(1)))) {
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

    private Warrant warrant(long session) {
        Instant now = heartbeats.renew(20).orElseThrow().databaseTime();
        return new Warrant(session, TIMING.grace(), now, TIMING.ttl());
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

    /** Begins a transaction of somebody else. */
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
