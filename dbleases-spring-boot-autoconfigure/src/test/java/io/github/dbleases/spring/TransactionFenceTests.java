package io.github.dbleases.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.Hold;
import io.github.dbleases.InvalidFenceException;
import io.github.dbleases.LeaderOnly;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.OwnershipLostException;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.time.Duration;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions of an application on a real PostgreSQL that are fenced. */
class TransactionFenceTests {

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Sql sql = new Sql(database.dataSource());
    private final ConfigurableApplicationContext context = start();
    private final TransactionFence fence = context.getBean(TransactionFence.class);
    private final Lease lease = context.getBean(Lease.class);
    private final Leadership leadership = context.getBean(LeaseClient.class).leadership("reports");
    private final Ledger ledger = context.getBean(Ledger.class);
    private final TransactionTemplate transaction =
            new TransactionTemplate(context.getBean(PlatformTransactionManager.class));

    @BeforeEach
    void awaitOwnership() {
        await().until(() -> lease.values().size() == 2 && leadership.isLeader());
    }

    @AfterEach
    void close() {
        context.close();
    }

    private ConfigurableApplicationContext start() {
        sql.execute("CREATE TABLE entry (writer text)");
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .run(
                        "--dbleases.leases.accounts.partitions=2",
                        "--dbleases.debounce=0s",
                        "--spring.flyway.enabled=false",
                        "--spring.liquibase.enabled=false",
                        "--spring.datasource.url=" + database.jdbcUrl(),
                        "--spring.datasource.username=" + database.user(),
                        "--spring.datasource.password=" + database.password());
    }

    @Test
    void theTransactionOfAnOwnerCommits() {
        ledger.write(lease, 0, () -> {});
        lease.runIfOwned(1, hold -> ledger.write(hold, () -> {}));
        ledger.write(leadership, () -> {});

        assertThat(entries()).isEqualTo("3");
    }

    @Test
    void ownershipThatIsLostBeforeTheCommitRollsBack() {
        assertThatExceptionOfType(OwnershipLostException.class)
                .isThrownBy(() -> ledger.write(lease, 0, () -> giveAway("accounts")))
                .withMessageContaining("partition 0 of lease 'accounts'");
        assertThatThrownBy(() -> ledger.write(leadership, () -> giveAway("reports")))
                .isInstanceOf(OwnershipLostException.class);

        assertThat(entries()).isEqualTo("0");
    }

    @Test
    void aHoldThatIsClosedBeforeTheCommitRollsBack() {
        Hold hold = lease.tryHold(0).orElseThrow();

        assertThatExceptionOfType(OwnershipLostException.class)
                .isThrownBy(() -> ledger.write(hold, hold::close))
                .withMessageContaining("the hold is closed");

        assertThat(entries()).isEqualTo("0");
    }

    @Test
    void aHandOverWaitsForTheTransactionAndForNothingAfterIt() {
        try (LeaseClient other = LeaseClient.builder(new PostgresLeaseStore(database.dataSource()))
                .clientId("other")
                .debounce(Duration.ZERO)
                .start()) {
            Lease theirs = transaction.execute(status -> {
                fence.bind(lease, 0);
                fence.bind(lease, 1);
                Lease joined = other.lease("accounts", 2);
                await().until(() -> lease.values().size() == 1);
                assertThat(joined.values()).isEmpty();
                return joined;
            });

            await().until(() -> theirs.values().size() == 1);
        }
    }

    @Test
    void aTransactionThatIsRolledBackLetsTheHoldGo() {
        transaction.executeWithoutResult(status -> {
            fence.bind(lease, 0);
            status.setRollbackOnly();
        });

        lease.leave();

        assertThat(lease.values()).isEmpty();
        await().until(() -> sql.column("SELECT session_id FROM dbleases_member WHERE lease = 'accounts'")
                .isEmpty());
    }

    @Test
    void whatIsNotOwnedIsRefusedAtOnce() {
        lease.leave();
        leadership.leave();

        assertThatThrownBy(() -> ledger.write(lease, 0, () -> {})).isInstanceOf(OwnershipLostException.class);
        assertThatThrownBy(() -> ledger.write(leadership, () -> {})).isInstanceOf(OwnershipLostException.class);
        assertThat(entries()).isEqualTo("0");
    }

    @Test
    void aMethodThatOnlyTheLeaderRunsFencesItsTransactionWithoutNamingTheElection() {
        ledger.report(() -> {});
        assertThat(entries()).isEqualTo("1");

        assertThatThrownBy(() -> ledger.report(() -> giveAway("reports"))).isInstanceOf(OwnershipLostException.class);
        assertThat(entries()).isEqualTo("1");
    }

    @Test
    void outsideOfACallForTheLeaderThereIsNoLeadershipToBind() {
        assertThatExceptionOfType(InvalidFenceException.class)
                .isThrownBy(() -> transaction.executeWithoutResult(status -> fence.bindLeadership()))
                .withMessageContaining("was not called for a leader")
                .withMessageContaining("@LeaderOnly");
    }

    @Test
    void outsideOfATransactionThereIsNothingToFence() {
        assertThatExceptionOfType(InvalidFenceException.class)
                .isThrownBy(() -> fence.bind(lease, 0))
                .withMessageContaining("in no transaction")
                .withMessageContaining("@Transactional");
    }

    @Test
    void aTransactionThatIsReadOnlyIsRefused() {
        transaction.setReadOnly(true);

        assertThatExceptionOfType(InvalidFenceException.class)
                .isThrownBy(() -> transaction.executeWithoutResult(status -> fence.bind(lease, 0)))
                .withMessageContaining("read-only");
    }

    @Test
    void aTransactionOfAnotherDataSourceIsRefused() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:fence");
        TransactionTemplate other = new TransactionTemplate(new JdbcTransactionManager(h2));

        assertThatExceptionOfType(InvalidFenceException.class)
                .isThrownBy(() -> other.executeWithoutResult(status -> fence.bind(lease, 0)))
                .withMessageContaining("not one of the DataSource whose database keeps the leases")
                .withMessageContaining("@DbLeasesDataSource");
    }

    /** As a take-over does; the client does not know of it yet. */
    private void giveAway(String name) {
        sql.execute("UPDATE dbleases_partition SET session_id = 7, token = token + 1 WHERE lease = '" + name + "'");
    }

    private String entries() {
        return sql.column("SELECT count(*) FROM entry").get(0);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Ledger ledger(TransactionFence fence, JdbcClient jdbc) {
            return new Ledger(fence, jdbc);
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
        public void write(Lease lease, int partition, Runnable before) {
            fence.bind(lease, partition);
            write(before);
        }

        @Transactional
        public void write(Hold hold, Runnable before) {
            fence.bind(hold);
            write(before);
        }

        @Transactional
        public void write(Leadership leadership, Runnable before) {
            fence.bind(leadership);
            write(before);
        }

        @LeaderOnly("reports")
        @Transactional
        public void report(Runnable before) {
            fence.bindLeadership();
            write(before);
        }

        private void write(Runnable before) {
            jdbc.sql("INSERT INTO entry VALUES ('one')").update();
            before.run();
        }
    }
}
