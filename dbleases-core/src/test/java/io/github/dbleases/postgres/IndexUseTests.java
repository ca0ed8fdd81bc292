package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Reads of one election or one session, in a database with many and large leases. */
class IndexUseTests {

    private static final String MANY = """
            INSERT INTO dbleases_session (id, expires_at, inbox, ttl, grace, started_at, weight, state, client_id)
                SELECT i, now() + interval '1 h', 0, interval '6 s', interval '1 s', now(), 1, 'live', 'client'
                FROM generate_series(1, 5) i;
            INSERT INTO dbleases_lease (name, kind, partitions, changed_at)
                SELECT 'election-' || i, 'leader', 1, now() FROM generate_series(1, 500) i
                UNION ALL SELECT 'orders', 'partitions', 100000, now();
            INSERT INTO dbleases_partition (lease, partition, session_id, token, since)
                SELECT 'election-' || i, 0, 1 + i % 5, 1, now() FROM generate_series(1, 500) i
                UNION ALL SELECT 'orders', i, 1 + i % 5, 1, now() FROM generate_series(0, 99999) i;
            INSERT INTO dbleases_member (lease, session_id)
                SELECT 'election-' || i, s FROM generate_series(1, 500) i, generate_series(1, 5) s;
            ANALYZE dbleases_lease, dbleases_member, dbleases_partition;
            """;

    @Test
    void anElectionIsReadWithoutThePartitionsOfOtherLeases() throws SQLException {
        TestTables tables = TestTables.create(PostgresServer.newest());
        tables.execute(MANY);
        try (Connection jdbc = tables.dataSource().getConnection();
                WorkChannel work = inOneTransaction(jdbc)) {
            Snapshot election = work.transact(
                    new TreeSet<>(List.of("election-7")), transaction -> transaction.snapshot("election-7"));

            assertThat(election.members()).extracting(Member::leaderships).containsOnly(100);
            assertThat(scanned(jdbc, "dbleases_partition")).isZero();
        }
    }

    @Test
    void holdingsAreReadWithoutTheMembersOfOtherLeases() throws SQLException {
        TestTables tables = TestTables.create(PostgresServer.newest());
        tables.execute(MANY);
        tables.execute("""
                INSERT INTO dbleases_session (id, expires_at, inbox, ttl, grace, started_at, weight, state, client_id)
                    SELECT i, now() + interval '1 h', 0, interval '6 s', interval '1 s', now(), 1, 'live', 'client'
                    FROM generate_series(6, 2000) i;
                INSERT INTO dbleases_lease (name, kind, partitions, changed_at)
                    SELECT 'tasks-' || i, 'tasks', 0, now() FROM generate_series(1, 500) i;
                INSERT INTO dbleases_member (lease, session_id)
                    SELECT 'tasks-' || (1 + i % 500), i FROM generate_series(6, 2000) i;
                ANALYZE dbleases_lease, dbleases_member, dbleases_session;
                """);
        try (Connection jdbc = tables.dataSource().getConnection();
                WorkChannel work = inOneTransaction(jdbc)) {
            assertThat(work.holdings(7).taskMembers())
                    .containsOnlyKeys("tasks-8")
                    .allSatisfy(
                            (lease, members) -> assertThat(members).containsExactlyInAnyOrder(7L, 507L, 1007L, 1507L));

            assertThat(scanned(jdbc, "dbleases_member")).isZero();
        }
    }

    /** Returns a channel that never ends the transaction of its connection, so that the transaction's statistics can be read. */
    private static WorkChannel inOneTransaction(Connection jdbc) throws SQLException {
        jdbc.setAutoCommit(false);
        Set<String> ignored = Set.of("setAutoCommit", "commit", "rollback", "close");
        DataSource dataSource = Interposed.dataSource(() -> Interposed.connection(jdbc, call -> {
            if (call.name().equals("getAutoCommit")) {
                return true;
            }
            return ignored.contains(call.name()) ? null : call.proceed();
        }));
        return new PostgresLeaseStore(dataSource).workChannel(TestTimings.PATIENT);
    }

    /** Counts the rows of a table that were read without an index in this transaction. */
    private static long scanned(Connection jdbc, String table) throws SQLException {
        try (Statement statement = jdbc.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = '" + table + "'")) {
            row.next();
            return row.getLong(1);
        }
    }
}
