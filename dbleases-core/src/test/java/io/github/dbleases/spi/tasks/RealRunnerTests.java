package io.github.dbleases.spi.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.Tasker;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.internal.tasks.TaskRunners;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.postgres.tasks.JdbcTaskChannel;
import io.github.dbleases.postgres.tasks.LeaseTables;
import io.github.dbleases.postgres.tasks.TaskTable;
import io.github.dbleases.testing.log.LogCapture;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Real runners and clients on a real table, and what goes wrong around them: failures are reported, and the runner continues
 * when their cause is gone.
 */
@Order(2)
class RealRunnerTests {

    private static final Timing TIMING = new Timing(
            Duration.ofMillis(1500),
            Duration.ofMillis(300),
            Duration.ofMillis(400),
            Duration.ofMillis(150),
            Duration.ofMillis(150));

    private static final String TABLE = """
            CREATE TABLE task (id bigint PRIMARY KEY, done boolean NOT NULL DEFAULT false, session_id bigint);
            CREATE INDEX task_pending ON task (id) WHERE NOT done
            """;

    private static final TaskTable TASKS = new TaskTable(
            "task", "id", "session_id", "NOT done", null, "done = true", TaskTable.Failures.UNRECORDED, null);

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Sql sql = new Sql(database.dataSource());
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final List<Object> lost = new CopyOnWriteArrayList<>();
    private final LogCapture log = LogCapture.of(TaskRunner.class);

    @BeforeEach
    void create() throws SQLException {
        PostgresSchema.create(database.dataSource(), PostgresStoreConfig.defaults());
        sql.execute(TABLE);
        open.push(log);
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Test
    void aTaskerThatAlwaysThrowsIsReportedOnceAndItsTasksAreDoneWhenItStopsThrowing() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        insert(1, 20);
        start(tasks -> {
            if (broken.get()) {
                throw new IllegalStateException("There is no mail server");
            }
            return tasks;
        });
        await().until(() -> errors.size() > 50);
        broken.set(false);

        awaitDone(20);

        assertThat(errors).allSatisfy(error -> assertThat(error).hasMessage("There is no mail server"));
        assertThat(log.lines())
                .filteredOn(line -> line.toLowerCase(Locale.ROOT).contains("failures of this kind"))
                .hasSize(2);
        assertThat(lost).isEmpty();
    }

