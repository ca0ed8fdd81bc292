package io.github.dbleases.postgres.tasks;

import static io.github.dbleases.postgres.tasks.TaskDatabase.claim;
import static io.github.dbleases.postgres.tasks.TaskDatabase.fail;
import static io.github.dbleases.postgres.tasks.TaskDatabase.finish;
import static io.github.dbleases.postgres.tasks.TaskDatabase.ids;
import static io.github.dbleases.postgres.tasks.TaskDatabase.idsOf;
import static io.github.dbleases.postgres.tasks.TaskDatabase.numbers;
import static io.github.dbleases.postgres.tasks.TaskDatabase.release;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.TaskFailure.Verdict;
import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.spi.tasks.ClaimPlan;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a channel must do on each version of PostgreSQL. */
abstract class JdbcTaskChannelContract {

    final TaskDatabase database;
    private long me;
    private long other;

    JdbcTaskChannelContract(PostgresServer server) {
        this.database = TaskDatabase.on(server);
    }

    @BeforeEach
    void createTable() {
        database.createOutbox(10);
        me = database.session(1);
        other = database.session(2);
    }

    @Test
    void claimsPendingTasksInTheOrderOfTheirIdsUpToTheLimit() {
        database.execute("UPDATE outbox SET sent_at = now() WHERE id IN (1, 3)");
        List<ClaimedTask<String>> claimed =
                database.channel().exchange(claim(me, 3)).claimed();
        assertThat(claimed)
                .extracting(ClaimedTask::id, ClaimedTask::task, ClaimedTask::attempts)
                .containsExactly(tuple(2L, "task 2", 0), tuple(4L, "task 4", 0), tuple(5L, "task 5", 0));
        assertThat(database.query("SELECT id FROM outbox WHERE session_id = 1 ORDER BY id"))
                .containsExactly("2", "4", "5");
    }

    @Test
    void claimsAndReturnsTasksInTheConfiguredOrder() {
        database.execute("UPDATE outbox SET priority = id % 4");
        List<ClaimedTask<String>> claimed = database.channel(TaskDatabase.ordered("priority DESC, id"))
                .exchange(claim(me, 5))
                .claimed();
        assertThat(claimed).extracting(ClaimedTask::id).containsExactly(3L, 7L, 2L, 6L, 10L);
    }

    @Test
    void claimsTasksThatNoLiveSessionHoldsAndNoOthers() {
        database.session(3);
        database.kill(3);
        database.execute(
                "UPDATE outbox SET session_id = CASE id WHEN 1 THEN 2 WHEN 2 THEN 3 WHEN 3 THEN 99 WHEN 4 THEN 1 END");
        // It has expired, but no client has marked it dead.
        database.execute("UPDATE dbleases_session SET expires_at = now() - interval '1 h' WHERE id = 2");
        assertThat(ids(database.channel().exchange(claim(me, 4)).claimed())).containsExactly(2L, 3L, 5L, 6L);
    }

    @Test
    void aSessionThatIsNotLiveClaimsNothing() {
        database.kill(me);
        assertThat(database.channel().exchange(claim(me, 4)).claimed()).isEmpty();
        assertThat(database.channel().exchange(claim(77, 4)).claimed()).isEmpty();
        assertThat(database.query("SELECT count(*) FROM outbox WHERE session_id IS NOT NULL"))
                .containsExactly("0");
    }

    @Test
    void finishesFailsReleasesAndClaimsInOneRequest() {
        JdbcTaskChannel<String> channel = database.channel();
        List<ClaimedTask<String>> held = channel.exchange(claim(me, 6)).claimed();
        database.execute("UPDATE outbox SET session_id = 2 WHERE id IN (2, 3)");
        database.execute("UPDATE outbox SET attempts = 2 WHERE id = 4");
        TaskReply<String> reply = channel.exchange(new TaskRequest<>(
                me,
                held.subList(0, 3),
                fail(me, held.subList(3, 5)).failed(),
                held.subList(5, 6),
                ClaimPlan.of(new TaskClaim(me, 2, 6, new Place(0, 2), false))));
        assertThat(ids(reply.lost())).containsExactly(2L, 3L);
        assertThat(ids(reply.givenUp())).containsExactly(4L);
        assertThat(ids(reply.claimed())).containsExactly(7L, 8L);
        assertThat(
                        database.query(
                                "SELECT concat_ws(',', id, session_id, sent_at IS NOT NULL, attempts, last_error) FROM outbox ORDER BY id"))
                .containsExactly(
                        "1,t,0",
                        "2,2,f,0",
                        "3,2,f,0",
                        "4,f,3,java.lang.IllegalStateException: No task",
                        "5,f,1,java.lang.IllegalStateException: No task",
                        "6,f,0",
                        "7,1,f,0",
                        "8,1,f,0",
                        "9,f,0",
                        "10,f,0");
    }

