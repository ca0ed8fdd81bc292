package io.github.dbleases.process;

import static io.github.dbleases.process.ClusterFigures.await;
import static io.github.dbleases.process.ClusterFigures.query;
import static io.github.dbleases.process.ClusterFigures.seconds;

import io.github.dbleases.Leadership;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Measures elections for {@link ClusterFigures}: between processes, and of many leaderships. */
final class ElectionFigures {

    private static final PrintStream OUT = System.out;
    private static final int ELECTIONS = 500;

    private ElectionFigures() {}

    /** Measures three processes while their leader is stopped or killed. */
    static void leader() throws Exception {
        try (PostgresServer server = server()) {
            PostgresDatabase database = database(server);
            try (Candidate one = new Candidate(database, "one", "default");
                    Candidate two = new Candidate(database, "two", "default");
                    Candidate three = new Candidate(database, "three", "default")) {
                stop(List.of(one, two, three));
                statements(server, 3, Duration.ofSeconds(60));
            }
            kill(database(server));
        }
    }

    /** Measures the time from the leader's call of close until the listener of the next leader is notified. */
    private static void stop(List<Candidate> candidates) {
        long[] micros = new long[50];
        for (int run = 0; run < micros.length; run++) {
            await(() -> candidates.stream().allMatch(Candidate::isCandidate)
                    && candidates.stream().anyMatch(Candidate::isElected));
            Candidate leader = leader(candidates);
            leader.turn();
            await(() -> leader.said("closed") > leader.said("candidate")
                    && candidates.stream().anyMatch(Candidate::isElected));
            micros[run] = leader(candidates).said("elected") - leader.said("closing");
            leader.turn();
        }
        await(() -> candidates.stream().allMatch(Candidate::isCandidate));
        print("graceful stop of the leader of 3 processes to the next onElected", micros);
    }

    /**
     * Measures the time from the last heartbeat of a killed leader until the listener of the next leader is notified.
     */
    private static void kill(PostgresDatabase database) throws Exception {
        long[] micros = new long[20];
        List<Candidate> candidates = new ArrayList<>();
        try {
            for (int run = 0; run < micros.length; run++) {
                while (candidates.size() < 3) {
                    candidates.add(new Candidate(database, "run-%d-%d".formatted(run, candidates.size()), "short"));
                }
                await(() -> candidates.stream().allMatch(Candidate::isCandidate)
                        && candidates.stream().anyMatch(Candidate::isElected));
                // A client marks no session dead in the first TTL of its own session.
                pause(WitnessProcess.TIMING.ttl().plusMillis(200));
                Candidate victim = leader(candidates);
                candidates.remove(victim);
                victim.kill();
                long lastHeartbeat = query(
                        database,
                        "SELECT extract(epoch FROM expires_at - ttl) * 1000000 FROM dbleases_session"
                                + " WHERE state = 'live' AND client_id = '" + victim.clientId() + "'");
                await(() -> candidates.stream().anyMatch(Candidate::isElected));
                micros[run] = leader(candidates).said("elected") - lastHeartbeat;
            }
        } finally {
            candidates.forEach(Candidate::close);
        }
        print(
                "kill -9 of the leader of 3 processes, ttl %d ms + grace %d ms, from its last heartbeat"
                        .formatted(
                                WitnessProcess.TIMING.ttl().toMillis(),
                                WitnessProcess.TIMING.grace().toMillis()),
                micros);
    }

    private static Candidate leader(List<Candidate> candidates) {
        return candidates.stream().filter(Candidate::isElected).findAny().orElseThrow();
    }

    /**
     * Measures many elections: their leaderships spread when their leader leaves, and are balanced when a candidate
     * joins.
     */
    static void leaderships() throws Exception {
        try (PostgresServer server = server()) {
            spread(database(server));
            balance(server);
        }
    }

    private static void spread(PostgresDatabase database) throws Exception {
        try (Cluster cluster = new Cluster(database, false)) {
            cluster.add(1);
            cluster.add(5);
            LeaseClient all = cluster.clients.remove(0);
            long begin = System.nanoTime();
            all.close();
            await(() -> cluster.leads().stream().mapToLong(Long::longValue).sum() == ELECTIONS);
            OUT.printf(
                    "%d leaderships of a closing client, spread over 5 candidates: %s, after %.1f s%n",
                    ELECTIONS, cluster.leads(), seconds(begin));
        }
    }

