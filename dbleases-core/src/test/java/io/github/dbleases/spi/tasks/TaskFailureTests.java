package io.github.dbleases.spi.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.TaskGivenUpException;
import io.github.dbleases.TaskPostponedException;
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
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Failures of tasks, instances and settings on a real table, and what they don't harm. */
@Order(2)
class TaskFailureTests {

    private static final Timing TIMING = new Timing(
            Duration.ofMillis(1500),
            Duration.ofMillis(300),
            Duration.ofMillis(400),
            Duration.ofMillis(150),
            Duration.ofMillis(150));

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final TaskRunnerConfig CONFIG = TaskRunnerConfig.builder("work")
            .tasksPerSession(100)
            .batchSize(100)
            .interval(Duration.ofMillis(50))
            .retryDelay(Duration.ofMillis(200))
            .maxRetryDelay(Duration.ofSeconds(2))
            .build();

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Sql sql = new Sql(database.dataSource());
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** A row as the tasker gets it. */
    private record Job(long id, String kind) {

        boolean isBad() {
            return kind.equals("bad");
        }
    }

    @BeforeEach
    void create() throws SQLException {
        PostgresSchema.create(database.dataSource(), PostgresStoreConfig.defaults());
        sql.execute("""
                CREATE TABLE task (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, status text NOT NULL DEFAULT 'new',
                    session_id bigint, attempts int NOT NULL DEFAULT 0, error text,
                    due_at timestamptz NOT NULL DEFAULT now(), created_at timestamptz NOT NULL DEFAULT now()
                );
                CREATE INDEX task_pending ON task (due_at, id) WHERE status = 'new'
                """);
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private static TaskTable table(int maxAttempts) {
        return new TaskTable(
                "task",
                "id",
                "session_id",
                "status = 'new'",
                null,
                "status = 'done'",
                new TaskTable.Failures("attempts", "error", "due_at", maxAttempts, "status = 'dead'"),
                "created_at");
    }

    private static TaskTable tableWithoutColumns() {
        return new TaskTable(
                "task",
                "id",
                "session_id",
                "status = 'new'",
                null,
                "status = 'done'",
                TaskTable.Failures.UNRECORDED,
                null);
    }

    @Test
    void fifteenHundredFailingTasksDoNotKeepOthersWaiting() throws Exception {
        insert("bad", 1_500);
        insert("good", 3_500);
        start(table(0), CONFIG, TaskFailureTests::failBad);

        await().atMost(PATIENCE).until(() -> count("status = 'done'") == 3_500);
    }

    @Test
    void failingTasksDoNotKeepOthersWaitingWithoutColumnsForFailures() throws Exception {
        insert("bad", 1_500);
        insert("good", 3_500);
        start(tableWithoutColumns(), CONFIG, TaskFailureTests::failBad);

        await().atMost(PATIENCE).until(() -> count("status = 'done'") == 3_500);
    }

    private static List<Job> failBad(List<Job> jobs) {
        if (jobs.stream().anyMatch(Job::isBad)) {
            throw new IllegalStateException("It is bad");
        }
        return jobs;
    }

    @Test
    void anInstanceOnWhichEverythingFailsLeavesTheTasksToOthers() throws Exception {
        insert("good", 600);
        start(table(5), CONFIG, Tasker.each(job -> {
            throw new IllegalStateException("There is no network");
        }));
        start(
                table(5),
                CONFIG,
                Tasker.each(job -> LockSupport.parkNanos(Duration.ofMillis(3).toNanos())));

        await().atMost(PATIENCE).until(() -> count("status = 'done'") == 600);

        assertThat(count("status = 'dead'")).isZero();
    }

    @Test
    void aRetrySeesThatItsTaskWasCorrectedOrCanceled() throws Exception {
        Set<String> run = ConcurrentHashMap.newKeySet();
        insert("bad", 2);
        start(table(0), CONFIG, Tasker.each(job -> {
            run.add(job.id() + job.kind());
            if (job.isBad()) {
                throw new IllegalStateException("It is bad");
            }
        }));
        await().atMost(PATIENCE).until(() -> count("attempts > 0 AND session_id IS NULL") == 2);
        sql.execute("UPDATE task SET status = 'canceled' WHERE id = 1");
        await().atMost(PATIENCE).until(() -> count("session_id IS NOT NULL") == 0);
        run.clear();
        // The runner may hold the task at this moment, because it tries it again and again.
        await().atMost(PATIENCE)
                .until(() -> sql.update("UPDATE task SET kind = 'good' WHERE id = 2 AND session_id IS NULL") == 1);

        await().atMost(PATIENCE).until(() -> count("status = 'done'") == 1);

        assertThat(run).doesNotContain("1bad").contains("2good");
    }

    @Test
    void theNeighborsOfATaskThatThrowsAreDoneAtMostTwice() throws Exception {
        Map<Long, AtomicInteger> effects = new ConcurrentHashMap<>();
        insert("good", 99);
        insert("bad", 1);
        start(table(3), CONFIG, jobs -> {
            jobs.forEach(job ->
                    effects.computeIfAbsent(job.id(), id -> new AtomicInteger()).incrementAndGet());
            return failBad(jobs);
        });

        await().atMost(PATIENCE).until(() -> count("status = 'done'") == 99 && count("status = 'dead'") == 1);

        effects.remove(100L);
        assertThat(effects.values()).allSatisfy(times -> assertThat(times.get()).isLessThanOrEqualTo(2));
        assertThat(sql.value("SELECT error FROM task WHERE status = 'dead'")).contains("It is bad");
    }

    @Test
    void aTaskCanBePostponedAndGivenUp() throws Exception {
        AtomicBoolean postponed = new AtomicBoolean();
        insert("good", 1);
        insert("bad", 1);
        start(table(5), CONFIG, Tasker.each(job -> {
            if (job.isBad()) {
                throw new TaskGivenUpException("Never");
            }
            if (postponed.compareAndSet(false, true)) {
                throw new TaskPostponedException(Duration.ofMillis(300));
            }
        }));

        await().atMost(PATIENCE).until(() -> count("status = 'done'") == 1 && count("status = 'dead'") == 1);

        assertThat(count("status = 'done' AND attempts = 0 AND error IS NULL")).isOne();
        assertThat(count("status = 'dead' AND attempts = 1")).isOne();
    }

    @Test
    void aTaskIsNotClaimedBeforeItIsDue() throws Exception {
        sql.execute(
                "INSERT INTO task (kind, due_at) SELECT 'good', now() + interval '1 day' FROM generate_series(1, 20)");
        insert("good", 20);
        TaskRunner runner = start(table(0), CONFIG, jobs -> jobs);

        assertThat(runner.drain(PATIENCE)).isTrue();

        assertThat(count("status = 'done'")).isEqualTo(20);
        assertThat(count("session_id IS NOT NULL")).isZero();
    }

    @Test
    void overlappingRunnersOfOneInstanceNeverWorkOnOneTaskAtOnce() throws Exception {
        Set<Long> atWork = ConcurrentHashMap.newKeySet();
        AtomicInteger twice = new AtomicInteger();
        insert("good", 2_000);
        LeaseClient client = client(PostgresStoreConfig.defaults());
        Tasker<Job> tasker = jobs -> {
            jobs.stream().filter(job -> !atWork.add(job.id())).forEach(job -> twice.incrementAndGet());
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            jobs.forEach(job -> atWork.remove(job.id()));
            return jobs;
        };
        for (String name : List.of("one", "other")) {
            TaskRunnerConfig config = TaskRunnerConfig.builder(name)
                    .tasksPerSession(20)
                    .batchSize(10)
                    .threads(2)
                    .interval(Duration.ofMillis(50))
                    .build();
            // A restart releases unknown tasks, as a lost reply does.
            TaskRunner runner = start(client, table(0), config, tasker, LeaseTables.defaults());
            runner.stop();
            runner.start();
        }

        await().atMost(PATIENCE).until(() -> count("status = 'done'") == 2_000);

        assertThat(twice).hasValue(0);
    }

    @Test
    void applicationsWithDifferentPrefixesOnOneTableDoNotTakeEachOthersTasks() throws Exception {
        Map<Long, AtomicInteger> effects = new ConcurrentHashMap<>();
        PostgresStoreConfig others = new PostgresStoreConfig(null, "other_", true);
        PostgresSchema.create(database.dataSource(), others);
        insert("good", 400);
        Tasker<Job> tasker = jobs -> {
            jobs.forEach(job ->
                    effects.computeIfAbsent(job.id(), id -> new AtomicInteger()).incrementAndGet());
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            return jobs;
        };
        start(
                client(PostgresStoreConfig.defaults()),
                table(0),
                CONFIG.toBuilder().tasksPerSession(20).batchSize(10).build(),
                tasker,
                LeaseTables.defaults());
        start(
                client(others),
                table(0),
                CONFIG.toBuilder().tasksPerSession(20).batchSize(10).build(),
                tasker,
                new LeaseTables(null, "other_"));

        await().atMost(PATIENCE).until(() -> count("status = 'done'") == 400);

        assertThat(effects.values()).allSatisfy(times -> assertThat(times).hasValue(1));
    }

    @Test
    void tasksWhoseFinishesATriggerRefusesAreNotDoneAgain() throws Exception {
        sql.execute("""
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
                CREATE TRIGGER refuse BEFORE UPDATE ON task FOR EACH ROW WHEN (NEW.status = 'done') EXECUTE FUNCTION refuse()
                """);
        AtomicInteger effects = new AtomicInteger();
        insert("good", 500);
        TaskRunner runner = start(
                table(0), CONFIG.toBuilder().tasksPerSession(10).batchSize(10).build(), jobs -> {
                    effects.addAndGet(jobs.size());
                    return jobs;
                });
        await().atMost(PATIENCE)
                .until(() -> effects.get() == 10 && runner.status().held() == 10);
        sql.execute("DROP TRIGGER refuse ON task");

        await().atMost(PATIENCE).until(() -> count("status = 'done'") == 500);

        assertThat(effects).hasValue(500);
    }

    @Test
    void aTaskerThatHangsIsInterruptedAndItsTaskHasFailed() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        insert("bad", 1);
        insert("good", 20);
        TaskRunner runner = start(
                table(2),
                CONFIG.toBuilder()
                        .tasksPerSession(10)
                        .batchSize(10)
                        .taskTimeout(Duration.ofMillis(300))
                        .build(),
                Tasker.each(job -> {
                    if (job.isBad()) {
                        never.await();
                    }
                }));

        await().atMost(PATIENCE).until(() -> count("status = 'done'") == 20 && count("status = 'dead'") == 1);

        assertThat(sql.value("SELECT error FROM task WHERE status = 'dead'")).contains("taskTimeout of 300 ms");
        await().atMost(PATIENCE).until(() -> runner.status().held() == 0);
    }

