package io.github.dbleases.tasks.figures;

import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** A private server on which contenders are measured one after another, each in a new database. */
final class Arena implements AutoCloseable {

    /**
     * The same settings for all contenders. There is no checkpoint during a run, so each page causes at most one page
     * image. The WAL is kept, so that it can be read afterwards. Autovacuum is off, because it runs once a minute and
     * would affect only some contenders. Everything else has its default.
     */
    private static final Map<String, String> SETTINGS = Map.of(
            "shared_preload_libraries", "pg_stat_statements",
            "max_connections", "200",
            "shared_buffers", "1GB",
            "max_wal_size", "16GB",
            "wal_keep_size", "8GB",
            "checkpoint_timeout", "1h",
            "autovacuum", "off",
            "fsync", "on");

    private final PostgresServer server = PostgresServer.privateServer(SETTINGS);
    private final Connection connection;
    private final Meter meter;

    Arena() throws Exception {
        connection = server.dataSource().getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION pg_stat_statements; CREATE EXTENSION pg_walinspect");
        }
        meter = new Meter(connection);
    }

    /** Describes the system that was measured on. */
    String describe() throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT format('PostgreSQL %s, ', current_setting('server_version')) || string_agg(name || ' ' || setting, ', ' ORDER BY name)
                        FROM pg_settings
                        WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'autovacuum', 'wal_compression')
                        """)) {
            row.next();
            return "%s; %d processors, shared with the clients; Java %s"
                    .formatted(row.getString(1), Runtime.getRuntime().availableProcessors(), Runtime.version());
        }
    }

    /** Measures how a crew works through a table of tasks, up to a time limit. */
    Measurement measure(Contender contender, int sessions, long tasks, Duration atMost) throws Exception {
        PostgresDatabase database = server.freshDatabase();
        try (Connection own = database.dataSource().getConnection();
                Statement statement = own.createStatement()) {
            contender.fill(own, tasks, sessions);
            statement.execute("VACUUM ANALYZE");
        }
        String name = database.name();
        Meter.Reading begin;
        Meter.Reading end;
        double seconds;
        double statements;
        long commits;
        long finished;
        long performed;
        try (Contender.Crew crew = contender.assemble(database.dataSource(), sessions);
                Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
            meter.resetStatements();
            commits = -meter.commits(name);
            begin = meter.read();
            long from = System.nanoTime();
            crew.begin();
            while (crew.finished() < tasks && System.nanoTime() - from < atMost.toNanos()) {
                LockSupport.parkNanos(2_000_000);
            }
            finished = crew.finished();
            performed = crew.performed();
            seconds = (System.nanoTime() - from) / 1e9;
            end = meter.read();
            statements = meter.statementSeconds(name);
        }
        awaitEndOfSessions(name);
        commits += meter.commits(name);
        if (finished >= tasks) {
            requireAllDoneOnce(contender, sessions, database, tasks, performed);
        }
        Measurement measurement = new Measurement(
                contender,
                sessions,
                tasks,
                finished,
                seconds,
                end.wal() - begin.wal(),
                meter.imageBytes(begin, end),
                end.serverCpu() - begin.serverCpu(),
                statements,
                commits,
                end.clientCpu() - begin.clientCpu());
        server.execute("DROP DATABASE " + name + " WITH (FORCE)");
        return measurement;
    }

    private static void requireAllDoneOnce(
            Contender contender, int sessions, PostgresDatabase database, long tasks, long performed) throws Exception {
        try (Connection own = database.dataSource().getConnection()) {
            long pending = contender.pending(own, sessions);
            if (pending != 0 || performed != tasks) {
                throw new IllegalStateException("%s performed %d of %d tasks, and %d are still pending"
                        .formatted(contender.name(), performed, tasks, pending));
            }
        }
    }

    /** Until its connection has ended, a session may not have reported all its commits. */
    private void awaitEndOfSessions(String database) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean some = true;
            while (some) {
                LockSupport.parkNanos(1_000_000);
                try (ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT FROM pg_stat_activity"
                        + " WHERE backend_type = 'client backend' AND datname = '" + database + "')")) {
                    row.next();
                    some = row.getBoolean(1);
                }
            }
        }
    }

    @Override
    public void close() throws Exception {
        connection.close();
        server.close();
    }
}
