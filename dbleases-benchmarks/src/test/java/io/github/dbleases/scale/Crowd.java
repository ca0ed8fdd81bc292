package io.github.dbleases.scale;

import io.github.dbleases.ClientState;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.spi.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Many clients in this JVM. */
final class Crowd implements AutoCloseable {

    static final Timing TIMING = Timing.builder(Duration.ofSeconds(12))
            .heartbeat(Duration.ofSeconds(2))
            .build();

    private static final int STARTING_THREADS = 16;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Shape shape;
    private final LeaseStore store;
    private final ExecutorService threads = Executors.newFixedThreadPool(STARTING_THREADS);
    private final List<InternalLeaseClient> clients = new ArrayList<>();

    Crowd(Shape shape, LeaseStore store) {
        this.shape = shape;
        this.store = store;
    }

    int size() {
        return clients.size();
    }

    /** Starts clients that take part in everything. */
    void join(int count) throws Exception {
        List<Future<InternalLeaseClient>> starting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            starting.add(threads.submit(this::start));
        }
        for (Future<InternalLeaseClient> client : starting) {
            clients.add(client.get());
        }
    }

    private InternalLeaseClient start() {
        LeaseClientConfig config = LeaseClientConfig.builder().timing(TIMING).build();
        InternalLeaseClient client = LeaseClients.create(config, () -> store, event -> {});
        shape.takePart(client);
        client.start();
        return client;
    }

    /** Closes the clients that were started first. */
    void leave(int count) throws Exception {
        List<InternalLeaseClient> leaving = List.copyOf(clients.subList(0, count));
        clients.subList(0, count).clear();
        List<Future<?>> closing = new ArrayList<>();
        leaving.forEach(client -> closing.add(threads.submit(client::close)));
        for (Future<?> closed : closing) {
            closed.get();
        }
    }

    void awaitSettled() {
        await(() -> shape.isSettled(clients));
    }

    void awaitActive() {
        await(() -> clients.stream().allMatch(client -> client.state() == ClientState.ACTIVE));
    }

    List<Integer> shares() {
        return clients.stream().map(shape::share).toList();
    }

    int unchanged(List<Integer> before) {
        List<Integer> now = shares();
        int same = 0;
        for (int i = 0; i < now.size(); i++) {
            same += now.get(i).equals(before.get(i)) ? 1 : 0;
        }
        return same;
    }

    /** Returns the sessions of the clients. */
    Set<Long> sessions() {
        Set<Long> sessions = new TreeSet<>();
        clients.forEach(client -> client.status().session().ifPresent(sessions::add));
        return sessions;
    }

    private static void await(BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                throw new IllegalStateException("Not within " + PATIENCE);
            }
            pause(Duration.ofMillis(100));
        }
    }

    static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    @Override
    public void close() throws Exception {
        leave(size());
        threads.shutdown();
    }
}
