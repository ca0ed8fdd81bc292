package io.github.dbleases.scale;

import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.tasks.figures.Meter;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.process.JavaProcess;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Measures what clusters of many clients cost: joining, the steady state, and what follows changes. The clients run in this
 * JVM and, as far as they are killed, in another one, so they share the processors with the server, which syncs to disk. This
 * is not a test.
 *
 * <p>The arguments are clusters such as {@code 200x20x128}: the number of clients, and a {@link Shape}. In {@code
 * pooled:200x20x128}, the clients reach the server through a {@link Pooler}, without notifications.
 */
final class ScaleFigures implements AutoCloseable {

    private static final PrintStream OUT = System.out;
    private static final int LOCK_SAMPLES = 50;
    private static final Map<String, String> SETTINGS =
            Map.of("max_connections", "5000", "shared_buffers", "256MB", "fsync", "on");

    private static final String POOLED = "pooled:";

    private final PostgresServer server = PostgresServer.privateServer(SETTINGS);
    private final PostgresDatabase database = server.freshDatabase();
    private final @Nullable Pooler pooler;
    private final int clients;
    private final String shape;
    private final Crowd crowd;

    private ScaleFigures(int clients, String shape, boolean pooled) throws Exception {
        this.clients = clients;
        this.shape = shape;
        PostgresSchema.create(database.dataSource(), PostgresStoreConfig.defaults());
        pooler = pooled ? new Pooler(server) : null;
        crowd = new Crowd(Shape.of(shape), CrowdProcess.store(url(), database.user(), !pooled));
    }

    /** Returns the JDBC URL that the clients use. */
    private String url() {
        return pooler == null
                ? database.jdbcUrl()
                : "jdbc:postgresql://127.0.0.1:%d/%s".formatted(pooler.port(), database.name());
    }

    public static void main(String[] arguments) throws Exception {
        for (String argument : arguments) {
            OUT.println(argument);
            boolean pooled = argument.startsWith(POOLED);
            String[] cluster = (pooled ? argument.substring(POOLED.length()) : argument).split("x", 2);
            try (ScaleFigures figures = new ScaleFigures(Integer.parseInt(cluster[0]), cluster[1], pooled)) {
                figures.measure();
            }
        }
    }

    private void measure() throws Exception {
        timed("joined and settled", () -> {
            crowd.join(clients);
            crowd.awaitSettled();
        });
        // By then, the connections that are needed only for work have been closed.
        Crowd.pause(Crowd.TIMING.ttl().multipliedBy(3));
        steadyState(Duration.ofSeconds(20));
        single();
        outage();
        timed("a tenth was replaced", () -> {
            crowd.leave(clients / 10);
            crowd.join(clients / 10);
            crowd.awaitSettled();
        });
        kill(1);
        crowd.leave(clients * 9 / 10);
        crowd.awaitSettled();
        kill(clients);
        timed("all have left", () -> crowd.leave(crowd.size()));
    }

    /** What it costs when one client comes or goes. */
    private void single() throws Exception {
        timed("one more has joined", () -> crowd.join(1));
        timed("settled after that", crowd::awaitSettled);
        timed("one has left", () -> crowd.leave(1));
        timed("settled after that", crowd::awaitSettled);
    }

    private void outage() throws Exception {
        Set<Long> sessions = crowd.sessions();
        List<Integer> before = crowd.shares();
        server.stopFast();
        Crowd.pause(Duration.ofSeconds(30));
        server.start();
        timed("all active after 30 s without the database", crowd::awaitActive);
        timed("settled after that", crowd::awaitSettled);
        sessions.retainAll(crowd.sessions());
        OUT.printf("  %d clients kept their sessions, %d their shares%n", sessions.size(), crowd.unchanged(before));
    }

    /** Kills further clients, after they have joined. */
    private void kill(int doomed) throws Exception {
        CountDownLatch joined = new CountDownLatch(1);
        JavaProcess process = JavaProcess.start(
                line -> {
                    if (line.equals(CrowdProcess.JOINED)) {
                        joined.countDown();
                    }
                },
                CrowdProcess.class,
                url(),
                database.user(),
                String.valueOf(pooler == null),
                String.valueOf(doomed),
                shape);
        joined.await();
        Crowd.pause(Crowd.TIMING.ttl().multipliedBy(3));
        process.kill();
        timed("settled after %d others were killed".formatted(doomed), crowd::awaitSettled);
    }

    /** Measures the CPU for a while, and then looks for lock waits, because that look is not cheap with so many backends. */
    private void steadyState(Duration time) throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            Meter meter = new Meter(connection);
            Meter.Reading before = meter.read();
            long begin = System.nanoTime();
            Crowd.pause(time);
            double seconds = (System.nanoTime() - begin) / 1e9;
            Meter.Reading after = meter.read();
            int waiting = 0;
            for (int sample = 0; sample < LOCK_SAMPLES; sample++) {
                waiting += lockWaits(connection);
                Crowd.pause(Duration.ofMillis(200));
            }
            OUT.printf(
                    "  steady: server %.1f %%, clients %.1f %% of a core; lock waits in %d samples: %d%n",
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

    private void timed(String what, Step step) throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            Meter meter = new Meter(connection);
            Meter.Reading before = meter.read();
            long begin = System.nanoTime();
            step.run();
            double seconds = (System.nanoTime() - begin) / 1e9;
            Meter.Reading after = meter.read();
            OUT.printf(
                    "  %s: %.2f s; CPU of the server %.2f s, of the clients %.2f s%n",
                    what, seconds, after.serverCpu() - before.serverCpu(), after.clientCpu() - before.clientCpu());
        }
    }

    private interface Step {

        void run() throws Exception;
    }

    @Override
    public void close() throws Exception {
        crowd.close();
        if (pooler != null) {
            pooler.close();
        }
        server.close();
    }
}
