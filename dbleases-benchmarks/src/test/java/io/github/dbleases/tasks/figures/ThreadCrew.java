package io.github.dbleases.tasks.figures;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Sessions that each have a thread and a connection. */
final class ThreadCrew implements Contender.Crew {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Connection> connections = new ArrayList<>();
    private final List<Future<?>> loops = new ArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final LongAdder finished = new LongAdder();
    private final LongAdder performed = new LongAdder();
    private volatile boolean closed;

    /** The work of a session, which runs until {@link #isClosed()} or nothing is left. */
    interface Loop {
        void run() throws SQLException;
    }

    void add(Connection connection, Loop loop) {
        connections.add(connection);
        loops.add(threads.submit(() -> {
            begun.await();
            loop.run();
            return null;
        }));
    }

    void performed(int tasks) {
        performed.add(tasks);
    }

    void finished(int tasks) {
        finished.add(tasks);
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void begin() {
        begun.countDown();
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
    public void close() throws Exception {
        closed = true;
        for (Future<?> loop : loops) {
            loop.get(2, TimeUnit.MINUTES);
        }
        threads.shutdown();
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
