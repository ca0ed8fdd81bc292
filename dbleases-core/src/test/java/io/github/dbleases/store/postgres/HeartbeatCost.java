package io.github.dbleases.store.postgres;

import static org.awaitility.Awaitility.await;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.store.HeartbeatLine;
import io.github.dbleases.store.NewSession;
import io.github.dbleases.store.WorkLine;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Measures what a heartbeat costs the database, in comparison with the bare update of one row by its key in the same run:
 * the same kind of connection, both prepared and warm, each after a checkpoint. {@link #main} prints it.
 */
public final class HeartbeatCost implements AutoCloseable {

    private static final String CONNECTIONS =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'";
    private static final int OTHERS = 10;
    private static final int PARTITIONS = 128;
    private static final long SESSION = 5;
    static final int WARM_UP = 100;

    private static final Timing TIMING = new Timing(
            Duration.ofHours(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    private final PostgresServer server;
    private final TestTables tables;
    private final HeartbeatLine heartbeats;
    private final WorkLine work;

    HeartbeatCost() {
        server = PostgresServer.privateServer(
                Map.of("shared_preload_libraries", "pg_stat_statements", "pg_stat_statements.track_planning", "on"));
        tables = TestTables.create(server);
        tables.execute("CREATE EXTENSION pg_stat_statements");
        tables.execute("CREATE TABLE bare (id bigint PRIMARY KEY, expires_at timestamptz) WITH (fillfactor = 25)");
        tables.execute(
                "INSERT INTO bare SELECT id, clock_timestamp() FROM generate_series(1, %d) id".formatted(OTHERS));
        PostgresLeaseStore store = new PostgresLeaseStore(tables.dataSource());
        heartbeats = store.heartbeatLine(TIMING);
        work = store.workLine(TIMING);
        for (long session = 1; session <= OTHERS; session++) {
            heartbeats.open(new NewSession(session, "client-" + session, 1, TIMING.ttl(), TIMING.grace()));
        }
        tables.execute("VACUUM ANALYZE");
    }

    /**
     * What a number of executions of one statement cost.
     *
     * @param statements how many different statements were executed
     * @param calls how often they were executed
     * @param micros database time of one, planning and execution, in microseconds
     * @param walBytes write-ahead log of one, without its commit
     * @param updates the updates of session rows from the beginning, those to warm up included
     * @param hotUpdates how many of them were HOT
     */
    record Cost(long statements, long calls, double micros, double walBytes, long updates, long hotUpdates) {}

    /** Lets the session own all partitions of leases. */
    void own(int leases) {
        for (int i = 0; i < leases; i++) {
            String name = "lease-" + i;
            work.transact(new TreeSet<>(List.of(name)), transaction -> {
                transaction.create(LeaseSpec.partitions(name, PARTITIONS));
                transaction.addMember(name, SESSION);
                Snapshot snapshot = transaction.snapshot(name);
                return transaction.apply(
                        name, Balancer.assign(snapshot, Balancer.Scope.ALL).changes());
            });
        }
        work.close();
    }

    Cost ofHeartbeats(int number) {
        beat(WARM_UP);
        reset();
        beat(number);
        Statements statements = statements();
        // The server's process tells the figures of the table at the latest when it ends.
        heartbeats.close();
        await().until(() -> tables.number(CONNECTIONS) == 1);
        return cost(statements);
    }

    private void beat(int number) {
        for (int i = 0; i < number; i++) {
            heartbeats.renew(SESSION).orElseThrow();
        }
    }

    Cost ofBareUpdates(int number) throws SQLException {
        try (Connection connection = tables.dataSource().getConnection()) {
            update(connection, WARM_UP);
            reset();
            update(connection, number);
        }
        return cost(statements());
    }

    private static void update(Connection connection, int number) throws SQLException {
        for (int i = 0; i < number; i++) {
            try (PreparedStatement statement = connection.prepareStatement(
                    "UPDATE bare SET expires_at = clock_timestamp() + interval '6 s' WHERE id = ?")) {
                statement.setLong(1, SESSION);
                statement.executeUpdate();
            }
        }
    }

    private void reset() {
        tables.execute("CHECKPOINT");
        tables.execute("SELECT pg_stat_statements_reset()");
    }

    private record Statements(long different, long calls, double micros, double walBytes) {}

    /** Everything that was executed, but for our own questions and what the driver says when it connects for them. */
    private Statements statements() {
        String executed = " FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_%'"
                + " AND query NOT LIKE 'SET application_name%'";
        long calls = tables.number("SELECT sum(calls)" + executed);
        return new Statements(
                tables.number("SELECT count(*)" + executed),
                calls,
                Double.parseDouble(tables.query("SELECT sum(total_plan_time + total_exec_time) * 1000" + executed))
                        / calls,
                Double.parseDouble(tables.query("SELECT sum(wal_bytes)" + executed)) / calls);
    }

    private Cost cost(Statements statements) {
        String updates = " FROM pg_stat_user_tables WHERE relname = 'dbleases_session'";
        return new Cost(
                statements.different(),
                statements.calls(),
                statements.micros(),
                statements.walBytes(),
                tables.number("SELECT n_tup_upd" + updates),
                tables.number("SELECT n_tup_hot_upd" + updates));
    }

    @Override
    public void close() {
        heartbeats.close();
        server.close();
    }

    /** Prints the best of several rounds, as other programs disturb the figures of a single one. */
    public static void main(String[] arguments) throws SQLException {
        int rounds = 7;
        int number = 5_000;
        for (int leases : new int[] {1, 100}) {
            try (HeartbeatCost costs = new HeartbeatCost()) {
                costs.own(leases);
                double bestBare = Double.MAX_VALUE;
                double best = Double.MAX_VALUE;
                double bareWal = Double.MAX_VALUE;
                double wal = Double.MAX_VALUE;
                for (int round = 0; round < rounds; round++) {
                    Cost bare = costs.ofBareUpdates(number);
                    Cost heartbeat = costs.ofHeartbeats(number);
                    bestBare = Math.min(bestBare, bare.micros());
                    best = Math.min(best, heartbeat.micros());
                    bareWal = Math.min(bareWal, bare.walBytes());
                    wal = Math.min(wal, heartbeat.walBytes());
                }
                System.out.printf(
                        Locale.ROOT,
                        "%3d leases of %d partitions: heartbeat %.1f us, %.0f bytes of WAL; bare update %.1f us, %.0f bytes;"
                                + " ratio %.2f, %.2f%n",
                        leases,
                        PARTITIONS,
                        best,
                        wal,
                        bestBare,
                        bareWal,
                        best / bestBare,
                        wal / bareWal);
            }
        }
    }
}