    @Test
    void aLockedRowDoesNotStopTheOthers() throws Exception {
        insert(1, 40);
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            start(tasks -> {
                if (tasks.contains(7L)) {
                    connection.setAutoCommit(false);
                    statement.execute("SELECT FROM task WHERE id = 7 FOR UPDATE");
                }
                return tasks;
            });

            awaitDone(39);

            assertThat(errors)
                    .isNotEmpty()
                    .allSatisfy(error ->
                            assertThat(error).hasMessageContaining("Another transaction holds a lock on a row"));
            connection.rollback();
        }
        awaitDone(40);
        assertThat(lost).isEmpty();
    }

    @Test
    void aTaskerThatReturnsNothingIsReportedOnceAndItsTasksAreDoneWhenItReturnsThem() throws Exception {
        AtomicBoolean idle = new AtomicBoolean(true);
        insert(1, 20);
        start(tasks -> idle.get() ? List.of() : tasks);
        await().until(() -> errors.size() > 5);
        assertThat(sql.number("SELECT count(*) FROM task WHERE done")).isZero();
        idle.set(false);

        awaitDone(20);

        assertThat(errors)
                .allSatisfy(
                        error -> assertThat(error).hasMessage("The tasker did not return the task as accomplished."));
        assertThat(log.lines())
                .filteredOn(line -> line.toLowerCase(Locale.ROOT).contains("failures of this kind"))
                .hasSize(1);
        assertThat(lost).isEmpty();
    }

    @Test
    void aTaskerThatReturnsForeignTasksIsReportedAndFinishesOnlyItsOwn() throws Exception {
        long another = anotherSession();
        insert(1, 20);
        sql.execute("INSERT INTO task (id, session_id) VALUES (999, %d)".formatted(another));

        start(tasks -> {
            List<Long> returned = new ArrayList<>(tasks);
            returned.add(999L);
            return returned;
        });

        awaitDone(20);
        assertThat(errors)
                .isNotEmpty()
                .allSatisfy(error -> assertThat(error).hasMessageContaining("not given, such as 999"));
        assertThat(sql.number("SELECT count(*) FROM task WHERE id = 999 AND NOT done AND session_id = " + another))
                .isOne();
        assertThat(lost).isEmpty();
    }

    @Test
    void aTaskThatTakesLongerThanTheTtlStaysWithItsSession() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Set<Long> stolen = ConcurrentHashMap.newKeySet();
        insert(1, 1);
        start(tasks -> {
            begun.countDown();
            ended.await();
            return tasks;
        });
        begun.await();
        long holder = sql.number("SELECT session_id FROM task");
        long first = sql.number(EXPIRES.formatted(holder));
        start(tasks -> {
            stolen.addAll(tasks);
            return tasks;
        });

        await().until(() -> sql.number(EXPIRES.formatted(holder))
                > first + TIMING.ttl().plus(TIMING.grace()).toMillis());
        ended.countDown();

        awaitDone(1);
        assertThat(stolen).isEmpty();
        assertThat(lost).isEmpty();
    }

    private static final String EXPIRES =
            "SELECT (extract(epoch FROM expires_at) * 1000)::bigint FROM dbleases_session WHERE id = %d";

    @Test
    void aDroppedTableIsReportedOnceAndWorkContinuesWhenItIsBack() throws Exception {
        insert(1, 20);
        TaskRunner runner = start(tasks -> tasks);
        awaitDone(20);
        await().until(() -> runner.status().held() == 0);

        sql.execute("DROP TABLE task");
        await().until(() -> errors.size() > 2);
        sql.execute(TABLE);
        insert(1, 30);

        awaitDone(30);
        assertThat(errors)
                .allSatisfy(error -> assertThat(error)
                        .hasMessageContaining("\"task\" does not exist")
                        .hasMessageContaining("Create it again"));
        assertThat(log.lines())
                .filteredOn(line -> line.contains("its queue"))
                .containsExactly(
                        "WARN Runner work could not use its queue and will try again. Affected tasks: []",
                        "INFO Runner work can use its queue again");
        assertThat(lost).isEmpty();
    }

    @Test
    void aRowThatIsDeletedWhileItsTaskFailsIsNotTriedForever() throws Exception {
        AtomicBoolean deleted = new AtomicBoolean();
        Set<Long> afterwards = ConcurrentHashMap.newKeySet();
        insert(1, 2);
        start(tasks -> {
            if (tasks.contains(2L)) {
                if (deleted.get()) {
                    afterwards.add(2L);
                }
                throw new IllegalStateException("poison");
            }
            return tasks;
        });
        await().until(() -> sql.number("SELECT count(*) FROM task WHERE done") == 1);
        await().until(() ->
                !errors.isEmpty() && sql.number("SELECT count(*) FROM task WHERE session_id IS NOT NULL") == 0);
        sql.execute("DELETE FROM task WHERE id = 2");
        deleted.set(true);
        insert(3, 30);
        awaitDone(29);
        assertThat(afterwards).isEmpty();
    }

    private TaskRunner start(Tasker<Long> tasker) {
        LeaseClient client = LeaseClients.start(
                LeaseClientConfig.builder().timing(TIMING).build(), new PostgresLeaseStore(database.dataSource()));
        open.push(client);
        TaskRunner runner = TaskRunners.create(
                TaskRunnerConfig.builder("work")
                        .tasksPerSession(10)
                        .batchSize(5)
                        .threads(2)
                        .interval(Duration.ofMillis(50))
                        .retryDelay(Duration.ofMillis(20))
                        .maxRetryDelay(Duration.ofMillis(40))
                        .build(),
                client,
                new TaskWork<>(
                        new JdbcTaskChannel<>(
                                database.dataSource(), TASKS, LeaseTables.defaults(), row -> row.getLong("id")),
                        tasker,
                        null),
                listener());
        runner.start();
        open.push(runner::stop);
        return runner;
    }

    private TaskRunnerListener listener() {
        return new TaskRunnerListener() {
            @Override
            public void onError(TaskRunner runner, List<?> tasks, Throwable failure) {
                errors.add(failure);
            }

            @Override
            public void onFailed(TaskRunner runner, List<TaskFailure<?>> failures) {
                failures.forEach(failure -> errors.add(failure.cause()));
            }

            @Override
            public void onLost(TaskRunner runner, List<?> tasks) {
                lost.addAll(tasks);
            }
        };
    }

    private long anotherSession() throws SQLException {
        sql.execute("""
                INSERT INTO dbleases_session (id, expires_at, inbox, ttl, grace, started_at, weight, state, client_id)
                VALUES (1, now() + interval '1 h', 0, interval '1 h', interval '1 s', now(), 1, 'live', 'another')
                """);
        return 1;
    }

    private void insert(long first, long last) throws SQLException {
        sql.execute("INSERT INTO task (id) SELECT generate_series(%d, %d)".formatted(first, last));
    }

    private void awaitDone(long tasks) {
        await().atMost(Duration.ofSeconds(60)).until(() -> sql.number("SELECT count(*) FROM task WHERE done") == tasks);
    }
}
