package io.github.dbleases.postgres;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

class HintsTests {

    private final TestTables tables = TestTables.create(PostgresServer.newest());
    private final PostgresLeaseStore store = new PostgresLeaseStore(tables.dataSource());
    private final WorkChannel work = store.workChannel(TestTimings.PATIENT);
    private Connection listener;

    @BeforeEach
    void listen() throws Exception {
        listener = tables.dataSource().getConnection();
        execute(listener, "LISTEN dbleases_hint");
    }

    @AfterEach
    void close() throws Exception {
        work.close();
        listener.close();
    }

    @Test
    void hintsAreFreeInASmallCluster() throws Exception {
        openSessions(64);
        payHintsIn(Duration.ofSeconds(30));
        Instant paidAt = paidAt();

        raise(Set.of(1L, 2L));

        assertThat(hints()).containsExactly("1 2");
        assertThat(paidAt()).isEqualTo(paidAt);
    }

    @Test
    void inALargeClusterEachHintCostsAWakeUpOfEachLiveSession() throws Exception {
        openSessions(20_000);
        tables.execute("UPDATE dbleases_session SET state = 'dead' WHERE id > 10000");
        Instant before = databaseTime();

        raise(Set.of(1L, 2L));

        assertThat(hints()).containsExactly("1 2");
        // 10,000 wake-ups take 5 s of the budget.
        assertThat(paidAt()).isBetween(before.plusSeconds(5), databaseTime().plusSeconds(5));
    }

    @Test
    void noHintIsSentWhileThereAreTooManyDebts() throws Exception {
        openSessions(65);
        payHintsIn(Duration.ofSeconds(30));

        raise(Set.of(1L, 2L));

        assertThat(hints()).isEmpty();
        assertThat(tables.number("SELECT min(inbox) FROM dbleases_session WHERE id < 3"))
                .isEqualTo(1);
        assertThat(tables.number("SELECT count(*) FROM dbleases_session WHERE inbox > 0"))
                .isEqualTo(2);
    }

    @Test
    void debtsThatAreTooLargeToBeTrueAreForgotten() throws Exception {
        openSessions(65);
        payHintsIn(Duration.ofHours(1));

        raise(Set.of(1L, 2L));

        assertThat(hints()).containsExactly("1 2");
        assertThat(paidAt()).isBefore(databaseTime().plusSeconds(17));
    }

    @Test
    void aTransactionDoesNotWaitForAnotherOneThatPaysAndSendsNoHint() throws Exception {
        openSessions(65);
        try (Connection other = tables.dataSource().getConnection()) {
            other.setAutoCommit(false);
            execute(other, "UPDATE dbleases_incarnation SET hints_paid_at = clock_timestamp()");

            raise(Set.of(1L, 2L));
        }

        assertThat(hints()).isEmpty();
        assertThat(tables.number("SELECT inbox FROM dbleases_session WHERE id = 2"))
                .isEqualTo(1);
    }

    @Test
    void aChangeThatConcernsTooManySessionsIsNotAnnounced() throws Exception {
        openSessions(401);

        raise(LongStream.rangeClosed(1, 401).boxed().collect(toSet()));
        raise(LongStream.rangeClosed(1, 400).boxed().collect(toSet()));

        assertThat(hints())
                .singleElement()
                .satisfies(payload -> assertThat(payload.split(" ")).hasSize(400));
        assertThat(tables.number("SELECT sum(inbox) FROM dbleases_session")).isEqualTo(801);
    }

    private void openSessions(int count) {
        tables.execute("INSERT INTO dbleases_session"
                + " (id, expires_at, inbox, ttl, grace, started_at, weight, state, client_id, drained)"
                + " SELECT id, clock_timestamp() + interval '1 hour', 0, interval '1 hour', interval '1 s', clock_timestamp(),"
                + " 1, 'live', 'client-' || id, false FROM generate_series(1, %d) id".formatted(count));
    }

    private void payHintsIn(Duration time) {
        tables.execute("UPDATE dbleases_incarnation SET hints_paid_at = clock_timestamp() + interval '%d s'"
                .formatted(time.toSeconds()));
    }

    private Instant paidAt() {
        return time("SELECT extract(epoch FROM hints_paid_at) * 1000000 FROM dbleases_incarnation");
    }

    private Instant databaseTime() {
        return time("SELECT extract(epoch FROM clock_timestamp()) * 1000000");
    }

    private Instant time(String microseconds) {
        return Instant.EPOCH.plus(
                tables.number("SELECT (%s)::bigint".formatted("(" + microseconds + ")")), ChronoUnit.MICROS);
    }

    private void raise(Set<Long> sessions) {
        work.transact(new TreeSet<>(Set.of("orders")), transaction -> {
            transaction.raiseInboxes(sessions);
            return true;
        });
    }

    /** Returns the hints sent so far: a notification sent now arrives after them. */
    private List<String> hints() throws Exception {
        tables.execute("NOTIFY dbleases_hint, 'last'");
        List<String> received = new ArrayList<>();
        while (!received.contains("last")) {
            PGNotification[] arrived = listener.unwrap(PGConnection.class).getNotifications(100);
            Arrays.stream(arrived).map(PGNotification::getParameter).forEach(received::add);
        }
        return received.subList(0, received.size() - 1);
    }

    private static void execute(Connection connection, String sql) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
