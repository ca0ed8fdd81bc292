package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.Hold;
import io.github.dbleases.InvalidFenceException;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.OwnershipLostException;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.observation.ClientObserver;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Transactions of an application that a client fences, on real servers. */
@Order(2)
@ParameterizedClass
@MethodSource("servers")
class TransactionFenceTests {

    private final TestTables tables;
    private final LeaseClient client;
    private final Lease lease;
    private final Leadership leadership;
    private final List<Connection> connections = new ArrayList<>();

    /** The transactions in which the client has changed leases. */
    private final AtomicInteger transactions = new AtomicInteger();

    TransactionFenceTests(PostgresServer server) {
        tables = TestTables.create(server);
        client = start("one");
        lease = client.lease("accounts", 2);
        leadership = client.leadership("reports");
    }

    static List<PostgresServer> servers() {
        return PostgresServer.all();
    }

    @BeforeEach
    void awaitOwnership() {
        await().until(() -> lease.values().size() == 2 && leadership.isLeader());
        tables.execute("CREATE TABLE entry (writer text)");
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
        client.close();
    }

    private LeaseClient start(String id) {
        return LeaseClient.builder(new PostgresLeaseStore(tables.dataSource()))
                .clientId(id)
                .ttl(Duration.ofSeconds(30))
                .debounce(Duration.ZERO)
                .drainTimeout(Duration.ofMillis(50))
                .observer(new ClientObserver() {
                    @Override
                    public void onOperation(StoreOperation operation, boolean success, Duration time) {
                        if (operation == StoreOperation.TRANSACT && id.equals("one")) {
                            transactions.incrementAndGet();
                        }
                    }
                })
                .start();
    }

    @Test
    void theTransactionOfAnOwnerCommits() throws SQLException {
        Connection transaction = begin();
        write(transaction);

        lease.runIfOwned(0, hold -> hold.fence(transaction));
        transaction.commit();

        assertThat(tables.number("SELECT count(*) FROM entry")).isEqualTo(1);
    }

    @Test
    void theTransactionOfALeaderCommits() throws SQLException {
        Connection transaction = begin();
        leadership.fence(transaction);
        write(transaction);
        transaction.commit();

        assertThat(tables.number("SELECT count(*) FROM entry")).isEqualTo(1);
    }

    /** The engine of the former owner does not know of it yet, as after a pause that has just ended. */
    @Test
    void aPartitionThatAnotherSessionOwnsIsLost() throws SQLException {
        Connection transaction = begin();
        write(transaction);
        try (Hold hold = lease.tryHold(0).orElseThrow()) {
            tables.execute("UPDATE dbleases_partition SET session_id = 7, token = token + 1"
                    + " WHERE lease = 'accounts' AND partition = 0");

            assertThatExceptionOfType(OwnershipLostException.class)
                    .isThrownBy(() -> hold.fence(transaction))
                    .withMessageStartingWith("This client does not own partition 0 of lease 'accounts' with the token "
                            + hold.token() + " any more")
                    .satisfies(lost -> assertThat(lost.partition()).isZero());
        }
    }

    @Test
    void anotherGrantToTheSameSessionIsNotTheOneThatTheWorkBeganWith() throws SQLException {
        Connection transaction = begin();
        try (Hold hold = lease.tryHold(0).orElseThrow()) {
            tables.execute("UPDATE dbleases_partition SET token = token + 1 WHERE lease = 'accounts'");

            assertThatThrownBy(() -> hold.fence(transaction)).isInstanceOf(OwnershipLostException.class);
        }
    }

    @Test
    void aLeadershipThatAnotherSessionHasIsLost() throws SQLException {
        Connection transaction = begin();
        try (Hold hold = leadership.tryHold().orElseThrow()) {
            tables.execute("UPDATE dbleases_partition SET session_id = 7, token = token + 1 WHERE lease = 'reports'");

            assertThatExceptionOfType(OwnershipLostException.class)
                    .isThrownBy(() -> hold.fence(transaction))
                    .withMessageStartingWith("This client does not lead 'reports' with the token ");
        }
    }

    @Test
    void aHoldThatIsClosedFencesNothing() throws SQLException {
        Connection transaction = begin();
        Hold hold = lease.tryHold(0).orElseThrow();
        hold.close();

        assertThatExceptionOfType(OwnershipLostException.class)
                .isThrownBy(() -> hold.fence(transaction))
                .withMessageContaining("the hold is closed");
    }

    @Test
    void whatIsNotOwnedIsRefusedWithoutTheDatabase() throws SQLException {
        client.close();
        Connection broken = begin();
        broken.close();

        assertThatThrownBy(() -> lease.fence(broken, 0)).isInstanceOf(OwnershipLostException.class);
        assertThatThrownBy(() -> leadership.fence(broken)).isInstanceOf(OwnershipLostException.class);
    }

    @Test
    void aPartitionIsNotHandedOverWhileAFencedTransactionIsOpen() throws SQLException {
        Connection transaction = begin();
        lease.fence(transaction, 0);
        lease.fence(transaction, 1);
        try (LeaseClient other = start("two")) {
            Lease theirs = other.lease("accounts", 2);
            await().until(() -> lease.values().size() == 1);
            int before = transactions.get();
            await().until(() -> transactions.get() > before + 2 || owners() > 1);

            assertThat(owners())
                    .as("owners after several attempts to hand over")
                    .isEqualTo(1);
            assertThat(theirs.values()).isEmpty();
            write(transaction);
            transaction.commit();

            await().until(() -> theirs.values().size() == 1);
        }
    }

    private long owners() {
        return tables.number("SELECT count(DISTINCT session_id) FROM dbleases_partition WHERE lease = 'accounts'");
    }

