package io.github.dbleases.process;

import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.postgres.PostgresLeaseStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.postgresql.ds.PGSimpleDataSource;

/** The main class of a process that is a candidate, and reports when it is elected and when it closes. */
final class CandidateProcess {

    static final String ELECTION = "reports";

    private static final PrintStream OUT = System.out;

    private CandidateProcess() {}

    /**
     * Takes the JDBC URL, the user, the client id and the timing. Each line of input closes the client or opens one.
     */
    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser(arguments[1]);
        LeaseClientConfig config = LeaseClientConfig.builder()
                .clientId(arguments[2])
                .timing("short".equals(arguments[3]) ? WitnessProcess.TIMING : Timing.DEFAULT)
                .build();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        do {
            try (LeaseClient client = LeaseClients.start(config, new PostgresLeaseStore(dataSource))) {
                Leadership leadership = client.leadership(ELECTION);
                leadership.addListener(new Elected());
                leadership.awaitOutcome(Duration.ofSeconds(10));
                say("candidate");
                if (input.readLine() == null) {
                    return;
                }
                say("closing");
            }
            say("closed");
        } while (input.readLine() != null);
    }

    private static void say(String what) {
        OUT.println(what + ' ' + ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
    }

    private static final class Elected implements LeadershipListener {

        @Override
        public void onElected(long token) {
            say("elected");
        }
    }
}
