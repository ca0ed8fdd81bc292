package io.github.dbleases.postgres.tasks;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.internal.jdbc.Sql;
import io.github.dbleases.internal.jdbc.SqlParts;
import io.github.dbleases.spi.tasks.ClaimPlan;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskRequest;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Measures claims on a private server. Arguments: any of {@code plans} (few and many pending rows), {@code growth} (a
 * table that grows while its plan is cached), {@code wal} (WAL of a claim and a finish, by index and fillfactor) and
 * {@code rate}.
 */
public final class ClaimFigures {

    private static final PrintStream OUT = System.out;
    private static final int BATCH = 1_000;
    private static final int MANY = 2_000_000;

    private final TaskDatabase database;
    private final Connection connection;

    private ClaimFigures(PostgresServer server) throws SQLException {
        this.database = TaskDatabase.create(server);
        this.connection = database.dataSource().getConnection();
    }

    public static void main(String[] arguments) throws Exception {
        List<String> wanted = arguments.length == 0 ? List.of("plans", "growth", "wal", "rate") : List.of(arguments);
        try (PostgresServer server = PostgresServer.privateServer(
                Map.of("shared_buffers", "1GB", "autovacuum", "off", "max_wal_size", "8GB"))) {
            for (String one : wanted) {
                OUT.printf("%n== %s%n", one);
                ClaimFigures figures = new ClaimFigures(server);
                switch (one) {
                    case "plans" -> figures.plans();
                    case "growth" -> figures.growth();
                    case "wal" -> figures.wal();
                    case "rate" -> figures.rate();
                    default -> throw new IllegalArgumentException("Unknown figures: " + one);
                }
                figures.connection.close();
            }
        }
    }

    private void plans() throws SQLException {
        for (int rows : List.of(2_000, MANY)) {
            database.createOutbox(rows);
            database.execute("VACUUM ANALYZE outbox");
            database.session(1);
            OUT.printf("%n%d pending rows, a claim of %d:%n", rows, BATCH);
            explain();
            database.execute("UPDATE outbox SET session_id = NULL WHERE session_id IS NOT NULL");
            JdbcTaskChannel<String> channel = TaskDatabase.channel(TaskDatabase.OUTBOX, TaskDatabase.kept(connection));
            times("claim and release of " + BATCH, 50, () -> {
                List<ClaimedTask<String>> claimed =
                        channel.exchange(TaskDatabase.claim(1, BATCH)).claimed();
                channel.exchange(TaskDatabase.release(1, claimed));
            });
        }
    }

    /** The statement is planned while the table is empty, and the table is never analyzed. */
    private void growth() throws SQLException {
        for (String finish : List.of("delete", "sent_at = now()")) {
            database.createOutbox(0);
            database.execute("VACUUM ANALYZE outbox");
            database.session(1);
            JdbcTaskChannel<String> channel =
                    TaskDatabase.channel(TaskDatabase.with("sent_at IS NULL", finish), TaskDatabase.kept(connection));
            for (int i = 0; i < 20; i++) {
                database.execute("INSERT INTO outbox (payload) SELECT 'first ' || i FROM generate_series(1, 5) i");
                cycle(channel);
            }
            database.execute(
                    "INSERT INTO outbox (payload) SELECT 'task ' || i FROM generate_series(1, %d) i".formatted(MANY));
            times("finish: " + finish + ", claim and finish of " + BATCH + " after growth", 30, () -> cycle(channel));
        }
    }

    private void wal() throws SQLException {
        record Shape(String index, int fillfactor) {}
        for (String finish : List.of("delete", "sent_at = now()")) {
            for (Shape shape : List.of(
                    new Shape("(id) WHERE sent_at IS NULL", 100),
                    new Shape("(id) WHERE sent_at IS NULL", 90),
                    new Shape("(id) WHERE sent_at IS NULL", 50),
                    new Shape("(id) WHERE sent_at IS NULL", 30),
                    new Shape("(session_id, id) WHERE sent_at IS NULL", 100),
                    new Shape("(session_id, id) WHERE sent_at IS NULL", 50))) {
                database.createOutbox(0);
                database.execute("DROP INDEX outbox_pending_idx; CREATE INDEX outbox_pending_idx ON outbox "
                        + shape.index() + "; ALTER TABLE outbox SET (fillfactor = " + shape.fillfactor() + ")");
                database.execute("INSERT INTO outbox (payload) SELECT 'task ' || i FROM generate_series(1, 200000) i");
                database.execute("VACUUM ANALYZE outbox");
                database.execute("CHECKPOINT");
                database.session(1);
                JdbcTaskChannel<String> channel = TaskDatabase.channel(
                        TaskDatabase.with("sent_at IS NULL", finish), TaskDatabase.kept(connection));
                cycle(channel);
                String before =
                        database.query("SELECT pg_current_wal_insert_lsn()").get(0);
                long begin = System.nanoTime();
                for (int i = 0; i < 100; i++) {
                    cycle(channel);
                }
                long nanos = System.nanoTime() - begin;
                OUT.printf(
                        "finish: %-16s index %-40s fillfactor %3d: %4s bytes of WAL and %.1f us per task, HOT %s, table %s, index %s%n",
                        finish,
                        shape.index(),
                        shape.fillfactor(),
                        database.query("SELECT round(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '%s') / %d)"
                                        .formatted(before, 100 * BATCH))
                                .get(0),
                        nanos / 1e3 / 100 / BATCH,
                        hot(),
                        database.query("SELECT pg_size_pretty(pg_table_size('outbox'))")
                                .get(0),
                        database.query("SELECT pg_size_pretty(pg_relation_size('outbox_pending_idx'))")
                                .get(0));
            }
        }
    }

