package io.github.dbleases.process;

import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.keyvalue.KeyValueLeaseStore;
import io.github.dbleases.keyvalue.file.FileBackend;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The main class of a process that takes part and bears witness: again and again it writes which partitions it owns and
 * whether it leads, under which tokens, with the time before and after it asked.
 */
final class WitnessProcess {

    static final int PARTITIONS = 12;

    /** What is written in place of a partition by a process that leads. */
    static final int LEADERSHIP = -1;

    static final Timing TIMING = new Timing(
            Duration.ofMillis(1500),
            Duration.ofMillis(300),
            Duration.ofMillis(400),
            Duration.ofMillis(150),
            Duration.ofMillis(150));

    private WitnessProcess() {}

    /** Takes the JDBC URL and the user, or a directory. Ends when there is input, having closed the client. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        LeaseClientConfig config = LeaseClientConfig.builder()
                .timing(TIMING)
                .debounce(Duration.ofMillis(100))
                .drainTimeout(Duration.ofSeconds(2))
                .build();
        try (LeaseClient client = LeaseClients.start(config, store(arguments))) {
            Leadership leadership = client.leadership("reports");
            Lease lease = client.lease("orders", PARTITIONS);
            while (System.in.available() == 0) {
                out.println(testify(lease, leadership));
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
        }
    }

    private static LeaseStore store(String[] arguments) {
        if (arguments.length == 1) {
            return new KeyValueLeaseStore(new FileBackend(Path.of(arguments[0])));
        }
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser(arguments[1]);
        dataSource.setConnectTimeout(1);
        return new PostgresLeaseStore(dataSource);
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