    @Test
    void aHandOverThatIsAskedForDuringTheWorkDoesNotEndTheHold() throws SQLException {
        Connection transaction = begin();
        try (Hold zero = lease.tryHold(0).orElseThrow();
                Hold first = lease.tryHold(1).orElseThrow();
                LeaseClient other = start("two")) {
            Lease theirs = other.lease("accounts", 2);
            await().until(() -> lease.values().size() == 1);

            assertThatCode(() -> {
                        zero.fence(transaction);
                        first.fence(transaction);
                        transaction.commit();
                    })
                    .doesNotThrowAnyException();
            assertThat(theirs.values()).isEmpty();
        }
    }

    @Test
    void autoCommitIsRefused() throws SQLException {
        Connection connection = tables.dataSource().getConnection();
        connections.add(connection);

        assertThatExceptionOfType(InvalidFenceException.class)
                .isThrownBy(() -> lease.fence(connection, 0))
                .withMessageContaining("auto-commit mode")
                .satisfies(refused -> assertThat(refused.remedy()).contains("setAutoCommit(false)"));
    }

    @Test
    void aTransactionThatIsReadOnlyIsRefused() throws SQLException {
        Connection transaction = begin();
        transaction.setReadOnly(true);

        assertThatExceptionOfType(InvalidFenceException.class)
                .isThrownBy(() -> lease.fence(transaction, 0))
                .withMessageContaining("read-only");
    }

    @Test
    void aDatabaseWithoutTheTablesIsRefused() throws SQLException {
        Connection transaction = begin(PostgresServer.newest().freshDatabase().dataSource());

        assertThatExceptionOfType(InvalidFenceException.class)
                .isThrownBy(() -> lease.fence(transaction, 0))
                .withMessageContaining("does not find the table \"dbleases_partition\"")
                .withMessageContaining("set the schema of the store");
    }

    @Test
    void aDatabaseWithTablesOfOtherLeasesIsRefused() throws SQLException {
        Connection transaction =
                begin(TestTables.create(PostgresServer.newest()).dataSource());

        assertThatExceptionOfType(InvalidFenceException.class)
                .isThrownBy(() -> lease.fence(transaction, 0))
                .withMessageContaining("no lease 'accounts' in them")
                .withMessageContaining("the database that keeps the leases");
    }

    @Test
    void anotherProductIsRefused() throws SQLException {
        Connection transaction = begin(ofAnotherProduct(tables.dataSource()));
        execute(transaction, "SET search_path TO nowhere");

        assertThatExceptionOfType(InvalidFenceException.class)
                .isThrownBy(() -> lease.fence(transaction, 0))
                .withMessageContaining("in a database of H2");
    }

    /** Returns connections that say that they are to H2. */
    private static DataSource ofAnotherProduct(DataSource dataSource) {
        return Interposed.dataSource(() -> Interposed.connection(dataSource.getConnection(), call -> {
            if (call.name().equals("getMetaData")) {
                DatabaseMetaData metadata = (DatabaseMetaData) call.proceed();
                return Proxy.newProxyInstance(
                        DatabaseMetaData.class.getClassLoader(),
                        new Class<?>[] {DatabaseMetaData.class},
                        (proxy, method, arguments) -> method.getName().equals("getDatabaseProductName")
                                ? "H2"
                                : method.invoke(metadata, arguments));
            }
            return call.proceed();
        }));
    }

    @Test
    void aUserWithoutRightsIsToldWhichAreNeeded() throws SQLException {
        tables.execute("""
                DO $$ BEGIN CREATE ROLE stranger; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                GRANT SELECT ON dbleases_partition, dbleases_lease TO stranger;
                """);
        Connection transaction = begin();
        execute(transaction, "SET ROLE stranger");

        assertThatExceptionOfType(InvalidFenceException.class)
                .isThrownBy(() -> lease.fence(transaction, 0))
                .withMessageContaining("permission denied")
                .withMessageContaining("GRANT SELECT, UPDATE ON \"dbleases_partition\" TO");
        transaction.rollback();
        tables.execute("GRANT UPDATE ON dbleases_partition TO stranger");
        execute(transaction, "SET ROLE stranger");
        assertThatCode(() -> lease.fence(transaction, 0)).doesNotThrowAnyException();
    }

    @Test
    void aStoreThatIsInNoDatabaseIsRefused() throws SQLException {
        Connection transaction = begin();
        try (LeaseClient elsewhere =
                LeaseClient.builder(new InMemoryLeaseStore()).start()) {
            Lease other = elsewhere.lease("accounts", 1);
            await().until(() -> other.owns(0));

            assertThatExceptionOfType(InvalidFenceException.class)
                    .isThrownBy(() -> other.fence(transaction, 0))
                    .withMessageContaining("is kept by InMemoryLeaseStore, which is not in a database")
                    .satisfies(refused -> assertThat(refused.remedy()).contains("compare fencing tokens"));
        }
    }

    @Test
    void aTransactionThatHasFailedAlreadyThrowsWhatTheDatabaseSays() throws SQLException {
        Connection transaction = begin();
        assertThatThrownBy(() -> execute(transaction, "SELECT 1 / 0")).isInstanceOf(SQLException.class);

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> lease.fence(transaction, 0))
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("25P02"));
    }

    private Connection begin() throws SQLException {
        return begin(tables.dataSource());
    }

    private Connection begin(DataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        connections.add(connection);
        connection.setAutoCommit(false);
        return connection;
    }

    private static void write(Connection connection) throws SQLException {
        execute(connection, "INSERT INTO entry VALUES ('one')");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