    @Test
    void aReplyNamesTheFailedTasksThatTheSessionDoesNotHold() {
        TaskTable uncounted = TaskDatabase.recording(TaskTable.Failures.UNRECORDED);
        for (JdbcTaskChannel<String> channel : List.of(database.channel(), database.channel(uncounted))) {
            createTable();
            List<ClaimedTask<String>> held = channel.exchange(claim(me, 4)).claimed();
            database.execute("UPDATE outbox SET session_id = 2 WHERE id = 2; DELETE FROM outbox WHERE id = 4");

            TaskReply<String> reply = channel.exchange(fail(me, held));

            assertThat(ids(reply.unheld())).containsExactly(2L, 4L);
            assertThat(ids(channel.exchange(fail(me, held.subList(0, 1))).unheld()))
                    .containsExactly(1L);
        }
    }

    @Test
    void aFailureFreesTheTaskUntilItIsDueAndRepeatingItHasNoEffect() {
        database.execute("ALTER TABLE outbox ADD due_at timestamptz NOT NULL DEFAULT now()");
        JdbcTaskChannel<String> channel = new JdbcTaskChannel<>(
                database.dataSource(),
                TaskDatabase.due("sent_at IS NULL"),
                LeaseTables.defaults(),
                row -> row.getString("payload"),
                () -> 0);
        List<ClaimedTask<String>> held = channel.exchange(claim(me, 3)).claimed();
        TaskRequest<String> failed = fail(me, held.subList(0, 1), Verdict.RETRY, Duration.ofHours(1));
        assertThat(channel.exchange(failed).unheld()).isEmpty();
        assertThat(ids(channel.exchange(failed).unheld())).containsExactly(1L);
        channel.exchange(fail(me, held.subList(1, 2), Verdict.POSTPONE, Duration.ofHours(2)));
        assertThat(database.query("SELECT concat_ws(' ', id, session_id, attempts, last_error,"
                        + " round(extract(epoch FROM due_at - now()) / 3600)) FROM outbox WHERE id <= 3 ORDER BY id"))
                .containsExactly("1 1 java.lang.IllegalStateException: No task 1", "2 0 2", "3 1 0 0");
        assertThat(ids(channel.exchange(claim(other, 10)).claimed())).isEqualTo(numbers(4, 10));
        database.execute("UPDATE outbox SET due_at = now() WHERE id <= 2");
        assertThat(channel.exchange(claim(other, 10)).claimed())
                .extracting(ClaimedTask::id, ClaimedTask::attempts)
                .containsExactlyInAnyOrder(tuple(1L, 1), tuple(2L, 0));
    }

    @Test
    void freshTasksAndRetriesAreClaimedSideBySide() {
        JdbcTaskChannel<String> channel = database.channel();
        database.execute("UPDATE outbox SET attempts = 1 WHERE id <= 5");
        ClaimPlan plan = new ClaimPlan(new TaskClaim(me, 4, 0, Place.ALONE, false), 4, 1, false, List.of(), List.of());
        assertThat(ids(channel.exchange(claim(plan)).claimed())).containsExactly(1L, 6L, 7L, 8L);
        ClaimPlan fresh = new ClaimPlan(new TaskClaim(me, 4, 4, Place.ALONE, false), 4, 0, false, List.of(), List.of());
        assertThat(ids(channel.exchange(claim(fresh)).claimed())).containsExactly(9L, 10L);
    }

    @Test
    void retriesAreClaimedSoonEvenIfEveryClaimIsSlow() {
        AtomicLong clock = new AtomicLong();
        JdbcTaskChannel<String> channel = database.channel(() -> clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(300)));
        ClaimPlan plan =
                new ClaimPlan(new TaskClaim(me, 20, 0, Place.ALONE, false), 20, 20, false, List.of(), List.of());
        channel.exchange(claim(plan));
        channel.exchange(claim(plan));
        database.execute("UPDATE outbox SET attempts = 1, session_id = NULL WHERE id = 7");

