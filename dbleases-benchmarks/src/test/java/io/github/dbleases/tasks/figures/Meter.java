package io.github.dbleases.tasks.figures;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures the resources that a server and this JVM have used. The server's processes must be visible in {@code /proc}.
 */
public final class Meter {

    private static final double SECONDS_PER_TICK = 0.01;
    private static final OperatingSystemMXBean JVM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Connection connection;
    private final long postmaster;

    public Meter(Connection connection) throws SQLException, IOException {
        this.connection = connection;
        postmaster = Long.parseLong(
                stat(Path.of("/proc/" + number("SELECT pg_backend_pid()"))).get(1));
    }

    /**
     * The resources used so far.
     *
     * @param wal the position in the WAL, in bytes
     * @param serverCpu CPU seconds of all processes of the server, including those that have ended
     * @param clientCpu CPU seconds of this JVM
     */
    public record Reading(long wal, double serverCpu, double clientCpu) {}

    /** Called when the measurement ends, before the sessions are closed. */
    public Reading read() throws SQLException, IOException {
        return new Reading(
                number("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint"),
                serverTicks() * SECONDS_PER_TICK,
                JVM.getProcessCpuTime() / 1e9);
    }

    /** Returns the bytes of full-page images in a part of the WAL. */
    long imageBytes(Reading from, Reading to) throws SQLException {
        return number("SELECT sum(fpi_size)::bigint FROM pg_get_wal_stats('0/0'::pg_lsn + %d, '0/0'::pg_lsn + %d)"
                .formatted(from.wal(), to.wal()));
    }

    void resetStatements() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_stat_statements_reset()");
        }
    }

    /** Returns the seconds that the server has spent on statements in a database since the reset. */
    double statementSeconds(String database) throws SQLException {
        return number("""
                SELECT coalesce(sum(total_exec_time) * 1000, 0)::bigint
                FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
                WHERE toplevel AND datname = '%s'""".formatted(database)) / 1e6;
    }

    /** Returns the commits in a database. The number is complete only after its connections are closed. */
    long commits(String database) throws SQLException {
        return number("SELECT xact_commit FROM pg_stat_database WHERE datname = '%s'".formatted(database));
    }

    private long serverTicks() throws IOException {
        long ticks = 0;
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(path -> path.getFileName().toString().matches("\\d+"))
                    .toList()) {
                ticks += ticks(process);
            }
        }
        return ticks;
    }

    private long ticks(Path process) {
        List<String> stat;
        try {
            stat = stat(process);
        } catch (IOException e) {
            return 0; // It has ended, and its ticks count as those of the postmaster's children.
        }
        boolean itself = process.getFileName().toString().equals(Long.toString(postmaster));
        if (!itself && Long.parseLong(stat.get(1)) != postmaster) {
            return 0;
        }
        // The list starts with the state: the parent is 1, the times are 11 and 12, those of ended children 13 and 14.
        return stat.subList(11, itself ? 15 : 13).stream()
                .mapToLong(Long::parseLong)
                .sum();
    }

    /** Returns the fields from the third on. The second one, a name in parentheses, may contain spaces. */
    private static List<String> stat(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        return Arrays.asList(stat.substring(stat.lastIndexOf(')') + 2).trim().split(" "));
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
