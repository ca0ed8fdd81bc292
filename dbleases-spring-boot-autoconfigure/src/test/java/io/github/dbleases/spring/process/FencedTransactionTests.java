package io.github.dbleases.spring.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.OwnershipLostException;
import io.github.dbleases.Timing;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.spring.TransactionFence;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** An application that is stopped in the middle of a fenced transaction while another process takes over. */
@Execution(ExecutionMode.CONCURRENT)
class FencedTransactionTests {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Sql sql = new Sql(database.dataSource());

    @Test
    void aFormerOwnerThatWasPausedCannotCommitAfterAnotherHasTakenOver() throws Exception {
        sql.execute("CREATE TABLE entry (writer text)");
        try (ApplicationProcess first = startFirst()) {
            first.awaitLine("written");
            first.stop();
            try (LeaseClient second = LeaseClient.builder(new PostgresLeaseStore(database.dataSource()))
                    .timing(timing())
                    .start()) {
                Lease lease = second.lease("accounts", 1);
                await().atMost(PATIENCE).until(() -> lease.owns(0));
                writeAsSecond(lease);

                first.resume();
                first.tell();

                first.awaitLine("lost This client does not own partition 0 of lease 'accounts'");
            }
            assertThat(first.lines()).noneMatch(line -> line.startsWith("committed"));
            assertThat(sql.column("SELECT writer FROM entry")).containsExactly("second");
        }
    }

    private void writeAsSecond(Lease lease) throws Exception {
        try (Hold hold = lease.tryHold(0).orElseThrow();
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO entry VALUES ('second')");
            hold.fence(connection);
            connection.commit();
        }
    }

    private static Timing timing() {
        return Timing.of(Duration.ofMillis(2400));
    }

    private ApplicationProcess startFirst() {
        return ApplicationProcess.of(
                Application.class,
                "--dbleases.leases.accounts.partitions=1",
                "--dbleases.ttl=2400ms",
                "--spring.flyway.enabled=false",
                "--spring.liquibase.enabled=false",
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.user(),
                "--spring.datasource.password=" + database.password());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        public static void main(String[] arguments) {
            SpringApplication application = new SpringApplication(Application.class);
            application.setWebApplicationType(WebApplicationType.NONE);
            application.run(arguments);
        }

        @Bean
        Ledger ledger(TransactionFence fence, JdbcClient jdbc) {
            return new Ledger(fence, jdbc);
        }

        @Bean
        CommandLineRunner work(Lease lease, Ledger ledger) {
            return arguments -> {
                while (!lease.owns(0)) {
                    Thread.sleep(5);
                }
                try {
                    lease.runIfOwned(0, ledger::write);
                    System.out.println("committed");
                } catch (OwnershipLostException lost) {
                    System.out.println("lost " + lost.getMessage());
                }
            };
        }
    }

    static class Ledger {

        private final TransactionFence fence;
        private final JdbcClient jdbc;

        Ledger(TransactionFence fence, JdbcClient jdbc) {
            this.fence = fence;
            this.jdbc = jdbc;
        }

        @Transactional
        public void write(Hold hold) {
            fence.bind(hold);
            jdbc.sql("INSERT INTO entry VALUES ('first')").update();
            System.out.println("written");
            try {
                System.in.read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
