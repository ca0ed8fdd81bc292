package io.github.dbleases.process;

import io.github.dbleases.Hold;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.OwnershipLostException;
import io.github.dbleases.postgres.PostgresLeaseStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The main class of a process that writes an entry in a fenced transaction. It waits for a line of input twice: after
 * the check of its own clocks and before the statement of the fence, and before the commit.
 */
final class FencedProcess {

    static final String LEASE = "accounts";
    static final String ELECTION = "reports";

    private static final PrintStream OUT = System.out;
    private static final BufferedReader INPUT =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    private FencedProcess() {}

    /** Takes the JDBC URL, the user, and {@code lease} or {@code leadership}. Ends with the first transaction. */
    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser(arguments[1]);
        try (LeaseClient client = LeaseClient.builder(new PostgresLeaseStore(dataSource))
                .clientId("first")
                .timing(WitnessProcess.TIMING)
                .drainTimeout(Duration.ZERO)
                .start()) {
            try (Hold hold = "lease".equals(arguments[2]) ? holdPartition(client) : holdLeadership(client);
                    Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                write(connection, hold);
                say("written");
                try {
                    hold.fence(waitingForInput(connection));
                    say("fenced");
                    INPUT.readLine();
                    connection.commit();
                    say("committed");
                } catch (OwnershipLostException lost) {
                    connection.rollback();
                    say("lost " + lost.getMessage());
                }
            }
        }
    }

    private static Hold holdPartition(LeaseClient client) throws InterruptedException {
        Lease lease = client.lease(LEASE, 1);
        while (!lease.owns(0)) {
            Thread.sleep(5);
        }
        return lease.tryHold(0).orElseThrow();
    }

    private static Hold holdLeadership(LeaseClient client) {
        Leadership leadership = client.leadership(ELECTION);
        leadership.awaitOutcome(Duration.ofMinutes(1));
        return leadership.tryHold().orElseThrow();
    }

    private static void write(Connection connection, Hold hold) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO entry VALUES ('first', %d)".formatted(hold.token()));
        }
    }

    /** Waits before the first statement is prepared. */
    private static Connection waitingForInput(Connection connection) {
        AtomicBoolean waited = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                FencedProcess.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement") && !waited.getAndSet(true)) {
                        say("fencing");
                        awaitLine();
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private static void awaitLine() {
        try {
            INPUT.readLine();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static void say(String what) {
        OUT.println(what);
    }
}
