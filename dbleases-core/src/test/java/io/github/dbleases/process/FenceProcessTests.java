package io.github.dbleases.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.Hold;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import io.github.dbleases.testing.process.JavaProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two processes, each with its own transactions, work on something that one of them owns. The first one is stopped in
 * the middle of its transaction for longer than it is trusted.
 */
@Order(1)
@ResourceLock("processes")
class FenceProcessTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Sql sql = new Sql(database.dataSource());
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private LeaseClient second;

    @BeforeEach
    void createTables() throws SQLException {
        PostgresSchema.create(database.dataSource(), PostgresStoreConfig.defaults());
        sql.execute("CREATE TABLE entry (writer text, token bigint)");
    }

    @AfterEach
    void closeSecond() {
        if (second != null) {
            second.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lease", "leadership"})
    void aFormerOwnerThatWasPausedCannotCommitAfterAnotherHasTakenOver(String what) throws Exception {
        try (JavaProcess first = start(what)) {
            awaitHeard("fencing"); // the check on its own clocks has passed
            first.stop();
            try (Hold hold = takeOver(what);
                    Connection connection = begin()) {
                write(connection, hold);
                hold.fence(connection);
                connection.commit();
            }

            first.resume();
            first.tell();

            awaitHeard("lost");
            assertThat(heard).noneMatch(line -> line.startsWith("committed"));
            assertThat(sql.column("SELECT writer FROM entry")).containsExactly("second");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lease", "leadership"})
    void nothingIsTakenOverWhileAFencedTransactionIsPausedBeforeItsCommit(String what) throws Exception {
        try (JavaProcess first = start(what)) {
            awaitHeard("fencing");
            first.tell();
            awaitHeard("fenced");
            first.stop();
            Supplier<Optional<Hold>> takeOver = takingOver(what);
            // The session of the first one is dead. Its partition is granted to the second one as soon as its
            // transaction ends.
            await().atMost(PATIENCE).until(() -> second.cluster().sessions().size() == 1);
            assertThat(takeOver.get()).isEmpty();

            first.resume();
            first.tell();

            awaitHeard("committed");
            await().atMost(PATIENCE)
                    .until(() -> takeOver.get().map(FenceProcessTests::close).isPresent());
            assertThat(sql.column("SELECT writer FROM entry")).containsExactly("first");
        }
    }

    private JavaProcess start(String what) throws Exception {
        JavaProcess first =
                JavaProcess.start(heard::add, FencedProcess.class, database.jdbcUrl(), database.user(), what);
        return first;
    }

    private Hold takeOver(String what) {
        Supplier<Optional<Hold>> takeOver = takingOver(what);
        List<Hold> taken = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            takeOver.get().ifPresent(taken::add);
            return !taken.isEmpty();
        });
        return taken.get(0);
    }

    private Supplier<Optional<Hold>> takingOver(String what) {
        second = LeaseClient.builder(new PostgresLeaseStore(database.dataSource()))
                .clientId("second")
                .timing(WitnessProcess.TIMING)
                .start();
        if (what.equals("lease")) {
            Lease lease = second.lease(FencedProcess.LEASE, 1);
            return () -> lease.tryHold(0);
        }
        Leadership leadership = second.leadership(FencedProcess.ELECTION);
        return leadership::tryHold;
    }

    private static boolean close(Hold hold) {
        hold.close();
        return true;
    }

    private void awaitHeard(String word) {
        await(word).atMost(PATIENCE).until(() -> heard.stream().anyMatch(line -> line.startsWith(word)));
    }

    private Connection begin() throws SQLException {
        Connection connection = database.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void write(Connection connection, Hold hold) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO entry VALUES ('second', %d)".formatted(hold.token()));
        }
    }
}
