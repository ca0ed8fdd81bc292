package io.github.dbleases.scale;

import io.github.dbleases.tasks.figures.Meter;
import java.io.PrintStream;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Measures what clusters of many clients cost: joining, the steady state, and what follows changes. All clients run in
 * this JVM, so they share the processors with the server, which syncs to disk. This is not a test.
 *
 * <p>The arguments are clusters such as {@code 200x20x128}: clients, leases, and partitions of each lease.
 */
final class ScaleFigures {

    private static final PrintStream OUT = System.out;

    private ScaleFigures() {}

    public static void main(String[] arguments) throws Exception {
        for (String cluster : arguments) {
            String[] numbers = cluster.split("x");
            measure(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), Integer.parseInt(numbers[2]));
        }
    }

    private static void measure(int clients, int leases, int partitions) throws Exception {
        OUT.printf("%d clients x %d leases x %d partitions%n", clients, leases, partitions);
        try (Crowd crowd = new Crowd(leases, partitions)) {
            steps(crowd, clients);
        }
    }

    private static void steps(Crowd crowd, int clients) throws Exception {
        timed(crowd, "joined and settled", () -> {
            crowd.join(clients);
            crowd.awaitSettled();
        });
        OUT.println("  " + crowd.steadyState(Duration.ofSeconds(20)));
        timed(crowd, "one more has joined all leases", () -> crowd.join(1));
        timed(crowd, "settled, after that", crowd::awaitSettled);
        timed(crowd, "one has left", () -> crowd.leave(1));
        timed(crowd, "settled, after that", crowd::awaitSettled);
        Set<Long> sessions = crowd.sessions();
        List<Integer> before = crowd.shares();
        crowd.stopServer();
        crowd.pause(Duration.ofSeconds(30));
        crowd.startServer();
        timed(crowd, "all active after 30 s without the database", crowd::awaitActive);
        timed(crowd, "settled, after that", crowd::awaitSettled);
        sessions.retainAll(crowd.sessions());
        OUT.printf("  %d clients kept their sessions, %d their shares%n", sessions.size(), crowd.unchanged(before));
        timed(crowd, "a tenth was replaced", () -> {
            crowd.leave(clients / 10);
            crowd.join(clients / 10);
        });
        timed(crowd, "settled, after that", crowd::awaitSettled);
        timed(crowd, "all have left", () -> crowd.leave(crowd.size()));
    }

    private static void timed(Crowd crowd, String what, Step step) throws Exception {
        try (Connection connection = crowd.connect()) {
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
}
