package io.github.dbleases.postgres.tasks;

import static io.github.dbleases.postgres.tasks.TaskDatabase.claim;
import static io.github.dbleases.postgres.tasks.TaskDatabase.finish;
import static io.github.dbleases.postgres.tasks.TaskDatabase.ids;
import static io.github.dbleases.postgres.tasks.TaskDatabase.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.github.dbleases.TaskQueueException;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A channel and its connections, transactions and rows that cannot be mapped. */
class JdbcTaskChannelConnectionTests {

    private final TaskDatabase database = TaskDatabase.on(PostgresServer.newest());
    private Connection connection;

    @BeforeEach
    void createTable() throws SQLException {
        database.createOutbox(10);
        database.session(1);
        connection = database.dataSource().getConnection();
    }

    @AfterEach
    void closeConnection() throws SQLException {
        connection.close();
    }

    @Test
    void aConnectionWithoutAutoCommitIsCommittedAndReturnedAsItWas() throws SQLException {
        connection.setAutoCommit(false);
        JdbcTaskChannel<String> channel = TaskDatabase.channel(TaskDatabase.OUTBOX, TaskDatabase.kept(connection));
        channel.check();
        List<ClaimedTask<String>> claimed = channel.exchange(claim(1, 3)).claimed();
        assertThat(held()).containsExactly("1", "2", "3");
        channel.releaseAllBut(1, TaskDatabase.idsOf(claimed.subList(0, 1)));
        assertThat(held()).containsExactly("1");
        assertThat(connection.getAutoCommit()).isFalse();
    }

    @Test
    void aFailedRequestLeavesNothingBehindInAConnectionWithoutAutoCommit() throws SQLException {
        connection.setAutoCommit(false);
        JdbcTaskChannel<String> channel = TaskDatabase.channel(TaskDatabase.OUTBOX, TaskDatabase.kept(connection));
        channel.exchange(claim(1, 1));
        database.execute("ALTER TABLE outbox RENAME TO outbox_away");
        assertThatExceptionOfType(TaskQueueException.class).isThrownBy(() -> channel.exchange(claim(1, 1)));
        database.execute("ALTER TABLE outbox_away RENAME TO outbox");
        assertThat(ids(channel.exchange(claim(1, 1)).claimed())).isEqualTo(numbers(2, 2));
    }

    @Test
    void aFinishInTheTransactionOfTheCallerIsNotCommitted() throws SQLException {
        connection.setAutoCommit(false);
        JdbcTaskChannel<String> channel = TaskDatabase.channel(TaskDatabase.OUTBOX, TaskDatabase.kept(connection));
        List<ClaimedTask<String>> claimed = channel.exchange(claim(1, 3)).claimed();
        database.execute("UPDATE outbox SET session_id = 7 WHERE id = 2");
        assertThat(ids(channel.finish(1, claimed))).containsExactly(2L);
        connection.rollback();
        assertThat(held()).containsExactly("1", "2", "3");
        channel.finish(1, claimed);
        connection.commit();
        assertThat(held()).containsExactly("2");
    }

    @Test
    void callsHaveTimeLimitsAndTheConnectionKeepsItsOwn() throws SQLException {
        connection.setNetworkTimeout(Runnable::run, 12_345);
        List<Integer> limits = new ArrayList<>();
        JdbcTaskChannel<String> channel = new JdbcTaskChannel<>(
                TaskDatabase.kept(connection), TaskDatabase.OUTBOX, LeaseTables.defaults(), row -> {
                    limits.add(row.getStatement().getQueryTimeout());
                    limits.add(connection.getNetworkTimeout());
                    return "";
                });
        channel.exchange(claim(1, 1));
        assertThat(limits).containsExactly(20, 30_000);
        assertThat(connection.getNetworkTimeout()).isEqualTo(12_345);
    }

    @Test
    void aRequestIsOneTransactionHoweverOftenItsStatementWasPrepared() throws SQLException {
        JdbcTaskChannel<String> channel = TaskDatabase.channel(TaskDatabase.OUTBOX, TaskDatabase.kept(connection));
        List<ClaimedTask<String>> held = channel.exchange(claim(1, 1)).claimed();
        for (int i = 0; i < 8; i++) {
            held = channel.exchange(new TaskRequest<>(
                            1, held, List.of(), List.of(), claim(1, 1).claim()))
                    .claimed();
            assertThat(held).hasSize(1);
        }
        assertThat(database.query("SELECT count(DISTINCT xmin::text) FROM outbox WHERE id IN (8, 9)"))
                .as("the finish of task 8 and the claim of task 9")
                .containsExactly("1");
    }

    @Test
    void rowsThatCannotBeMappedAreReturnedApartWhateverTheMapperThrows() {
        JdbcTaskChannel<String> channel =
                new JdbcTaskChannel<>(database.dataSource(), TaskDatabase.OUTBOX, LeaseTables.defaults(), row -> {
                    if (row.getLong("id") == 1) {
                        throw new IllegalArgumentException("No such payload");
                    }
                    if (row.getLong("id") == 2) {
                        throw new NoClassDefFoundError("Payload");
                    }
                    return row.getString("payload");
                });
        TaskReply<String> reply = channel.exchange(claim(1, 4));
        assertThat(ids(reply.claimed())).containsExactly(3L, 4L);
        assertThat(reply.unmapped())
                .extracting(
                        unmapped -> unmapped.claimed().id(),
                        unmapped -> unmapped.failure().getMessage())
                .containsExactlyInAnyOrder(tuple(1L, "No such payload"), tuple(2L, "Payload"));
    }

    @Test
    void aMissingConnectionIsReported() {
        JdbcTaskChannel<String> channel =
                TaskDatabase.channel(TaskDatabase.OUTBOX, TaskDatabase.prepared(database.dataSource(), "SELECT 1 / 0"));
        assertThatExceptionOfType(TaskQueueException.class)
                .isThrownBy(() -> channel.exchange(finish(1, List.of(new ClaimedTask<>(1L, "", 0)))))
                .withMessageStartingWith("Could not finish 1 tasks of table outbox (SQL state 22012)");
    }

    @Test
    void aTransactionThatIsRolledBackBecauseOfADeadlockIsRepeated() {
        QueueConnections connections = new QueueConnections(database.dataSource(), "outbox");
        List<String> failures = new ArrayList<>(List.of("40P01", "40P01"));
        String answer = connections.inOwnTransaction("claim", QueueConnections.USUAL, connection -> {
            if (!failures.isEmpty()) {
                throw new SQLException("deadlock detected", failures.remove(0));
            }
            return "done";
        });
        assertThat(answer).isEqualTo("done");
    }

    @Test
    void otherFailuresAndRepeatedDeadlocksAreReported() {
        QueueConnections connections = new QueueConnections(database.dataSource(), "outbox");
        for (String state : List.of("40P01", "57014")) {
            assertThatExceptionOfType(TaskQueueException.class)
                    .isThrownBy(() -> connections.inOwnTransaction("claim", QueueConnections.USUAL, connection -> {
                        throw new SQLException("no", state);
                    }))
                    .withMessageContaining(state);
        }
    }

    private List<String> held() {
        return database.query("SELECT id FROM outbox WHERE session_id IS NOT NULL ORDER BY id");
    }
}
