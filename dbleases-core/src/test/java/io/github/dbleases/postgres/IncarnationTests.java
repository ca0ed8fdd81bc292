package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.Incarnation;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Restarts and failovers of a private server. */
@Order(2)
class IncarnationTests {

    private static final Timing TIMING = TestTimings.PATIENT;
    private static final Duration LONGEST_TTL = Duration.ofHours(3);

    private final PostgresServer server = PostgresServer.privateServer(Map.of());
    private final TestTables tables = TestTables.create(server);
    private final PostgresLeaseStore store = new PostgresLeaseStore(tables.dataSource());
    private final HeartbeatChannel heartbeats = store.heartbeatChannel(TIMING);
    private final WorkChannel work = store.workChannel(TIMING);

    @BeforeEach
    void openSession() {
        heartbeats.open(new NewSession(10, "ten", 1, LONGEST_TTL, TIMING.grace()));
        inOrders(10);
    }

    @AfterEach
    void stop() {
        heartbeats.close();
        work.close();
        server.close();
    }

    @Test
    void aCrashOfTheServerStartsNoNewIncarnation() {
        Incarnation before = heartbeats.renew(10).orElseThrow().incarnation();

        server.restartImmediate();

        await().ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(heartbeats.renew(10).orElseThrow().incarnation())
                                .isEqualTo(before));
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(work.holdings(10).quietFor()).isZero());
        assertThat(work.holdings(10).partitions()).hasSize(1);
    }

    @Test
    void aStandbyIsNotUsed() {
        becomeStandby();

        HeartbeatChannel channel = store.heartbeatChannel(TIMING);
        assertThatThrownBy(() -> channel.renew(10))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("standby");
    }

    @Test
    void aPromotionIsANewIncarnationThatIsQuietForTheLargestTtlAndTheGrace() {
        Incarnation before = heartbeats.renew(10).orElseThrow().incarnation();
        long token = work.holdings(10).partitions().get(0).token();
        becomeStandby();
        tables.query("SELECT pg_promote()");

        await().ignoreExceptions().until(() -> heartbeats.renew(10).isPresent());
        Incarnation after = heartbeats.renew(10).orElseThrow().incarnation();
        Holdings holdings = await().ignoreExceptions().until(() -> work.holdings(10), any -> true);

        assertThat(after.system()).isEqualTo(before.system());
        assertThat(after.timeline()).isEqualTo(before.timeline() + 1);
        assertThat(after.nonce()).isNotEqualTo(before.nonce());
        assertThat(holdings.incarnation()).isEqualTo(after);
        assertThat(holdings.quietFor()).isBetween(LONGEST_TTL, LONGEST_TTL.plus(TIMING.grace()));
        assertThat(holdings.partitions().get(0).token()).isEqualTo(token);
        assertThat(holdings.tokenFloor()).isGreaterThan(token);
        assertThat(inOrders(10)).isGreaterThan(holdings.tokenFloor());
        assertThat(tables.number("SELECT count(*) FROM dbleases_incarnation")).isEqualTo(2);
    }

    @Test
    void theQuietTimeStartsWhenAnIncarnationIsFirstSeenAndNotAgain() {
        becomeStandby();
        tables.query("SELECT pg_promote()");
        await().ignoreExceptions().until(() -> heartbeats.renew(10).isPresent());
        String until = tables.query("SELECT max(quiet_until) FROM dbleases_incarnation");

        heartbeats.close();
        heartbeats.renew(10);
        work.close();
        work.holdings(10);

        assertThat(tables.query("SELECT max(quiet_until) FROM dbleases_incarnation"))
                .isEqualTo(until);
    }

    @Test
    void anIncarnationWithoutARowIsQuiet() {
        work.holdings(10);
        tables.execute("DELETE FROM dbleases_incarnation");

        assertThat(work.holdings(10).quietFor()).isPositive();
        assertThat(tables.number("SELECT count(*) FROM dbleases_incarnation")).isEqualTo(1);
        assertThat(heartbeats.renew(10).orElseThrow().incarnation())
                .isEqualTo(work.holdings(10).incarnation());
    }

    @Test
    void clientsThatMeetInANewIncarnationAgreeOnIt() throws Exception {
        Incarnation before = work.holdings(10).incarnation();
        tables.execute("DELETE FROM dbleases_incarnation");
        String theirs = "00000000-0000-4000-8000-000000000001";
        CompletableFuture<Incarnation> seen;
        try (Connection other = tables.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("""
                    INSERT INTO dbleases_incarnation (
                        system_id, timeline, nonce, first_seen, quiet_until, largest_ttl, largest_grace)
                    VALUES ('%s', %d, '%s', now(), now() + interval '1 h', interval '1 h', interval '1 s')
                    """.formatted(before.system(), before.timeline(), theirs));
            seen = CompletableFuture.supplyAsync(() -> work.holdings(10).incarnation());
            await().until(() -> tables.number("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1);
            other.commit();
        }

        assertThat(seen.get(30, TimeUnit.SECONDS))
                .isEqualTo(new Incarnation(before.system(), before.timeline(), theirs));
        assertThat(heartbeats.renew(10).orElseThrow().incarnation()).isEqualTo(seen.get());
        assertThat(tables.number("SELECT count(*) FROM dbleases_incarnation")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRowWithAnotherNonceMeansAnotherIncarnation(boolean behindPooler) {
        DataSource source = behindPooler ? Interposed.disguised(tables.dataSource()) : tables.dataSource();
        PostgresLeaseStore other = new PostgresLeaseStore(source);
        try (HeartbeatChannel channel = other.heartbeatChannel(TIMING);
                WorkChannel works = other.workChannel(TIMING)) {
            List<Supplier<Incarnation>> replies = List.of(
                    () -> works.holdings(10).incarnation(),
                    () -> channel.renew(10).orElseThrow().incarnation());
            Incarnation before = channel.renew(10).orElseThrow().incarnation();
            for (Supplier<Incarnation> reply : replies) {
                assertThat(reply.get()).isEqualTo(before);
            }

            tables.execute("UPDATE dbleases_incarnation SET nonce = gen_random_uuid()");

            String nonce = tables.query("SELECT nonce FROM dbleases_incarnation");
            for (Supplier<Incarnation> reply : replies) {
                assertThat(reply.get()).isEqualTo(new Incarnation(before.system(), before.timeline(), nonce));
            }
        }
    }

    @Test
    void behindAPoolerAHeartbeatNoticesAnotherNonceByItself() {
        DataSource pooler = Interposed.disguised(tables.dataSource());
        try (HeartbeatChannel channel = new PostgresLeaseStore(pooler).heartbeatChannel(TIMING)) {
            Incarnation before = channel.renew(10).orElseThrow().incarnation();

            tables.execute("UPDATE dbleases_incarnation SET nonce = gen_random_uuid()");

            assertThat(channel.renew(10).orElseThrow().incarnation()).isNotEqualTo(before);
        }
    }

    @Test
    void aTransactionBasedOnAnotherNonceIsRestarted() {
        Incarnation before = work.holdings(10).incarnation();
        assertThat(heartbeats.renew(10).orElseThrow().incarnation()).isEqualTo(before);

        tables.execute("UPDATE dbleases_incarnation SET nonce = gen_random_uuid()"
                + ", quiet_until = clock_timestamp() + interval '1 h'");
        long token = inOrders(10);

        // The transaction has noticed it.
        assertThat(heartbeats.renew(10).orElseThrow().incarnation()).isNotEqualTo(before);
        assertThat(token).isGreaterThan(work.holdings(10).tokenFloor());
    }

    @Test
    void behindAPoolerAnotherServerIsNoticed() throws Exception {
        TestTables others = TestTables.create(PostgresServer.oldest());
        try (HeartbeatChannel channel = new PostgresLeaseStore(others.dataSource()).heartbeatChannel(TIMING)) {
            channel.open(new NewSession(10, "ten", 1, LONGEST_TTL, TIMING.grace()));
        }
        AtomicBoolean goneOver = new AtomicBoolean();
        AtomicReference<Connection> other = new AtomicReference<>();
        DataSource pooler = Interposed.dataSource(() -> {
            other.set(others.dataSource().getConnection());
            return Interposed.connection(tables.dataSource().getConnection(), call -> {
                if (call.name().equals("isWrapperFor")) {
                    return false;
                }
                return goneOver.get() ? call.on(other.get()) : call.proceed();
            });
        });
        try (HeartbeatChannel channel = new PostgresLeaseStore(pooler).heartbeatChannel(TIMING);
                WorkChannel works = new PostgresLeaseStore(pooler).workChannel(TIMING)) {
            Incarnation before = channel.renew(10).orElseThrow().incarnation();
            assertThat(before).isEqualTo(heartbeats.renew(10).orElseThrow().incarnation());
            assertThat(works.holdings(10).incarnation()).isEqualTo(before);
            // It also has the row of the first server, as a promoted standby has.
            others.execute("""
                    INSERT INTO dbleases_incarnation (
                        system_id, timeline, nonce, first_seen, quiet_until, largest_ttl, largest_grace)
                    VALUES ('%s', %d, '%s', now(), now(), interval '1 h', interval '1 s')
                    """.formatted(before.system(), before.timeline(), before.nonce()));
            goneOver.set(true);

            Incarnation after = channel.renew(10).orElseThrow().incarnation();

            assertThat(after).isNotEqualTo(before);
            assertThat(works.holdings(10).incarnation()).isEqualTo(after);
            boolean live = works.transact(new TreeSet<>(), transaction -> transaction.isLive(10));
            assertThat(live).isTrue();
        }
    }

    @Test
    void behindAPoolerNoIncarnationIsRecordedOnTheWrongServer() throws Exception {
        TestTables others = TestTables.create(PostgresServer.oldest());
        tables.execute("DELETE FROM dbleases_incarnation");
        AtomicBoolean goneOver = new AtomicBoolean();
        Connection other = others.dataSource().getConnection();
        DataSource pooler = Interposed.dataSource(() ->
                Interposed.connection(tables.dataSource().getConnection(), call -> {
                    if (call.name().equals("isWrapperFor")) {
                        return false;
                    }
                    if (call.name().equals("prepareStatement")
                            && String.valueOf(call.arguments()[0]).contains("INSERT")) {
                        goneOver.set(true);
                    }
                    boolean ends = call.name().equals("abort") || call.name().equals("close");
                    return goneOver.get() && !ends ? call.on(other) : call.proceed();
                }));
        try (other;
                WorkChannel works = new PostgresLeaseStore(pooler).workChannel(TIMING)) {
            works.holdings(10);

            assertThat(goneOver).isTrue();
            assertThat(others.number("SELECT count(*) FROM dbleases_incarnation"))
                    .isEqualTo(1);
        }
    }

    @Test
    void whereTheTimelineCannotBeReadEveryStartOfTheServerIsAnIncarnation() {
        tables.execute("CREATE ROLE plain LOGIN");
        tables.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO plain");
        tables.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM public");
        PGSimpleDataSource dataSource = (PGSimpleDataSource) tables.dataSource();
        dataSource.setUser("plain");
        try (HeartbeatChannel channel = new PostgresLeaseStore(dataSource).heartbeatChannel(TIMING)) {
            Incarnation before = channel.renew(10).orElseThrow().incarnation();
            channel.close();
            assertThat(channel.renew(10).orElseThrow().incarnation()).isEqualTo(before);

            server.restartImmediate();

            await().ignoreExceptions()
                    .untilAsserted(
                            () -> assertThat(channel.renew(10).orElseThrow().incarnation())
                                    .isNotEqualTo(before));
        }
    }

    private void becomeStandby() {
        tables.execute("COPY (SELECT) TO PROGRAM 'cat > standby.signal'");
        server.stopFast();
        server.start();
    }

    /** Grants the only partition of "orders" again, as after a hand-over. Returns its token. */
    private long inOrders(long session) {
        return work.transact(new TreeSet<>(List.of("orders")), transaction -> {
            transaction.create(LeaseSpec.partitions("orders", 1));
            transaction.addMember("orders", session);
            Snapshot.Partition before =
                    transaction.snapshot("orders").partitions().get(0).givenUp();
            assertThat(transaction.apply("orders", List.of(new Change.Grant(before, session, 0))))
                    .hasSize(1);
            return transaction.snapshot("orders").partitions().get(0).token();
        });
    }
}
