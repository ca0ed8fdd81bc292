package io.github.dbleases.process;

import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The main class of a process that takes part on PostgreSQL and reports on it. It continuously writes which partitions it owns and
 * whether it leads, with the tokens, and with the times before and after it read them.
 */
final class WitnessProcess {

    static final int PARTITIONS = 12;

    /** Stands for the leadership in place of a partition. */
    static final int LEADERSHIP = -1;

    static final Timing TIMING = new Timing(
            Duration.ofMillis(1500),
            Duration.ofMillis(300),
            Duration.ofMillis(400),
            Duration.ofMillis(150),
            Duration.ofMillis(150));

    private WitnessProcess() {}

    /** Takes the JDBC URL and the user. */
    public static void main(String[] arguments) throws IOException {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser(arguments[1]);
        dataSource.setConnectTimeout(1);
        testify(new PostgresLeaseStore(dataSource));
    }

    /** Takes part on a store until there is input, then closes the client. */
    static void testify(LeaseStore store) throws IOException {
        PrintStream out = System.out;
        LeaseClientConfig config = LeaseClientConfig.builder()
                .timing(TIMING)
                .debounce(Duration.ofMillis(100))
                .drainTimeout(Duration.ofSeconds(2))
                .build();
        try (LeaseClient client = LeaseClients.start(config, store)) {
            Leadership leadership = client.leadership("reports");
            Lease lease = client.lease("orders", PARTITIONS);
            while (System.in.available() == 0) {
                out.println(testify(lease, leadership));
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
        }
    }

    /** Writes {@code before after partition:token partition:token ...}. */
    private static String testify(Lease lease, Leadership leadership) {
        long before = System.currentTimeMillis();
        StringBuilder owned = new StringBuilder();
        for (int partition : lease.values().toIntArray()) {
            OptionalLong token = lease.token(partition);
            if (token.isPresent()) {
                owned.append(' ').append(partition).append(':').append(token.getAsLong());
            }
        }
        leadership
                .token()
                .ifPresent(token ->
                        owned.append(' ').append(LEADERSHIP).append(':').append(token));
        return "%d %d%s".formatted(before, System.currentTimeMillis(), owned);
    }
}
