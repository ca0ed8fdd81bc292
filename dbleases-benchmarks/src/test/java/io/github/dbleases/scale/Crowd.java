package io.github.dbleases.scale;

import static java.util.stream.Collectors.toMap;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.tasks.figures.Meter;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Many clients on one private server. */
final class Crowd implements AutoCloseable {

    private static final int STARTING_THREADS = 16;
    private static final int LOCK_SAMPLES = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final LeaseClientConfig CONFIG = LeaseClientConfig.builder()
            .timing(Timing.of(Duration.ofSeconds(12)))
            .build();

    private final int leases;
    private final int partitions;
    private final PostgresServer server = PostgresServer.privateServer(Map.of(
            "max_connections", "3000",
            "shared_buffers", "256MB",
            "fsync", "on"));
    private final PostgresLeaseStore store;
    private final ExecutorService threads = Executors.newFixedThreadPool(STARTING_THREADS);
    private final List<LeaseClient> clients = new ArrayList<>();

    Crowd(int leases, int partitions) throws Exception {
        this.leases = leases;
        this.partitions = partitions;
        PostgresSchema.create(server.dataSource(), PostgresStoreConfig.defaults());
        store = new PostgresLeaseStore(server.dataSource());
    }

    int size() {
        return clients.size();
    }

    /** Starts clients that join all leases. */
    void join(int count) throws Exception {
        List<Future<LeaseClient>> starting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            starting.add(threads.submit(this::start));
        }
        for (Future<LeaseClient> client : starting) {
            clients.add(client.get());
        }
    }

    private LeaseClient start() {
        LeaseClient client = LeaseClients.start(CONFIG, store);
        client.leases(
                IntStream.range(0, leases).boxed().collect(toMap(number -> "lease-" + number, number -> partitions)));
        return client;
    }

    /** Closes the clients that were started first. */
    void leave(int count) throws Exception {
        List<LeaseClient> leaving = List.copyOf(clients.subList(0, count));
        clients.subList(0, count).clear();
        List<Future<?>> closing = new ArrayList<>();
        leaving.forEach(client -> closing.add(threads.submit(client::close)));
        for (Future<?> closed : closing) {
            closed.get();
        }
    }

    /** Waits until all shares are fair and each partition has the owner that it should have. */
    void awaitSettled() {
        await(() -> sum(shares()) == leases * partitions && isBalanced());
    }

    private boolean isBalanced() {
        try {
            ClusterView cluster = clients.get(0).cluster();
            return cluster.leases().size() == leases
                    && cluster.leases().values().stream().allMatch(LeaseView::balanced);
        } catch (StoreUnavailableException busy) {
            return false;
        }
    }

    void awaitActive() {
        await(() -> clients.stream().allMatch(client -> client.state() == ClientState.ACTIVE));
    }

    /** Returns how many partitions each client owns. */
    List<Integer> shares() {
        return clients.stream()
                .map(client -> client.leases().stream()
                        .map(Lease::values)
                        .mapToInt(Set::size)
                        .sum())
                .toList();
    }

    int unchanged(List<Integer> before) {
        List<Integer> now = shares();
        int same = 0;
        for (int i = 0; i < now.size(); i++) {
            same += now.get(i).equals(before.get(i)) ? 1 : 0;
        }
        return same;
    }

    private static int sum(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns the sessions of the clients. */
    Set<Long> sessions() {
        Set<Long> sessions = new TreeSet<>();
        clients.forEach(client -> client.status().session().ifPresent(sessions::add));
        return sessions;
    }

    void stopServer() {
        server.stopFast();
    }

    void startServer() {
        server.start();
    }

    Connection connect() throws SQLException {
        return server.dataSource().getConnection();
    }

    /** Measures the CPU for a while, and then looks for lock waits, because that look is not cheap with so many backends. */
    String steadyState(Duration time) throws Exception {
        try (Connection connection = connect()) {
            Meter meter = new Meter(connection);
            Meter.Reading before = meter.read();
            long begin = System.nanoTime();
            pause(time);
            double seconds = (System.nanoTime() - begin) / 1e9;
            Meter.Reading after = meter.read();
            int waiting = 0;
            for (int sample = 0; sample < LOCK_SAMPLES; sample++) {
                waiting += lockWaits(connection);
                pause(Duration.ofMillis(200));
            }
            return "steady: server %.1f %%, clients %.1f %% of a core; lock waits in %d samples: %d"
                    .formatted(
                            100 * (after.serverCpu() - before.serverCpu()) / seconds,
                            100 * (after.clientCpu() - before.clientCpu()) / seconds,
                            LOCK_SAMPLES,
                            waiting);
        }
    }

    private static int lockWaits(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")) {
            row.next();
            return row.getInt(1);
        }
    }

    void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static void await(BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                throw new IllegalStateException("Not within " + PATIENCE);
            }
            LockSupport.parkNanos(100_000_000);
        }
    }

    @Override
    public void close() throws Exception {
        leave(size());
        threads.shutdown();
        server.close();
    }
}