    private static void balance(PostgresServer server) throws Exception {
        try (Cluster cluster = new Cluster(database(server), true)) {
            cluster.add(5);
            long begin = System.nanoTime();
            await(() -> cluster.leads().stream().allMatch(count -> count == ELECTIONS / 5));
            OUT.printf(
                    "balancing among 5 candidates that joined at the same time: %s, after %.1f s%n",
                    cluster.leads(), seconds(begin));
            begin = System.nanoTime();
            cluster.add(1);
            OUT.printf("a sixth client is a candidate in all elections after %.1f s%n", seconds(begin));
            await(() -> cluster.leads().stream().allMatch(count -> count == 83 || count == 84));
            OUT.printf("balanced: %s, after %.1f s%n", cluster.leads(), seconds(begin));
            statements(server, 6, Duration.ofSeconds(30));
        }
    }

    /** Counts all statements of some idle clients. */
    private static void statements(PostgresServer server, int clients, Duration span) throws Exception {
        // Wait until all effects of the last change have settled.
        pause(Duration.ofSeconds(15));
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_stat_statements_reset()");
            pause(span);
            OUT.printf("statements of %d clients in %d s, heartbeat 1.5 s:%n", clients, span.toSeconds());
            try (ResultSet row =
                    statement.executeQuery("SELECT calls, left(regexp_replace(query, '\\s+', ' ', 'g'), 90)"
                            + " FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_%' ORDER BY calls DESC")) {
                while (row.next()) {
                    OUT.printf("  %5d  %s%n", row.getLong(1), row.getString(2));
                }
            }
        }
    }

    private static PostgresServer server() throws Exception {
        PostgresServer server = PostgresServer.privateServer(
                Map.of("shared_preload_libraries", "pg_stat_statements", "max_connections", "100"));
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION pg_stat_statements");
        }
        return server;
    }

    private static PostgresDatabase database(PostgresServer server) throws Exception {
        PostgresDatabase database = server.freshDatabase();
        PostgresSchema.create(database.dataSource(), PostgresStoreConfig.defaults());
        return database;
    }

    private static void pause(Duration span) {
        long end = System.nanoTime() + span.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static void print(String what, long[] micros) {
        long[] sorted = micros.clone();
        Arrays.sort(sorted);
        OUT.printf(
                "%s: %d runs, median %.1f ms, minimum %.1f ms, maximum %.1f ms%n",
                what, sorted.length, sorted[sorted.length / 2] / 1e3, sorted[0] / 1e3, sorted[sorted.length - 1] / 1e3);
    }

    /** Clients that are candidates in all elections. */
    private static final class Cluster implements AutoCloseable {

        private final PostgresLeaseStore store;
        private final boolean balance;
        private final List<LeaseClient> clients = new ArrayList<>();
        private final ExecutorService threads = Executors.newFixedThreadPool(6);

        private Cluster(PostgresDatabase database, boolean balance) {
            this.store = new PostgresLeaseStore(database.dataSource());
            this.balance = balance;
        }

        void add(int count) throws Exception {
            List<Future<LeaseClient>> joining = IntStream.range(0, count)
                    .mapToObj(i -> threads.submit(this::candidate))
                    .toList();
            for (Future<LeaseClient> client : joining) {
                clients.add(client.get());
            }
        }

        private LeaseClient candidate() {
            LeaseClient client = LeaseClients.start(
                    LeaseClientConfig.builder().balanceLeaderships(balance).build(), store);
            IntStream.range(0, ELECTIONS)
                    .mapToObj(i -> client.leadership("election-" + i))
                    .forEach(election -> election.awaitOutcome(Duration.ofSeconds(10)));
            return client;
        }

        List<Long> leads() {
            pause(Duration.ofMillis(20));
            return clients.stream()
                    .map(client -> client.leaderships().stream()
                            .filter(Leadership::isLeader)
                            .count())
                    .toList();
        }

        @Override
        public void close() {
            clients.forEach(client -> threads.submit(client::close));
            threads.shutdown();
            await(threads::isTerminated);
        }
    }
}
