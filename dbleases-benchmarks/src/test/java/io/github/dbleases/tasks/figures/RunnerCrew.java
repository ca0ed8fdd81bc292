package io.github.dbleases.tasks.figures;

import com.zaxxer.hikari.HikariDataSource;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.Tasker;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.internal.tasks.TaskRunners;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.postgres.tasks.JdbcTaskChannel;
import io.github.dbleases.postgres.tasks.LeaseTables;
import io.github.dbleases.postgres.tasks.TaskTable;
import io.github.dbleases.postgres.tasks.TaskTable.Failures;
import io.github.dbleases.spi.tasks.TaskWork;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Sessions of this library, each with a client, a pool of two connections and a runner. */
final class RunnerCrew implements Contender.Crew {

    private static final String NAME = "tasks";

    private final List<InternalLeaseClient> clients = new ArrayList<>();
    private final List<HikariDataSource> pools = new ArrayList<>();
    private final List<TaskRunner> runners = new ArrayList<>();
    private final LongAdder performed = new LongAdder();

    private RunnerCrew() {}

    /** Starts one session for each tasker. All of them have joined when this returns. */
    static RunnerCrew assemble(Runners how, DataSource database, List<Tasker<String>> taskers) throws SQLException {
        PostgresSchema.create(database, PostgresStoreConfig.defaults());
        RunnerCrew crew = new RunnerCrew();
        taskers.forEach(tasker -> crew.add(how, database, tasker));
        List<TaskSession> joined =
                crew.clients.stream().map(client -> client.taskSession(NAME)).toList();
        for (TaskSession session : joined) {
            while (session.id().isEmpty() || session.sessions() < taskers.size()) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        return crew;
    }

    private void add(Runners how, DataSource database, Tasker<String> tasker) {
        InternalLeaseClient client = LeaseClients.start(
                LeaseClientConfig.builder().clientId("client-" + clients.size()).build(),
                new PostgresLeaseStore(database));
        clients.add(client);
        HikariDataSource pool = Pools.open(database, 2);
        pools.add(pool);
        TaskTable table = new TaskTable(
                how.table(runners.size()),
                "id",
                "session_id",
                TaskRows.PENDING,
                null,
                how.finish(),
                Failures.UNRECORDED,
                null);
        JdbcTaskChannel<String> line =
                new JdbcTaskChannel<>(pool, table, LeaseTables.defaults(), row -> row.getString("payload"));
        Tasker<String> counting = tasks -> {
            performed.add(tasks.size());
            return tasker.perform(tasks);
        };
        runners.add(TaskRunners.create(
                TaskRunnerConfig.builder(NAME)
                        .tasksPerSession(how.tasksPerSession())
                        .batchSize(how.batchSize())
                        .build(),
                client,
                new TaskWork<>(line, counting, null),
                TaskRunnerListener.NONE));
    }

    @Override
    public void begin() {
        runners.forEach(TaskRunner::start);
    }

    @Override
    public long finished() {
        return runners.stream().mapToLong(runner -> runner.status().completed()).sum();
    }

    @Override
    public long performed() {
        return performed.sum();
    }

    /** The number of tasks that each session has finished. */
    List<Long> shares() {
        return runners.stream().map(runner -> runner.status().completed()).toList();
    }

    @Override
    public void close() {
        runners.forEach(TaskRunner::stop);
        clients.forEach(LeaseClient::close);
        pools.forEach(HikariDataSource::close);
    }
}
