package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The statement of a heartbeat with all its parts, as the driver gets it. */
class StatementTests {

    private final TestTables tables = TestTables.create(PostgresServer.newest());

    @Test
    void aHeartbeatOverADirectConnection() {
        assertThat(renewal(UnaryOperator.identity())).isEqualTo("""
                UPDATE "dbleases_session"
                SET expires_at = clock_timestamp() + ttl
                WHERE id = ? AND state = 'live'\s
                RETURNING inbox, clock_timestamp() AS now, coalesce(
                    (SELECT int8send(n.id) || timestamptz_send(n.expires_at) || interval_send(n.ttl) || interval_send(n.grace)
                        FROM "dbleases_session" n WHERE n.id < ? AND n.state = 'live' ORDER BY n.id DESC LIMIT 1),
                    (SELECT int8send(n.id) || timestamptz_send(n.expires_at) || interval_send(n.ttl) || interval_send(n.grace)
                        FROM "dbleases_session" n WHERE n.id > ? AND n.state = 'live' ORDER BY n.id DESC LIMIT 1)) AS neighbor, pg_backend_pid() AS backend
                """);
    }

    @Test
    void aHeartbeatThroughAPoolerHasItsSettingsAndProvesItsServerAndIncarnation() {
        assertThat(renewal(Interposed::disguised))
                .contains("WHERE id = ? AND state = 'live' AND (SELECT set_config('lock_timeout', '27000', true)"
                        + " || set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
                        + " WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)) IS NOT NULL\n")
                .endsWith(
                        "AS neighbor, pg_walfile_name(pg_current_wal_lsn()) AS wal_file, pg_postmaster_start_time() AS started,"
                                + " (SELECT nonce::text FROM \"dbleases_incarnation\" WHERE system_id = ? AND timeline = ?) AS nonce\n");
    }

    private String renewal(UnaryOperator<DataSource> wrapped) {
        List<String> prepared = new ArrayList<>();
        DataSource recording = Interposed.dataSource(() ->
                Interposed.connection(tables.dataSource().getConnection(), call -> {
                    if (call.name().equals("prepareStatement")) {
                        prepared.add((String) call.arguments()[0]);
                    }
                    return call.proceed();
                }));
        PostgresLeaseStore store = new PostgresLeaseStore(wrapped.apply(recording));
        try (HeartbeatChannel heartbeats = store.heartbeatChannel(TestTimings.PATIENT)) {
            heartbeats.open(new NewSession(10, "ten", 1, Duration.ofHours(1), Duration.ofSeconds(1)));
            prepared.clear();
            assertThat(heartbeats.renew(10)).isPresent();
        }
        return prepared.get(0);
    }
}