    private String hot() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_stat_force_next_flush()");
        }
        return database.query(
                        "SELECT n_tup_hot_upd || ' of ' || n_tup_upd FROM pg_stat_user_tables WHERE relname = 'outbox'")
                .get(0);
    }

    /** One session finishes each batch in the request that claims the next one. */
    private void rate() throws SQLException {
        for (int batch : List.of(1, 10, 100, BATCH)) {
            int rows = Math.min(300_000, batch * 20_000);
            database.createOutbox(rows);
            database.execute("VACUUM ANALYZE outbox");
            database.session(1);
            JdbcTaskChannel<String> channel =
                    TaskDatabase.channel(TaskDatabase.with("sent_at IS NULL", "delete"), TaskDatabase.kept(connection));
            List<ClaimedTask<String>> held =
                    channel.exchange(TaskDatabase.claim(1, batch)).claimed();
            long begin = System.nanoTime();
            long done = 0;
            int requests = 0;
            while (!held.isEmpty()) {
                TaskClaim claim = new TaskClaim(1, batch, 0, Place.ALONE, false);
                done += held.size();
                requests++;
                held = channel.exchange(new TaskRequest<>(1, held, List.of(), List.of(), ClaimPlan.of(claim)))
                        .claimed();
            }
            long nanos = System.nanoTime() - begin;
            OUT.printf(
                    "batches of %d: %,d tasks/s, %.1f us per task, %.0f us per request%n",
                    batch, done * 1_000_000_000L / nanos, nanos / 1e3 / done, nanos / 1e3 / requests);
        }
    }

    private static void cycle(JdbcTaskChannel<String> channel) {
        channel.exchange(TaskDatabase.finish(
                1, channel.exchange(TaskDatabase.claim(1, BATCH)).claimed()));
    }

    private void explain() throws SQLException {
        ColumnTypes types = ColumnTypes.read(connection, TaskDatabase.OUTBOX);
        SqlParts sql =
                TableSql.of(TaskDatabase.OUTBOX, List.of(LeaseTables.defaults().session()), types);
        Exchange exchange = new Exchange(TaskDatabase.OUTBOX, sql, types);
        Sql claim = exchange.statement(new Exchange.Kind(false, false, true, true, true, Exchange.Start.FIRST), 4);
        Map<String, Object> values = Map.of(
                "session",
                1L,
                "shared",
                false,
                "limit",
                (long) BATCH,
                "held",
                0L,
                "sessions",
                1L,
                "count",
                (long) BATCH,
                "fresh",
                (long) BATCH,
                "retries",
                (long) BATCH);
        try (PreparedStatement statement = connection.prepareStatement("EXPLAIN (ANALYZE, BUFFERS) " + claim.text())) {
            for (int i = 0; i < claim.parameters().size(); i++) {
                String parameter = claim.parameters().get(i);
                statement.setObject(
                        i + 1,
                        values.containsKey(parameter) ? values.get(parameter) : types.ids(connection, List.of()));
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    OUT.println(row.getString(1));
                }
            }
        }
    }

    private static void times(String what, int runs, Runnable work) {
        double[] millis = new double[runs];
        for (int i = 0; i < runs; i++) {
            long begin = System.nanoTime();
            work.run();
            millis[i] = (System.nanoTime() - begin) / 1e6;
        }
        double first = millis[0];
        Arrays.sort(millis);
        OUT.printf(
                "%s: first %.1f ms, median %.1f ms, maximum %.1f ms%n",
                what, first, millis[runs / 2], millis[runs - 1]);
    }
}
