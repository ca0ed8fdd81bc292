package io.github.dbleases.postgres.tasks;

import static io.github.dbleases.postgres.tasks.TaskDatabase.claim;
import static io.github.dbleases.postgres.tasks.TaskDatabase.finish;
import static io.github.dbleases.postgres.tasks.TaskDatabase.ids;
import static io.github.dbleases.postgres.tasks.TaskDatabase.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.TaskQueueException;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Concurrent claims, and other transactions on the table. */
abstract class ClaimRaceContract {

    private static final int SESSIONS = 6;

    private final TaskDatabase database;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    ClaimRaceContract(PostgresServer server) {
        this.database = TaskDatabase.on(server);
    }

    @BeforeEach
    void createTable() {
        database.createOutbox(10);
        database.session(1);
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    /** The session claims while another claim is between its snapshot, which does not know the session, and its lock. */
    @Test
    void aSessionThatWasOpenedAfterTheSnapshotOfAnotherClaimKeepsItsTasks() throws Exception {
        database.execute("""
                CREATE OR REPLACE FUNCTION after_the_lock() RETURNS boolean LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN true; END $$
                """);
        TaskTable waiting = TaskDatabase.with("sent_at IS NULL AND after_the_lock()", "delete");
        Future<TaskReply<String>> slow;
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(4711)");
            slow = threads.submit(() -> database.channel(waiting).exchange(claim(1, 10)));
            awaitWaitingStatement();
            database.session(5);
            assertThat(ids(database.channel().exchange(claim(5, 4)).claimed())).isEqualTo(numbers(1, 4));
        }
        TaskReply<String> reply = slow.get(30, TimeUnit.SECONDS);
        assertThat(database.query("SELECT id FROM outbox WHERE session_id = 5 ORDER BY id"))
                .containsExactly("1", "2", "3", "4");
        assertThat(ids(reply.claimed())).isEqualTo(numbers(5, 10));
    }

    /** PostgreSQL does not notice that its client is gone while a statement waits, so one release is not enough. */
    @Test
    void aClaimWhoseClientIsGoneCanTakeTasksAfterARelease() throws Exception {
        database.execute("""
                CREATE OR REPLACE FUNCTION after_the_lock() RETURNS boolean LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN true; END $$
                """);
        TaskTable waiting = TaskDatabase.with("sent_at IS NULL AND after_the_lock()", "delete");
        String held = "SELECT count(*) FROM outbox WHERE session_id = 1";
        try (Connection connection = database.dataSource().getConnection();
                Connection broken = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(4711)");
            JdbcTaskChannel<String> channel = TaskDatabase.channel(waiting, TaskDatabase.kept(broken));
            Future<TaskReply<String>> claim = threads.submit(() -> channel.exchange(claim(1, 10)));
            awaitWaitingStatement();
            broken.abort(Runnable::run);
            assertThatThrownBy(() -> claim.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(TaskQueueException.class);
            database.channel().releaseAllBut(1, List.of());
            assertThat(database.query(held)).containsExactly("0");
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> database.query(held).equals(List.of("10")));
        database.channel().releaseAllBut(1, List.of());
        assertThat(database.query(held)).containsExactly("0");
    }

    private void awaitWaitingStatement() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> database.query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
                        .equals(List.of("1")));
    }

    @Test
    void concurrentClaimsNeverShareATaskAndLoseNone() throws Exception {
        database.execute("INSERT INTO outbox (payload) SELECT 'more' FROM generate_series(11, 3000)");
        Queue<Object> done = new ConcurrentLinkedQueue<>();
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            long session = database.session(10 + i);
            work.add(threads.submit(() -> {
                JdbcTaskChannel<String> channel = database.channel();
                List<ClaimedTask<String>> held;
                do {
                    held = channel.exchange(claim(session, 40)).claimed();
                    held.forEach(task -> done.add(task.id()));
                    assertThat(channel.exchange(finish(session, held)).lost()).isEmpty();
                } while (!held.isEmpty());
            }));
        }
        for (Future<?> one : work) {
            one.get(60, TimeUnit.SECONDS);
        }
        assertThat(done).doesNotHaveDuplicates();
        assertThat(done).hasSize(3000);
        assertThat(database.query("SELECT count(*) FROM outbox WHERE sent_at IS NULL"))
                .containsExactly("0");
    }

    @Test
    void uncommittedRowsWithAForeignKeyToATaskDoNotHideIt() throws Exception {
        database.execute("DROP TABLE IF EXISTS child; CREATE TABLE child (outbox_id bigint REFERENCES outbox (id))");
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO child VALUES (1), (2)");
            assertThat(ids(database.channel().exchange(claim(1, 3)).claimed())).isEqualTo(numbers(1, 3));
        }
    }

    @Test
    void lockedTasksAreLeftForLater() throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM outbox WHERE id <= 2 FOR UPDATE");
            assertThat(ids(database.channel().exchange(claim(1, 3)).claimed())).isEqualTo(numbers(3, 5));
        }
    }

    @Test
    void aFinishOfALockedRowFailsSoonInsteadOfWaiting() throws Exception {
        List<ClaimedTask<String>> claimed =
                database.channel().exchange(claim(1, 3)).claimed();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM outbox WHERE id = 2 FOR UPDATE");
            assertThatThrownBy(() -> database.channel().exchange(finish(1, claimed)))
                    .isInstanceOf(TaskQueueException.class)
                    .hasMessageContaining("55P03")
                    .hasMessageContaining("Another transaction holds a lock on a row");
        }
        assertThat(database.channel().exchange(finish(1, claimed)).lost()).isEmpty();
    }

    @Test
    void aReleaseSkipsLockedRows() throws Exception {
        database.channel().exchange(claim(1, 3));
        String held = "SELECT id FROM outbox WHERE session_id = 1";
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM outbox WHERE id = 2 FOR UPDATE");
            database.channel().releaseAllBut(1, List.of());
            assertThat(database.query(held)).containsExactly("2");
        }
        database.channel().releaseAllBut(1, List.of());
        assertThat(database.query(held)).isEmpty();
    }
}
