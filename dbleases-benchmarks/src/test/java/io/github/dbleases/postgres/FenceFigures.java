package io.github.dbleases.postgres;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Measures the cost of a fence: a transaction that inserts one row, with and without a fence as its last statement, in
 * alternating blocks. Each argument is {@code on} or {@code off}, the fsync setting of a private server.
 */
public final class FenceFigures {

    private static final int WARM_UP = 3_000;
    private static final int BLOCKS = 20;
    private static final int TRANSACTIONS = 500;

    private FenceFigures() {}

    public static void main(String[] arguments) throws Exception {
        for (String fsync : arguments) {
            measure(System.out, Map.of("fsync", fsync));
        }
    }

    private static void measure(PrintStream out, Map<String, String> settings) throws Exception {
        try (PostgresServer server = PostgresServer.privateServer(settings)) {
            DataSource dataSource = server.dataSource();
            PostgresSchema.create(dataSource, PostgresStoreConfig.defaults());
            try (LeaseClient client = LeaseClient.builder(new PostgresLeaseStore(dataSource))
                            .start();
                    Connection connection = dataSource.getConnection()) {
                Lease lease = client.lease("accounts", 1);
                while (!lease.owns(0)) {
                    Thread.sleep(5);
                }
                connection.setAutoCommit(false);
                execute(
                        connection,
                        "CREATE TABLE entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount int)");
                connection.commit();
                try (Hold hold = lease.tryHold(0).orElseThrow()) {
                    for (int i = 0; i < WARM_UP; i++) {
                        transact(connection, i % 2 == 0 ? hold : null);
                    }
                    double[] bare = new double[BLOCKS];
                    double[] fenced = new double[BLOCKS];
                    for (int block = 0; block < BLOCKS; block++) {
                        bare[block] = block(connection, null);
                        fenced[block] = block(connection, hold);
                    }
                    out.printf(
                            Locale.ROOT,
                            "fsync=%s: bare %.1f us, fenced %.1f us (medians of %d blocks of %d transactions); WAL %d and %d bytes%n",
                            show(connection, "SHOW fsync"),
                            median(bare),
                            median(fenced),
                            BLOCKS,
                            TRANSACTIONS,
                            wal(connection, null),
                            wal(connection, hold));
                }
            }
        }
    }

    private static double block(Connection connection, Hold hold) throws SQLException {
        long start = System.nanoTime();
        for (int i = 0; i < TRANSACTIONS; i++) {
            transact(connection, hold);
        }
        return (System.nanoTime() - start) / 1_000.0 / TRANSACTIONS;
    }

    private static void transact(Connection connection, Hold hold) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO entry (amount) VALUES (1)");
        }
        if (hold != null) {
            hold.fence(connection);
        }
        connection.commit();
    }

    /** Returns the bytes of WAL per transaction. */
    private static long wal(Connection connection, Hold hold) throws SQLException {
        String before = show(connection, "SELECT pg_current_wal_insert_lsn()");
        connection.commit();
        for (int i = 0; i < TRANSACTIONS; i++) {
            transact(connection, hold);
        }
        long bytes = Long.parseLong(
                show(connection, "SELECT (pg_current_wal_insert_lsn() - '%s'::pg_lsn)::bigint".formatted(before)));
        connection.commit();
        return bytes / TRANSACTIONS;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
    }

    private static String show(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
