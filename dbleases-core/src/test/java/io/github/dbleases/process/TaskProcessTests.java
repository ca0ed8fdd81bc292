package io.github.dbleases.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import io.github.dbleases.testing.process.JavaProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Four processes work on one task table. One after another, they are killed, stopped for longer than they are trusted,
 * or ended. No task is lost, and if work and finish commit together, none is done twice. {@code
 * -Ddbleases.processes.rounds=300} runs for about twenty minutes, and {@code -Ddbleases.processes.seed=42} chooses
 * other processes.
 */
@Order(1)
@ResourceLock("processes")
class TaskProcessTests {

    private static final int ROUNDS = Integer.getInteger("dbleases.processes.rounds", 3);
    private static final long SEED = Long.getLong("dbleases.processes.seed", 20260102);
    private static final int PROCESSES = 4;
    private static final int TASKS_PER_ROUND = 600;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Random random = new Random(SEED);
    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Sql sql = new Sql(database.dataSource());
    private final List<JavaProcess> workers = new ArrayList<>();
    private int tasks;

    @BeforeEach
    void createTables() throws SQLException {
        PostgresSchema.create(database.dataSource(), PostgresStoreConfig.defaults());
        sql.execute(WorkerProcess.TABLES);
    }

    @AfterEach
    void end() {
        workers.forEach(JavaProcess::close);
    }

    @Test
    void everyTaskIsDoneOnceIfItIsFinishedInTheTransactionOfTheWork() throws Exception {
        sql.execute("ALTER TABLE work ADD UNIQUE (task)");

        disturb(true);

        assertThat(sql.number("SELECT count(*) FROM work")).isEqualTo(tasks);
    }

    @Test
    void everyTaskIsDoneAtLeastOnceIfItIsNot() throws Exception {
        disturb(false);

        assertThat(sql.number("SELECT count(DISTINCT task) FROM work")).isEqualTo(tasks);
    }

    private void disturb(boolean transactional) throws Exception {
        for (int i = 0; i < PROCESSES; i++) {
            start(transactional);
        }
        for (int round = 0; round < ROUNDS; round++) {
            addTasks();
            JavaProcess victim = workers.get(random.nextInt(workers.size()));
            awaitWorkOf(victim);
            if (random.nextBoolean()) {
                long session = sessionOf(victim);
                victim.stop();
                await().atMost(PATIENCE).until(() -> !isLive(session));
                victim.resume();
            } else {
                workers.remove(victim);
                if (random.nextInt(3) == 0) {
                    victim.end();
                } else {
                    victim.kill();
                }
                start(transactional);
            }
        }
        await().atMost(PATIENCE).until(() -> sql.number("SELECT count(*) FROM task WHERE NOT done") == 0);
        for (JavaProcess worker : workers) {
            worker.end();
        }
    }

    private void start(boolean transactional) throws IOException {
        workers.add(JavaProcess.start(
                line -> {}, WorkerProcess.class, database.jdbcUrl(), database.user(), Boolean.toString(transactional)));
    }

    private void addTasks() throws SQLException {
        sql.execute(
                "INSERT INTO task (id) SELECT generate_series(%d, %d)".formatted(tasks + 1, tasks + TASKS_PER_ROUND));
        tasks += TASKS_PER_ROUND;
    }

    /** Waits until a process has done a task from now on and holds tasks. Adds tasks when none are left for it. */
    private void awaitWorkOf(JavaProcess worker) throws SQLException {
        String work = "SELECT count(*) FROM work WHERE worker = " + worker.pid();
        long before = sql.number(work);
        await().atMost(PATIENCE).until(() -> {
            if (sql.number("SELECT count(*) FROM task WHERE NOT done") == 0) {
                addTasks();
            }
            return sql.number(work) > before
                    && sql.number("SELECT count(*) FROM task WHERE NOT done AND session_id = " + sessionOf(worker)) > 0;
        });
    }

    private long sessionOf(JavaProcess worker) throws SQLException {
        return sql.number(
                "SELECT coalesce(max(id), 0) FROM dbleases_session WHERE state = 'live' AND pid = " + worker.pid());
    }

    private boolean isLive(long session) throws SQLException {
        return sql.number("SELECT count(*) FROM dbleases_session WHERE state = 'live' AND id = " + session) > 0;
    }
}