    @Test
    void theAgeIsThatOfTheOldestDueTask() throws Exception {
        sql.execute("""
                INSERT INTO task (kind, due_at, created_at) VALUES
                    ('good', now() - interval '1 h', now() - interval '1 min'),
                    ('good', now() - interval '1 s', now() - interval '3 h'),
                    ('good', now() + interval '1 h', now() - interval '9 h')
                """);
        JdbcTaskChannel<Job> line = line(table(0), LeaseTables.defaults());

        assertThat(line.oldestPending())
                .hasValueSatisfying(age -> assertThat(age).isBetween(Duration.ofMinutes(179), Duration.ofMinutes(190)));
    }

    private TaskRunner start(TaskTable table, TaskRunnerConfig config, Tasker<Job> tasker) {
        return start(client(PostgresStoreConfig.defaults()), table, config, tasker, LeaseTables.defaults());
    }

    private LeaseClient client(PostgresStoreConfig store) {
        LeaseClient client = LeaseClients.start(
                LeaseClientConfig.builder().timing(TIMING).build(),
                new PostgresLeaseStore(database.dataSource(), store));
        open.push(client);
        return client;
    }

    private TaskRunner start(
            LeaseClient client, TaskTable table, TaskRunnerConfig config, Tasker<Job> tasker, LeaseTables leases) {
        TaskRunner runner = TaskRunners.create(
                config, client, new TaskWork<>(line(table, leases), tasker, null), TaskRunnerListener.NONE);
        runner.start();
        open.push(runner::stop);
        return runner;
    }

    private JdbcTaskChannel<Job> line(TaskTable table, LeaseTables leases) {
        return new JdbcTaskChannel<>(
                database.dataSource(), table, leases, row -> new Job(row.getLong("id"), row.getString("kind")));
    }

    private void insert(String kind, int jobs) throws SQLException {
        sql.execute("INSERT INTO task (kind) SELECT '%s' FROM generate_series(1, %d)".formatted(kind, jobs));
    }

    private long count(String condition) throws SQLException {
        return sql.number("SELECT count(*) FROM task WHERE " + condition);
    }
}
