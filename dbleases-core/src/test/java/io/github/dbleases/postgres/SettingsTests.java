package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The PostgreSQL settings under which the statements run, recorded by a trigger on the tables that they write. */
class SettingsTests {

    private static final String WITNESS = """
            CREATE TABLE seen (synchronous_commit text, lock_timeout text, statement_timeout text, idle text, isolation text,
                jit text);
            CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO seen VALUES (current_setting('synchronous_commit'), current_setting('lock_timeout'),
                    current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'),
                    current_setting('transaction_isolation'), current_setting('jit'));
                RETURN NULL;
            END $$;
            CREATE TRIGGER witness AFTER INSERT OR UPDATE ON dbleases_session EXECUTE FUNCTION witness();
            CREATE TRIGGER witness AFTER INSERT OR UPDATE ON dbleases_lease EXECUTE FUNCTION witness();
            CREATE TRIGGER witness AFTER INSERT OR UPDATE ON dbleases_incarnation EXECUTE FUNCTION witness();
            DELETE FROM dbleases_incarnation;
            """;

    private static final String EXPIRY =
            "SELECT to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM dbleases_session WHERE id = ";

    private final TestTables tables = TestTables.create(PostgresServer.newest());

    @ParameterizedTest
    @CsvSource({
        "off, on, false", "local, on, false", "remote_write, on, false", "on, on, false",
                "remote_apply, remote_apply, false",
        "off, on, true", "local, on, true", "remote_write, on, true", "on, on, true", "remote_apply, remote_apply, true"
    })
    void noCommitCanBeLostInACrash(String before, String during, boolean behindPooler) {
        exercise("-c synchronous_commit=" + before, behindPooler);

        assertThat(tables.query("SELECT string_agg(DISTINCT synchronous_commit, ' ') FROM seen"))
                .isEqualTo(during);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void noWaitIsLongerThanAnAttempt(boolean behindPooler) {
        exercise("-c lock_timeout=0 -c statement_timeout=0", behindPooler);

        assertThat(tables.query("SELECT string_agg(DISTINCT lock_timeout, ' ') FROM seen"))
                .isEqualTo("27s");
        String inTransactions = " FROM seen WHERE idle = '30s'";
        assertThat(tables.query("SELECT string_agg(DISTINCT statement_timeout, ' ')" + inTransactions))
                .isEqualTo("27s");
    }

    /** On a standby that was just promoted, compiling the statement that records the incarnation took longer than an attempt. */
    @Test
    void noStatementIsCompiled() {
        exercise("-c jit=on", false);

        assertThat(tables.query("SELECT string_agg(DISTINCT jit, ' ') FROM seen"))
                .isEqualTo("off");
    }

    @Test
    void everythingIsReadCommitted() {
        exercise("-c default_transaction_isolation=serializable", false);

        assertThat(tables.query("SELECT string_agg(DISTINCT isolation, ' ') FROM seen"))
                .isEqualTo("read committed");
    }

    @Test
    void behindAPoolerTransactionsAreReadCommittedAndTheRestIsRepeatedAfterAConflict() {
        exercise("-c default_transaction_isolation=serializable", true);

        assertThat(tables.query("SELECT string_agg(DISTINCT isolation, ' ') FROM seen WHERE idle = '30s'"))
                .isEqualTo("read committed");
    }

    /** Records the incarnation, opens and renews a session, and writes a lease. */
    private void exercise(String options, boolean behindPooler) {
        tables.execute(WITNESS);
        PGSimpleDataSource configured = (PGSimpleDataSource) tables.database().dataSource();
        configured.setOptions(options);
        DataSource source = behindPooler ? Interposed.disguised(configured) : configured;
        PostgresLeaseStore store = new PostgresLeaseStore(source);
        try (HeartbeatChannel heartbeats = store.heartbeatChannel(TestTimings.PATIENT);
                WorkChannel work = store.workChannel(TestTimings.PATIENT)) {
            use(heartbeats, work);
        }
        assertThat(tables.number("SELECT count(*) FROM seen")).isGreaterThanOrEqualTo(5);
    }

    private static void use(HeartbeatChannel heartbeats, WorkChannel work) {
        heartbeats.open(new NewSession(10, "ten", 1, Duration.ofHours(1), Duration.ofSeconds(1)));
        heartbeats.renew(10);
        work.transact(new TreeSet<>(List.of("a")), transaction -> {
            transaction.create(LeaseSpec.partitions("a", 3));
            transaction.raiseInboxes(List.of(10L));
            return null;
        });
    }

    @ParameterizedTest
    @CsvSource({"hex", "escape"})
    void theNeighborIsExactInEveryFormatOfNumbersAndBytes(String bytes) {
        DataSource source = Interposed.dataSource(() -> {
            Connection connection = tables.database().dataSource().getConnection();
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET extra_float_digits = 0; SET bytea_output = " + bytes);
            }
            return connection;
        });
        long largest = (1L << 53) - 1;
        try (HeartbeatChannel heartbeats = new PostgresLeaseStore(source).heartbeatChannel(TestTimings.PATIENT)) {
            Duration hour = Duration.ofHours(1);
            heartbeats.open(new NewSession(largest - 1, "one", 1, hour, Duration.ofSeconds(1)));
            heartbeats.open(new NewSession(largest, "other", 1, hour, Duration.ofSeconds(1)));

            // Replies are text at first, and binary once the statement is prepared.
            for (int i = 0; i < 20; i++) {
                Renewal renewal = heartbeats.renew(largest).orElseThrow();
                Neighbor neighbor = renewal.neighbor().orElseThrow();
                assertThat(neighbor.session()).isEqualTo(largest - 1);
                assertThat(renewal.databaseTime().plus(neighbor.expiresIn()))
                        .isEqualTo(OffsetDateTime.parse(tables.query(EXPIRY + (largest - 1)))
                                .toInstant());
            }
        }
    }

    @Test
    void aPooledConnectionIsReturnedAsItWasFound() throws Exception {
        PGSimpleDataSource configured = (PGSimpleDataSource) tables.database().dataSource();
        configured.setOptions("-c lock_timeout=123 -c synchronous_commit=local");
        try (Connection pooled = configured.getConnection()) {
            pooled.setAutoCommit(false);
            List<String> before = state(pooled);
            DataSource pool = Interposed.dataSource(
                    () -> Interposed.connection(pooled, call -> call.name().equals("close") ? null : call.proceed()));
            PostgresLeaseStore store = new PostgresLeaseStore(pool);
            try (HeartbeatChannel heartbeats = store.heartbeatChannel(TestTimings.PATIENT)) {
                heartbeats.open(new NewSession(10, "ten", 1, Duration.ofHours(1), Duration.ofSeconds(1)));
                heartbeats.renew(10);
            }
            assertThat(state(pooled)).isEqualTo(before);
            try (WorkChannel work = store.workChannel(TestTimings.PATIENT)) {
                work.holdings(10);
                work.transact(new TreeSet<>(), transaction -> transaction.isLive(10));
            }
            assertThat(state(pooled)).isEqualTo(before);
        }
    }

    private static List<String> state(Connection connection) throws SQLException {
        List<String> state = new ArrayList<>(List.of(
                "auto-commit " + connection.getAutoCommit(), "network timeout " + connection.getNetworkTimeout()));
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT name || ' ' || setting FROM pg_settings"
                        + " UNION ALL SELECT 'listens ' || pg_listening_channels()")) {
            while (row.next()) {
                state.add(row.getString(1));
            }
        }
        connection.rollback();
        return state;
    }
}
