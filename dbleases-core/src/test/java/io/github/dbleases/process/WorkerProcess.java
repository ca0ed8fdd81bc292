package io.github.dbleases.process;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.Tasker;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.internal.tasks.TaskRunners;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.tasks.JdbcTaskChannel;
import io.github.dbleases.postgres.tasks.LeaseTables;
import io.github.dbleases.postgres.tasks.TaskTable;
import io.github.dbleases.spi.tasks.TaskWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.ds.PGSimpleDataSource;

/** The main class of a process that works on tasks, and writes a row for each task that it has done. */
final class WorkerProcess {

    static final String TABLES = """
            CREATE TABLE task (id bigint PRIMARY KEY, done boolean NOT NULL DEFAULT false, session_id bigint);
            CREATE INDEX task_pending ON task (id) WHERE NOT done;
            CREATE TABLE work (task bigint NOT NULL, worker bigint NOT NULL);
            CREATE INDEX work_worker ON work (worker)""";

    private static final TaskTable TASKS = new TaskTable(
            "task", "id", "session_id", "NOT done", null, "done = true", TaskTable.Failures.UNRECORDED, null);

    private static final Duration WORK_TIME = Duration.ofMillis(2);

    private WorkerProcess() {}

    /** Takes the JDBC URL, the user, and whether to be transactional. Stops the runner and ends when there is input. */
    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser(arguments[1]);
        LeaseClientConfig config =
                LeaseClientConfig.builder().timing(WitnessProcess.TIMING).build();
        try (LeaseClient client = LeaseClients.start(config, new PostgresLeaseStore(dataSource))) {
            TaskRunner runner = TaskRunners.create(
                    TaskRunnerConfig.builder("work")
                            .tasksPerSession(50)
                            .batchSize(10)
                            .threads(2)
                            .build(),
                    client,
                    work(new ThreadConnections(dataSource), Boolean.parseBoolean(arguments[2])),
                    TaskRunnerListener.NONE);
            runner.start();
            System.in.read();
            runner.stop();
        }
    }

    private static TaskWork<Long> work(ThreadConnections connections, boolean transactional) {
        return new TaskWork<>(
                new JdbcTaskChannel<>(connections, TASKS, LeaseTables.defaults(), row -> row.getLong("id")),
                tasker(connections),
                transactional ? connections : null);
    }

    private static Tasker<Long> tasker(ThreadConnections connections) {
        return tasks -> {
            for (long task : tasks) {
                LockSupport.parkNanos(WORK_TIME.toNanos());
                note(connections, task);
            }
            return tasks;
        };
    }

    private static void note(ThreadConnections connections, long task) throws SQLException {
        try (Connection connection = connections.getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO work (task, worker) VALUES (?, ?)")) {
            insert.setLong(1, task);
            insert.setLong(2, ProcessHandle.current().pid());
            insert.executeUpdate();
        }
    }
}
