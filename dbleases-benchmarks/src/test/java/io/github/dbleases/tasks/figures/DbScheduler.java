package io.github.dbleases.tasks.figures;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;

/**
 * db-scheduler, which locks and fetches many executions at once, runs the handler of each on one of its threads, and
 * deletes each in its own transaction.
 *
 * <p>Experiments with 100,000 tasks on two processors have shown: more than eight threads in total are slower, and so
 * are fewer held executions. Holding 4,000 executions per scheduler is not much faster than 1,000.
 *
 * @param held the maximum number of executions that a scheduler holds; when half of them are done, it fetches more.
 *     With one held execution there is one thread, otherwise there are eight threads in all schedulers together
 */
record DbScheduler(int held) implements Contender {

    private static final int THREADS = 8;

    /** The schema from its documentation, without the index that only priorities need. */
    private static final String SCHEMA = """
            CREATE TABLE scheduled_tasks (
                task_name text NOT NULL, task_instance text NOT NULL, task_data bytea,
                execution_time timestamptz NOT NULL, picked boolean NOT NULL, picked_by text,
                last_success timestamptz, last_failure timestamptz, consecutive_failures integer,
                last_heartbeat timestamptz, version bigint NOT NULL, priority smallint,
                PRIMARY KEY (task_name, task_instance));
            INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
            SELECT 'nothing', i::text, now() - interval '1 hour' + i * interval '1 microsecond', false, 1
            FROM generate_series(1, %d) i;
            CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
            CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
            """;

    @Override
    public String name() {
        return "db-scheduler 16";
    }

    @Override
    public String batch() {
        return held == 1 ? "1" : "1 of %d held".formatted(held);
    }

    @Override
    public void fill(Connection connection, long tasks, int sessions) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA.formatted(tasks));
        }
    }

    @Override
    public long pending(Connection connection, int sessions) throws SQLException {
        return TaskRows.count(connection, "SELECT count(*) FROM scheduled_tasks");
    }

    @Override
    public Crew assemble(DataSource database, int sessions) {
        return new Schedulers(database, sessions);
    }

    private final class Schedulers extends AbstractSchedulerListener implements Crew {

        private final LongAdder performed = new LongAdder();
        private final LongAdder finished = new LongAdder();
        private final List<Scheduler> schedulers = new ArrayList<>();
        private final List<HikariDataSource> pools = new ArrayList<>();

        Schedulers(DataSource database, int sessions) {
            int threads = held == 1 ? 1 : Math.max(1, THREADS / sessions);
            for (int i = 0; i < sessions; i++) {
                HikariDataSource pool = Pools.open(database, threads + 2);
                pools.add(pool);
                OneTimeTask<Void> task = Tasks.oneTime("nothing").execute((instance, context) -> performed.increment());
                schedulers.add(Scheduler.create(pool, task)
                        .schedulerName(new SchedulerName.Fixed("scheduler-" + i))
                        .threads(threads)
                        .pollUsingLockAndFetch(held / 2 / (double) threads, held / (double) threads)
                        .pollingInterval(Duration.ofSeconds(1))
                        .shutdownMaxWait(Duration.ofSeconds(20))
                        .addSchedulerListener(this)
                        .build());
            }
        }

        /** Called after the row was deleted. */
        @Override
        public void onExecutionComplete(ExecutionComplete complete) {
            finished.increment();
        }

        @Override
        public void begin() {
            schedulers.forEach(Scheduler::start);
        }

        @Override
        public long finished() {
            return finished.sum();
        }

        @Override
        public long performed() {
            return performed.sum();
        }

        @Override
        public void close() {
            schedulers.forEach(Scheduler::stop);
            pools.forEach(HikariDataSource::close);
        }
    }
}
