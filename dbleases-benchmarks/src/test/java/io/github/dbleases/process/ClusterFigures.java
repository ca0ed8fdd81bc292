package io.github.dbleases.process;

import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Timing;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Measures a cluster on a real database and prints the figures: {@code release}, {@code polling}, {@code kill}, {@code
 * many}, {@code leader} or {@code leaderships}. This is not a test. It only asserts that the cluster settles.
 */
final class ClusterFigures {

    private static final PrintStream OUT = System.out;
    private static final int PARTITIONS = 128;

    private ClusterFigures() {}

    public static void main(String[] arguments) throws Exception {
        for (String what : arguments) {
            switch (what) {
                case "release" -> release("with notifications", true);
                case "polling" -> release("without notifications", false);
                case "kill" -> kill();
                case "many" -> many(200, 20);
                case "leader" -> ElectionFigures.leader();
                case "leaderships" -> ElectionFigures.leaderships();
                default ->
                    throw new IllegalArgumentException(
                            "release, polling, kill, many, leader or leaderships, not " + what);
            }
        }
    }

    /** Measures an upper bound of the time from the commit of the release until the last listener is notified. */
    private static void release(String how, boolean notifications) throws Exception {
        PostgresStoreConfig config = new PostgresStoreConfig(null, "dbleases_", notifications);
        PostgresDatabase database = PostgresServer.newest().freshDatabase();
        PostgresSchema.create(database.dataSource(), config);
        PostgresLeaseStore store = new PostgresLeaseStore(database.dataSource(), config);
        int runs = notifications ? 50 : 20;
        long[] millis = new long[runs];
        try (LeaseClient one = start(store);
                LeaseClient other = start(store)) {
            LastTold told = new LastTold();
            List<Lease> leases = List.of(one.lease("orders", PARTITIONS), other.lease("orders", PARTITIONS));
            leases.forEach(lease -> lease.addListener(told));
            for (int run = 0; run < runs; run++) {
                LeaseClient leaving = start(store);
                Lease left = leaving.lease("orders", PARTITIONS);
                await(() -> left.values().size() >= 42
                        && sizes(leases) == PARTITIONS - left.values().size());
                leaving.close();
                long released = newestGrant(database);
                await(() -> sizes(leases) == PARTITIONS);
                millis[run] = told.millis() - released;
            }
        }
        print("graceful stop, " + how, millis);
    }

    /** Measures the time from the last heartbeat of a killed process until the last listener is notified. */
    private static void kill() throws Exception {
        PostgresDatabase database = PostgresServer.newest().freshDatabase();
        PostgresSchema.create(database.dataSource(), PostgresStoreConfig.defaults());
        PostgresLeaseStore store = new PostgresLeaseStore(database.dataSource());
        Timing timing = WitnessProcess.TIMING;
        long[] millis = new long[20];
        try (LeaseClient one = start(store, timing);
                LeaseClient other = start(store, timing)) {
            LastTold told = new LastTold();
            List<Lease> leases = List.of(
                    one.lease("orders", WitnessProcess.PARTITIONS), other.lease("orders", WitnessProcess.PARTITIONS));
            leases.forEach(lease -> lease.addListener(told));
            for (int run = 0; run < millis.length; run++) {
                try (Witness victim = new Witness(new Testimonies(), database.jdbcUrl(), database.user())) {
                    await(() -> victim.owned().size() == 4 && sizes(leases) == 8);
                    victim.kill();
                    long lastHeartbeat = lastHeartbeatOfTheOthers(database, one, other);
                    await(() -> sizes(leases) == WitnessProcess.PARTITIONS);
                    millis[run] = told.millis() - lastHeartbeat;
                }
            }
        }
        print(
                "kill -9, ttl %d ms + grace %d ms"
                        .formatted(timing.ttl().toMillis(), timing.grace().toMillis()),
                millis);
    }

