package io.github.dbleases.postgres;

import static org.awaitility.Awaitility.await;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Measures what a heartbeat costs the database, in comparison with the bare update of one row by its key. Both run through
 * the same code on connections of their own. Both are prepared and warm, and the sessions take turns.
 * {@code HeartbeatFigures} in {@code dbleases-benchmarks} prints the result.
 */
final class HeartbeatCost implements AutoCloseable {

    private static final String CONNECTIONS =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'";
    private static final String BARE =
            "UPDATE bare SET expires_at = clock_timestamp() + interval '6 s' WHERE id = {?id}";
    private static final int PARTITIONS = 128;
    static final int WARM_UP = 100;

    private static final Timing TIMING = new Timing(
            Duration.ofHours(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(3),
            Duration.ofMinutes(3));

    private final int sessions;
    private final PostgresServer server;
    private final TestTables tables;
    private final HeartbeatChannel heartbeats;
    private final WorkChannel work;
    private final ChannelConnection bare;
    private long turn;

    /** Starts a server and opens a number of sessions. */
    HeartbeatCost(int sessions) {
        this.sessions = sessions;
        server = PostgresServer.privateServer(
                Map.of("shared_preload_libraries", "pg_stat_statements", "pg_stat_statements.track_planning", "on"));
        tables = TestTables.create(server);
        tables.execute("CREATE EXTENSION pg_stat_statements");
        tables.execute("CREATE TABLE bare (id bigint PRIMARY KEY, expires_at timestamptz) WITH (fillfactor = 25)");
        tables.execute(
                "INSERT INTO bare SELECT id, clock_timestamp() FROM generate_series(1, %d) id".formatted(sessions));
        PostgresLeaseStore store = new PostgresLeaseStore(tables.dataSource());
        heartbeats = store.heartbeatChannel(TIMING);
        work = store.workChannel(TIMING);
        bare = new ChannelConnection(
                new PostgresLeaseStore(tables.dataSource()), TIMING, OpenConnection.Use.HEARTBEATS);
        for (long session = 1; session <= sessions; session++) {
            heartbeats.open(new NewSession(session, "client-" + session, 1, TIMING.ttl(), TIMING.grace()));
        }
        tables.execute("VACUUM ANALYZE");
        beat(WARM_UP);
        update(WARM_UP);
        tables.execute("CHECKPOINT");
    }

    /**
     * The cost of a number of executions of one statement.
     *
     * @param statements how many different statements were executed
     * @param calls the number of executions
     * @param micros the database time of one execution with its planning, in microseconds
     * @param walBytes the write-ahead log of one execution, without its commit
     */
    record Cost(long statements, long calls, double micros, double walBytes) {}

    /** Makes one session the owner of all partitions of a number of leases. */
    void own(int leases) {
        for (int i = 0; i < leases; i++) {
            String name = "lease-" + i;
            work.transact(new TreeSet<>(List.of(name)), transaction -> {
                transaction.create(LeaseSpec.partitions(name, PARTITIONS));
                transaction.addMember(name, 1);
                Snapshot snapshot = transaction.snapshot(name);
                return transaction.apply(
                        name, Balancer.assign(snapshot, Balancer.Scope.ALL).changes());
            });
        }
        work.close();
    }

    Cost ofHeartbeats(int number) {
        tables.execute("SELECT pg_stat_statements_reset()");
        beat(number);
        return cost();
    }

    private void beat(int number) {
        for (int i = 0; i < number; i++) {
            heartbeats.renew(next()).orElseThrow();
        }
    }

    Cost ofBareUpdates(int number) {
        tables.execute("SELECT pg_stat_statements_reset()");
        update(number);
        return cost();
    }

    private void update(int number) {
        for (int i = 0; i < number; i++) {
            long session = next();
            bare.call(
                    true, connection -> connection.sql(BARE).set("id", session).update());
        }
    }

    private long next() {
        return turn++ % sessions + 1;
    }

    /** Everything that was executed, except for the queries of this class and what the driver sends when it connects for them. */
    private Cost cost() {
        String[] figures = tables.query("SELECT concat_ws(' ', count(*), sum(calls),"
                        + " sum(total_plan_time + total_exec_time) * 1000 / sum(calls), sum(wal_bytes) / sum(calls))"
                        + " FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_%'"
                        + " AND query NOT LIKE 'SET application_name%'")
                .split(" ");
        return new Cost(
                Long.parseLong(figures[0]),
                Long.parseLong(figures[1]),
                Double.parseDouble(figures[2]),
                Double.parseDouble(figures[3]));
    }

    /** The number of updates of session rows since the start, and how many of them were HOT. */
    record Updates(long all, long hot) {}

    /** Ends the connections, because a server process reports its statistics of a table at the latest when it ends. */
    Updates updates() {
        heartbeats.close();
        bare.close();
        await().until(() -> tables.number(CONNECTIONS) == 1);
        String sessionTable = " FROM pg_stat_user_tables WHERE relname = 'dbleases_session'";
        return new Updates(
                tables.number("SELECT n_tup_upd" + sessionTable), tables.number("SELECT n_tup_hot_upd" + sessionTable));
    }

    @Override
    public void close() {
        heartbeats.close();
        bare.close();
        server.close();
    }
}
