package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.HistoryEvent.Party;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.HistoryUnavailableException;
import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HistoryTests {

    private static final Timing TIMING = new Timing(
            Duration.ofSeconds(20),
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    private static final Timing SHORT = Timing.of(Duration.ofMillis(1_500));

    private static final String OLD_EVENTS = """
            INSERT INTO dbleases_event (happened_at, type)
            SELECT clock_timestamp() - interval '8 days', 'granted' FROM generate_series(1, %d)
            """;

    private final TestTables tables = TestTables.create(PostgresServer.newest());

    static List<PostgresServer> servers() {
        return PostgresServer.all();
    }

    @Test
    void theHistoryTellsWhoOwnedWhatAndWhy() throws Exception {
        PostgresLeaseStore store = new PostgresLeaseStore(tables.dataSource());
        try (LeaseClient one = LeaseClients.start(config("one"), store)) {
            Lease first = one.lease("orders", 16);
            Leadership reports = one.leadership("reports");
            await().until(() -> first.values().size() == 16 && reports.isLeader());
            long token = reports.token().orElseThrow();
            String two;
            try (LeaseClient client = LeaseClients.start(config("two"), store)) {
                Lease second = client.lease("orders", 16);
                client.leadership("reports");
                await().until(() -> second.values().size() == 8);
                two = String.valueOf(client.status().session().orElseThrow());
                reports.resign();
                await().until(() -> client.leaderships().iterator().next().isLeader());
            }
            await().until(() -> first.values().size() == 16 && reports.isLeader());

            String id = String.valueOf(one.status().session().orElseThrow());
            assertThat(shown(one, HistoryQuery.ofLease("orders"), id, two))
                    .containsExactly(
                            "granted 0-15 of one, by one: joined",
                            "hand-over-requested 8-15 of one, to two, by one or two: balanced",
                            "moved 8-15 of two, from one, by one: handed-over",
                            "moved 8-15 of one, from two, by two: closed");
            assertThat(shown(one, HistoryQuery.ofLease("reports"), id, two))
                    .containsExactly(
                            "elected 0 of one, by one: joined",
                            "elected 0 of two, from one, by one: resigned",
                            "elected 0 of one, from two, by two: closed");
            assertThat(shown(one, HistoryQuery.ofSession(Long.parseLong(two)), id, two))
                    .startsWith("session-opened  of two, by two")
                    .endsWith("session-ended  of two, by two");
            List<HistoryEvent> elections = one.history(HistoryQuery.ofLease("reports"));
            assertThat(elections)
                    .extracting(HistoryEvent::token)
                    .isSortedAccordingTo(Collections.reverseOrder())
                    .last()
                    .isEqualTo(token);
        }
    }

    @Test
    void theHistoryTellsWhichSessionDiedAndWhatWasTakenOver() throws Exception {
        PostgresLeaseStore store = new PostgresLeaseStore(tables.dataSource());
        LeaseClientConfig config =
                LeaseClientConfig.builder().clientId("heir").timing(SHORT).build();
        try (HeartbeatChannel heartbeats = store.heartbeatChannel(SHORT);
                WorkChannel work = store.workChannel(SHORT);
                LeaseClient heir = LeaseClients.start(config, store)) {
            Lease orders = heir.lease("orders", 4);
            await().until(() -> orders.values().size() == 4);
            heartbeats.open(new NewSession(10, "victim", 1, Duration.ofMinutes(10), SHORT.grace()));
            // In one transaction, so that the session does not expire before it owns something.
            tables.execute("""
                    UPDATE dbleases_partition SET session_id = 10, token = token + 1 WHERE partition < 2;
                    INSERT INTO dbleases_member (lease, session_id) VALUES ('orders', 10);
                    UPDATE dbleases_session SET ttl = interval '1 s', expires_at = clock_timestamp() - interval '1 min'
                        WHERE id = 10
                    """);
            await().until(() -> heir.history(HistoryQuery.ofSession(10)).size() == 2);
            await().until(() -> !heir.history(HistoryQuery.ofLease("orders").limit(1))
                    .get(0)
                    .type()
                    .equals(HistoryEvent.Type.GRANTED));

            HistoryEvent death = heir.history(HistoryQuery.ofSession(10)).get(0);
            assertThat(death.type()).isEqualTo(HistoryEvent.Type.SESSION_MARKED_DEAD);
            assertThat(death.session()).isEqualTo(new Party(10, "victim"));
            assertThat(death.by()).extracting(Party::client).isEqualTo("heir");
            assertThat(death.detail()).startsWith("expired at 20");
            HistoryEvent takenOver =
                    heir.history(HistoryQuery.ofLease("orders").limit(1)).get(0);
            assertThat(takenOver.type()).isEqualTo(HistoryEvent.Type.TAKEN_OVER);
            assertThat(takenOver.partitions()).containsExactly(0, 1);
            assertThat(takenOver.from()).isEqualTo(new Party(10, "victim"));
            assertThat(takenOver.cause()).isEqualTo(Cause.ORPHANED);
        }
    }

    /** Returns events, oldest first, as text with names instead of ids. */
    private static List<String> shown(LeaseClient client, HistoryQuery query, String one, String two) {
        List<String> shown = new ArrayList<>();
        for (HistoryEvent event : client.history(query)) {
            boolean planned = event.type() == HistoryEvent.Type.HAND_OVER_REQUESTED;
            shown.add(
                    0,
                    "%s %s of %s%s%s, by %s%s"
                            .formatted(
                                    event.type().word(),
                                    event.partitions().toRanges(),
                                    name(event.session()),
                                    event.from() == null ? "" : ", from " + name(event.from()),
                                    event.to() == null ? "" : ", to " + name(event.to()),
                                    planned ? "one or two" : name(event.by()),
                                    event.cause() == null
                                            ? ""
                                            : ": " + event.cause().word()));
            assertThat(List.of(one, two))
                    .contains(String.valueOf(event.session().id()));
        }
        return shown;
    }

    private static String name(Party party) {
        return String.valueOf(party.client());
    }

    /** The events alone are enough to know the owners, so none is missing. */
    @Test
    void theOwnersFollowFromTheHistory() throws Exception {
        PostgresLeaseStore store = new PostgresLeaseStore(tables.dataSource());
        List<LeaseClient> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            LeaseClient client = LeaseClients.start(config("client-" + i), store);
            clients.add(client);
            client.lease("orders", 64);
        }
        clients.remove(2).close();
        await().until(() -> clients.stream()
                .allMatch(client -> client.leases().iterator().next().values().size() == 16));

        Map<Integer, Long> owners = new HashMap<>();
        List<HistoryEvent> events = new ArrayList<>(clients.get(0).history(HistoryQuery.ofLease("orders")));
        Collections.reverse(events);
        for (HistoryEvent event : events) {
            if (event.type() != HistoryEvent.Type.HAND_OVER_REQUESTED
                    && event.type() != HistoryEvent.Type.HAND_OVER_WITHDRAWN) {
                event.partitions()
                        .forEach(partition ->
                                owners.put(partition, event.session().id()));
            }
        }
        Map<Integer, Long> actual = new HashMap<>();
        clients.get(0)
                .cluster("orders")
                .leases()
                .get("orders")
                .partitions()
                .forEach(partition -> actual.put(partition.partition(), partition.session()));
        clients.forEach(LeaseClient::close);

        assertThat(owners).hasSize(64).isEqualTo(actual);
    }

    @Test
    void oldEventsAreDeletedInSteps() {
        tables.execute(OLD_EVENTS.formatted(2_500));
        tables.execute("INSERT INTO dbleases_event (type) VALUES ('granted')");
        try (WorkChannel work = new PostgresLeaseStore(tables.dataSource()).workChannel(TIMING)) {
            assertThat(work.trimHistory()).isTrue();
            assertThat(events()).isEqualTo(1_501);
            assertThat(work.trimHistory()).isTrue();
            assertThat(work.trimHistory()).isFalse();
            assertThat(events()).isEqualTo(1);
        }
    }

    @Test
    void theAuditDeletesOldEvents() throws Exception {
        tables.execute(OLD_EVENTS.formatted(2_500));
        LeaseClientConfig config =
                LeaseClientConfig.builder().clientId("auditor").timing(SHORT).build();
        try (LeaseClient auditor = LeaseClients.start(config, new PostgresLeaseStore(tables.dataSource()))) {
            await().until(() -> events() == 1);

            assertThat(auditor.history(HistoryQuery.all()))
                    .extracting(HistoryEvent::type)
                    .containsExactly(HistoryEvent.Type.SESSION_OPENED);
        }
    }

    @Test
    void withoutARetentionNothingIsRecordedAndTheTableIsNotNeeded() throws Exception {
        tables.execute("DROP TABLE dbleases_event");
        PostgresLeaseStore store = new PostgresLeaseStore(
                tables.dataSource(),
                PostgresStoreConfig.builder().historyRetention(Duration.ZERO).build());
        tables.execute("DELETE FROM dbleases_incarnation");
        try (LeaseClient one = LeaseClients.start(config("one"), store)) {
            Lease orders = one.lease("orders", 2);
            one.leadership("reports");
            tables.execute("UPDATE dbleases_incarnation SET quiet_until = clock_timestamp()");
            await().until(() -> one.cluster().leases().size() == 2);

            assertThatThrownBy(() -> one.history(HistoryQuery.all()))
                    .isInstanceOf(HistoryUnavailableException.class)
                    .hasMessageContaining("switched off");
            orders.leave();
        }
    }

    @Test
    void aNewIncarnationIsRecordedOnce() {
        tables.execute("DELETE FROM dbleases_incarnation");
        PostgresLeaseStore store = new PostgresLeaseStore(tables.dataSource());
        for (int i = 0; i < 2; i++) {
            try (WorkChannel work = store.workChannel(TIMING)) {
                work.holdings(10);
            }
        }

        assertThat(tables.query("SELECT string_agg(type || ': ' || detail, ' ') FROM dbleases_event"))
                .matches("incarnation-found: timeline 1 of system \\d+, quiet until 20.*Z");
    }

    @Test
    void impossibleRetentionsAndLimitsAreRefused() {
        assertThatThrownBy(() -> PostgresStoreConfig.builder()
                        .historyRetention(Duration.ofDays(3_651))
                        .build())
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("historyRetention is PT87624H, but must be between 0 and 3650 days");
        assertThatThrownBy(() -> PostgresStoreConfig.builder()
                        .historyRetention(Duration.ofSeconds(-1))
                        .build())
                .hasMessageContaining("PT-1S");
        assertThatThrownBy(() -> HistoryQuery.all().limit(0)).hasMessageContaining("must be 1 to 1,000");
        assertThatThrownBy(() -> HistoryQuery.all().limit(1_001)).hasMessageContaining("1001");
    }

    /** Nothing that a statement of the version before refers to has changed, so its instances work as before. */
    @ParameterizedTest
    @MethodSource("servers")
    void theSecondMigrationLeavesTheTablesOfTheFirstAsTheyWere(PostgresServer server) throws Exception {
        TestTables upgraded = TestTables.create(server);
        String after = catalogOfTheFirstVersion(upgraded);
        upgraded.execute("DROP TABLE dbleases_event");
        String before = catalogOfTheFirstVersion(upgraded);

        assertThat(after).isEqualTo(before).contains("dbleases_session expires_at timestamp with time zone");

        PostgresSchema.create(upgraded.dataSource(), PostgresStoreConfig.defaults());
        assertThat(upgraded.number("SELECT count(*) FROM dbleases_event")).isZero();
    }

    /** Returns the columns, indexes, constraints, triggers, rules and options, and what other relations refer to. */
    private static String catalogOfTheFirstVersion(TestTables tables) {
        return tables.query("""
                WITH known AS (
                    SELECT oid, relname, reloptions FROM pg_class
                    WHERE relkind = 'r' AND relname IN ('dbleases_session', 'dbleases_lease', 'dbleases_member',
                        'dbleases_partition', 'dbleases_incarnation')
                )
                SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
                    SELECT relname || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
                        || ' ' || coalesce((SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef d
                            WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum), '') AS line
                    FROM pg_attribute a JOIN known ON known.oid = attrelid WHERE attnum > 0 AND NOT attisdropped
                    UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN known ON known.oid = indrelid
                    UNION ALL SELECT relname || ' ' || pg_get_constraintdef(c.oid)
                        FROM pg_constraint c JOIN known ON known.oid IN (c.conrelid, c.confrelid)
                    UNION ALL SELECT relname || ' ' || tgname FROM pg_trigger JOIN known ON known.oid = tgrelid
                    UNION ALL SELECT relname || ' ' || rulename FROM pg_rewrite JOIN known ON known.oid = ev_class
                    UNION ALL SELECT relname || ' ' || coalesce(reloptions::text, '') FROM known
                ) catalog (line)
                """);
    }

    /** A transaction that reads or has just written the history keeps no other one waiting. */
    @Test
    void anOpenTransactionOnTheHistoryHoldsNothingUp() throws Exception {
        PostgresLeaseStore store = new PostgresLeaseStore(tables.dataSource());
        try (Connection reader = tables.dataSource().getConnection();
                Statement statement = reader.createStatement();
                HeartbeatChannel heartbeats = store.heartbeatChannel(TIMING);
                WorkChannel work = store.workChannel(TIMING)) {
            reader.setAutoCommit(false);
            insertAndRead(statement);

            heartbeats.open(new NewSession(10, "ten", 1, TIMING.ttl(), TIMING.grace()));
            work.transact(new TreeSet<>(), transaction -> {
                transaction.end(10);
                return true;
            });
            work.trimHistory();

            assertThat(events()).isEqualTo(2);
            reader.rollback();
        }
    }

    private static void insertAndRead(Statement statement) throws SQLException {
        statement.execute("INSERT INTO dbleases_event (type) VALUES ('granted')");
        statement.execute("SELECT * FROM dbleases_event");
    }

    private long events() {
        return tables.number("SELECT count(*) FROM dbleases_event");
    }

    private static LeaseClientConfig config(String id) {
        return LeaseClientConfig.builder().clientId(id).timing(TIMING).build();
    }
}