    /** Measures how long it takes many clients that join at once to settle. */
    private static void many(int count, int leaseCount) throws Exception {
        try (PostgresServer server = PostgresServer.privateServer(Map.of("max_connections", "500"))) {
            PostgresSchema.create(server.dataSource(), PostgresStoreConfig.defaults());
            PostgresLeaseStore store = new PostgresLeaseStore(server.dataSource());
            ExecutorService threads = Executors.newFixedThreadPool(20);
            long begin = System.nanoTime();
            List<Future<LeaseClient>> starting = IntStream.range(0, count)
                    .mapToObj(i -> threads.submit(() -> join(start(store), leaseCount)))
                    .toList();
            List<LeaseClient> clients = new ArrayList<>();
            for (Future<LeaseClient> client : starting) {
                clients.add(client.get());
            }
            OUT.printf("%d clients joined %d leases after %.1f s%n", count, leaseCount, seconds(begin));
            await(() -> isSettled(clients, leaseCount));
            OUT.printf("all partitions are balanced and owned after %.1f s%n", seconds(begin));
            begin = System.nanoTime();
            List<Future<?>> closing = new ArrayList<>();
            clients.forEach(client -> closing.add(threads.submit(client::close)));
            for (Future<?> closed : closing) {
                closed.get();
            }
            OUT.printf("all clients are closed after %.1f s%n", seconds(begin));
            threads.shutdown();
        }
    }

    private static LeaseClient join(LeaseClient client, int leases) {
        IntStream.range(0, leases).forEach(i -> client.lease("lease-" + i, PARTITIONS));
        return client;
    }

    /** Returns whether exactly one owner sees each partition, and all shares are fair. */
    private static boolean isSettled(List<LeaseClient> clients, int leases) {
        LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        int seen = clients.stream()
                .flatMap(client -> client.leases().stream())
                .mapToInt(lease -> lease.values().size())
                .sum();
        return seen == leases * PARTITIONS
                && clients.get(0).cluster().leases().values().stream().allMatch(LeaseView::balanced);
    }

    private static LeaseClient start(PostgresLeaseStore store) {
        return start(store, Timing.DEFAULT);
    }

    private static LeaseClient start(PostgresLeaseStore store, Timing timing) {
        return LeaseClients.start(
                LeaseClientConfig.builder()
                        .timing(timing)
                        .debounce(Duration.ofMillis(100))
                        .build(),
                store);
    }

    private static int sizes(List<Lease> leases) {
        return leases.stream().mapToInt(lease -> lease.values().size()).sum();
    }

    private static long newestGrant(PostgresDatabase database) throws Exception {
        return query(database, "SELECT max(extract(epoch FROM since)) * 1000 FROM dbleases_partition");
    }

    private static long lastHeartbeatOfTheOthers(PostgresDatabase database, LeaseClient... known) throws Exception {
        String ids = Arrays.stream(known)
                .map(client -> Long.toString(client.status().session().orElseThrow()))
                .reduce((one, next) -> one + ", " + next)
                .orElseThrow();
        return query(
                database,
                "SELECT extract(epoch FROM expires_at - ttl) * 1000 FROM dbleases_session"
                        + " WHERE state = 'live' AND id NOT IN (" + ids + ")");
    }

    static long query(PostgresDatabase database, String sql) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    static void await(BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (seconds(begin) > 300) {
                throw new IllegalStateException("The cluster does not settle");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }

    private static void print(String what, long[] millis) {
        long[] sorted = millis.clone();
        Arrays.sort(sorted);
        OUT.printf(
                "%s: %d runs, median %d ms, minimum %d ms, maximum %d ms%n",
                what, sorted.length, sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    /** Records when a listener was last notified of assigned partitions, in milliseconds since 1970. */
    private static final class LastTold implements LeaseListener {

        private final AtomicLong last = new AtomicLong();

        @Override
        public void onAssigned(PartitionSet partitions) {
            last.set(System.currentTimeMillis());
        }

        long millis() {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            return last.get();
        }
    }
}