        List<Long> retries = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            retries.addAll(ids(channel.exchange(claim(plan)).claimed()));
        }

        assertThat(retries).containsExactly(7L);
    }

    @Test
    void aClaimFromTheEndTakesTheLastTasks() {
        ClaimPlan plan = new ClaimPlan(new TaskClaim(me, 2, 0, Place.ALONE, false), 2, 2, true, List.of(), List.of());
        assertThat(ids(database.channel().exchange(claim(plan)).claimed())).containsExactly(9L, 10L);
    }

    @Test
    void aPlanExcludesTasksAndNamesRetriesWhereTheTableDoesNotRecordFailures() {
        TaskTable uncounted = TaskDatabase.recording(TaskTable.Failures.UNRECORDED);
        JdbcTaskChannel<String> channel = database.channel(uncounted);
        ClaimPlan plan = new ClaimPlan(
                new TaskClaim(me, 3, 0, Place.ALONE, false), 3, 1, false, List.of(1L, 4L), List.of(1L, 2L, 3L));
        assertThat(ids(channel.exchange(claim(plan)).claimed())).containsExactly(2L, 5L, 6L);
    }

    @Test
    void sessionsWithAnotherPrefixKeepTheirTasks() throws SQLException {
        PostgresSchema.create(database.dataSource(), new PostgresStoreConfig(null, "other_", true));
        database.execute("""
                INSERT INTO other_session (id, expires_at, inbox, ttl, grace, started_at, weight, state, client_id)
                VALUES (77, now() + interval '1 h', 0, interval '1 h', interval '1 s', now(), 1, 'live', 'client')
                """);
        try {
            database.execute("UPDATE outbox SET session_id = 77 WHERE id <= 8");
            assertThat(ids(database.channel().exchange(claim(me, 10)).claimed()))
                    .containsExactly(9L, 10L);
            database.execute("UPDATE other_session SET state = 'dead'");
            assertThat(ids(database.channel().exchange(claim(me, 10)).claimed()))
                    .isEqualTo(numbers(1, 8));
        } finally {
            database.execute("DROP TABLE IF EXISTS other_session CASCADE");
        }
    }

    @Test
    void tasksOutOfAttemptsAreNotClaimed() {
        database.execute("UPDATE outbox SET attempts = id");
        assertThat(ids(database.channel().exchange(claim(me, 10)).claimed())).containsExactly(1L, 2L);
    }

    @Test
    void finishedTasksAreDeletedIfConfigured() {
        JdbcTaskChannel<String> channel = database.channel(TaskDatabase.with(null, " Delete "));
        List<ClaimedTask<String>> held = channel.exchange(claim(me, 10)).claimed();
        database.execute("UPDATE outbox SET session_id = 2 WHERE id = 5");
        assertThat(ids(channel.exchange(finish(me, held)).lost())).containsExactly(5L);
        assertThat(database.query("SELECT id FROM outbox")).containsExactly("5");
    }

    @Test
    void aSharedClaimTakesAtMostTheFairShare() {
        record Case(int pending, int held, int sessions, int limit, int claimed) {}
        List<Case> cases = List.of(
                new Case(10, 0, 2, 100, 5),
                new Case(10, 0, 3, 100, 4),
                new Case(10, 0, 3, 2, 2),
                new Case(10, 4, 2, 100, 3),
                new Case(10, 11, 2, 100, 0),
                new Case(1, 0, 100, 100, 1),
                new Case(0, 0, 2, 100, 0),
                new Case(10, 0, 1, 100, 10));
        for (Case one : cases) {
            database.execute("UPDATE outbox SET session_id = CASE WHEN id > %d THEN 2 END".formatted(one.pending()));
            TaskClaim claim = new TaskClaim(me, one.limit(), one.held(), new Place(0, one.sessions()), true);
            assertThat(database.channel().exchange(claim(claim)).claimed())
                    .as("%s", one)
                    .hasSize(one.claimed())
                    .hasSize(claim.limitOf(one.pending()));
        }
    }

    @Test
    void releasesOnlyTasksThatTheSessionHolds() {
        JdbcTaskChannel<String> channel = database.channel();
        List<ClaimedTask<String>> held = channel.exchange(claim(me, 3)).claimed();
        database.execute("UPDATE outbox SET session_id = 2 WHERE id = 2");
        channel.exchange(release(me, held));
        assertThat(database.query("SELECT id FROM outbox WHERE session_id IS NOT NULL"))
                .containsExactly("2");
    }

    @Test
    void releasesAllTasksExceptKnownOnes() {
        JdbcTaskChannel<String> channel = database.channel();
        List<ClaimedTask<String>> held = channel.exchange(claim(me, 5)).claimed();
        channel.exchange(claim(other, 2));
        channel.releaseAllBut(me, idsOf(held.subList(1, 3)));
        assertThat(database.query("SELECT id FROM outbox WHERE session_id = 1 ORDER BY id"))
                .containsExactly("2", "3");
        channel.releaseAllBut(me, List.of());
        assertThat(database.query("SELECT id FROM outbox WHERE session_id IS NOT NULL ORDER BY id"))
                .containsExactly("6", "7");
    }

    @Test
    void aClaimedTaskKnowsHowLongItHasBeenDue() {
        database.execute("""
                UPDATE outbox SET created_at = now() - interval '1 h' WHERE id = 1;
                UPDATE outbox SET created_at = now() + interval '1 h' WHERE id = 2;
                UPDATE outbox SET created_at = '-infinity' WHERE id = 3;
                ALTER TABLE outbox ALTER created_at DROP NOT NULL;
                UPDATE outbox SET created_at = NULL WHERE id = 4;
                UPDATE outbox SET created_at = now() - interval '1 h', attempts = 1 WHERE id = 5;
                """);

        Map<Object, Duration> waited = waited(database.channel().exchange(claim(me, 5)));

        assertThat(waited.get(1L))
                .isBetween(Duration.ofHours(1), Duration.ofHours(1).plusMinutes(1));
        assertThat(waited.get(2L)).isZero();
        assertThat(waited)
                .as("unknown: infinite, null, and when a task that has failed was due again")
                .containsOnlyKeys(1L, 2L);
    }

    @Test
    void aTableWithADueColumnKnowsSinceWhenARetryIsDue() {
        database.execute("ALTER TABLE outbox ADD due_at timestamptz NOT NULL DEFAULT now()");
        database.execute("""
                UPDATE outbox SET created_at = now() - interval '1 d';
                UPDATE outbox SET due_at = now() - interval '1 min', attempts = 1 WHERE id = 1;
                UPDATE outbox SET due_at = '-infinity' WHERE id = 2;
                """);

        Map<Object, Duration> waited =
                waited(database.channel(TaskDatabase.due("sent_at IS NULL")).exchange(claim(me, 10)));

        assertThat(waited.get(1L)).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
        assertThat(waited).hasSize(9).doesNotContainKey(2L);
        assertThat(waited.values()).allSatisfy(age -> assertThat(age).isLessThan(Duration.ofMinutes(2)));
    }

    private static Map<Object, Duration> waited(TaskReply<String> reply) {
        Map<Object, Duration> waited = new HashMap<>();
        reply.claimed().stream()
                .filter(task -> task.waited() != null)
                .forEach(task -> waited.put(task.id(), task.waited()));
        return waited;
    }

    @Test
    void returnsTheAgeOfTheOldestTask() {
        database.execute("UPDATE outbox SET created_at = now() - interval '1 h' WHERE id = 1");
        assertThat(database.channel().oldestPending())
                .hasValueSatisfying(age -> assertThat(age.toSeconds()).isBetween(3600L, 3660L));
        database.execute("UPDATE outbox SET created_at = now() + interval '1 h'");
        assertThat(database.channel().oldestPending())
                .hasValueSatisfying(age -> assertThat(age).isZero());
        database.execute("UPDATE outbox SET sent_at = now()");
        assertThat(database.channel().oldestPending()).isEmpty();
    }

    @Test
    void aClaimBeginsWhereTheLastOneEndedAndLooksAtEarlierTasksBeforeItComesBackShort() {
        JdbcTaskChannel<String> channel = new JdbcTaskChannel<>(
                database.dataSource(),
                TaskDatabase.OUTBOX,
                LeaseTables.defaults(),
                row -> row.getString("payload"),
                () -> 0);
        assertThat(ids(channel.exchange(claim(me, 4)).claimed())).isEqualTo(numbers(1, 4));
        database.execute("UPDATE outbox SET session_id = NULL WHERE id <= 2");
        assertThat(ids(channel.exchange(claim(me, 3)).claimed())).isEqualTo(numbers(5, 7));
        assertThat(ids(channel.exchange(claim(me, 5)).claimed())).containsExactly(1L, 2L, 8L, 9L, 10L);
    }
}
