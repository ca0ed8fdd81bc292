package io.github.dbleases.postgres.tasks;

import static io.github.dbleases.postgres.tasks.QueueConnections.LONG;
import static io.github.dbleases.postgres.tasks.QueueConnections.USUAL;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.postgres.tasks.ClaimCursor.Beginning;
import io.github.dbleases.postgres.tasks.Exchange.Answer;
import io.github.dbleases.postgres.tasks.Identifiers.TableName;
import io.github.dbleases.spi.tasks.ClaimPlan;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel to a task table of the application on PostgreSQL. Thread-safe.
 *
 * <p>A request is one statement, the {@link Exchange}. With connections in auto-commit mode, which are recommended, it is one
 * round trip and one transaction; other connections need one more round trip for the commit.
 *
 * @param <T> the type of a task in the application
 */
public final class JdbcTaskChannel<T> implements TaskChannel<T> {

    private static final Logger log = LoggerFactory.getLogger(JdbcTaskChannel.class);

    /** The longest time without a search for retries, however expensive it is. */
    private static final Duration LONGEST_WITHOUT_RETRIES = Duration.ofSeconds(10);

    /** Skips locked rows, which the next call releases. */
    private static final String RELEASE_ALL_BUT = """
            UPDATE {table} SET {session} = NULL
            WHERE ctid = ANY (ARRAY (
                SELECT ctid FROM {table}
                WHERE {isPending} AND {session} = ? AND {id} NOT IN (SELECT unnest(?::{ids}::{type}[]))
                FOR NO KEY UPDATE SKIP LOCKED))
            """;

    /** The minimum of all tasks, because the first one in the order of claims can be younger. */
    private static final String OLDEST_PENDING = """
            SELECT extract(epoch FROM clock_timestamp() - min({created}))
            FROM {table} WHERE {isPending} AND {isDueByTable} AND {hasAttemptsLeft}
            """;

    /** Whether live sessions in another session table hold tasks. */
    private static final String HELD_BY_OTHERS = """
            SELECT EXISTS (
                SELECT FROM {table} WHERE {isPending} AND {session} IN (SELECT id FROM {others} WHERE state = 'live'))
            """;

    private final QueueConnections connections;
    private final TaskTable table;
    private final LeaseTables leases;
    private final RowMapper<T> mapper;
    private final ClaimCursor cursor;
    private final TableSize size;
    private final SessionTables sessions;
    private final LongSupplier nanoTime;
    private final AtomicReference<String> warnedOf = new AtomicReference<>("");
    /**
     * In an index on fresh tasks and retries, the search for retries passes the entries of all finished rows that vacuum could
     * not remove yet.
     */
    private final SearchCost retrySearch = new SearchCost(LONGEST_WITHOUT_RETRIES);

    private volatile @Nullable Layout layout;

    public JdbcTaskChannel(DataSource dataSource, TaskTable table, LeaseTables leases, RowMapper<T> mapper) {
        this(dataSource, table, leases, mapper, System::nanoTime);
    }

    JdbcTaskChannel(
            DataSource dataSource, TaskTable table, LeaseTables leases, RowMapper<T> mapper, LongSupplier nanoTime) {
        this.connections = new QueueConnections(dataSource, table.name());
        this.table = table;
        this.leases = leases;
        this.mapper = Objects.requireNonNull(mapper, "mapper");
        this.cursor = new ClaimCursor(nanoTime);
        this.size = new TableSize(nanoTime);
        this.sessions = new SessionTables(leases, nanoTime);
        this.nanoTime = nanoTime;
    }

    /** What depends on the types of the columns and on the session tables. */
    private record Layout(ColumnTypes types, List<TableName> sessions, TableSql sql, Exchange exchange) {}

    /** Equal for runners on one table, whatever their conditions are. */
    private record Scope(String table, String sessionColumn) {}

    @Override
    public Object scope() {
        return new Scope(table.name(), table.sessionColumn());
    }

    @Override
    public boolean keepsFailures() {
        return table.failures().attemptsColumn() != null && table.failures().dueColumn() != null;
    }

    @Override
    public void check() {
        Optional<String> advice = connections.rolledBack("check", LONG, connection -> {
            new TableCheck(connection, table, leases).run();
            layout = null;
            Layout known = layout(connection);
            StatementCheck statements = new StatementCheck(connection, table, known.sql(), known.exchange());
            statements.run(known.sql().statement(RELEASE_ALL_BUT).text());
            warnOfOthers(connection, known);
            return statements.missingIndex();
        });
        advice.filter(statement -> !statement.equals(warnedOf.getAndSet(statement)))
                .ifPresent(statement -> log.warn(
                        "Claims read and sort all pending rows of table {}, because no index has them in order. {}",
                        table.name(),
                        statement));
    }

    private void warnOfOthers(Connection connection, Layout known) throws SQLException {
        for (TableName other : known.sessions().subList(1, known.sessions().size())) {
            String held = known.sql()
                    .statement(HELD_BY_OTHERS, Map.of("others", other.sql()))
                    .text();
            try (PreparedStatement statement = QueueConnections.prepare(connection, held, LONG);
                    ResultSet row = statement.executeQuery()) {
                if (row.next() && row.getBoolean(1)) {
                    log.warn(
                            "Live sessions of {}, which has another schema or table prefix than {}, hold rows of table {}. They"
                                    + " keep these rows, but the sessions don't get fair shares. Use one schema and one prefix"
                                    + " for all instances that work on the table.",
                            other.sql(),
                            leases.session().sql(),
                            table.name());
                }
            }
        }
    }

    @Override
    public TaskReply<T> exchange(TaskRequest<T> request) {
        ClaimPlan plan = request.claim();
        if (plan == null) {
            return ask(request, null).reply();
        }
        if (plan.fresh() > 0 && plan.retries() > 0 && !retrySearch.isAffordable(nanoTime.getAsLong())) {
            plan = new ClaimPlan(plan.claim(), plan.fresh(), 0, plan.fromEnd(), plan.excluded(), plan.failedBefore());
        }
        long begun = nanoTime.getAsLong();
        TaskReply<T> reply = claim(request.with(plan), plan);
        long now = nanoTime.getAsLong();
        if (plan.retries() == 0) {
            retrySearch.madeWithout(now - begun);
        } else if (reply.claimed().size() < plan.retries()) {
            retrySearch.made(now - begun, now);
        } else {
            // A search that finds many is worth its time.
            retrySearch.made(0, now);
        }
        return reply;
    }

    private TaskReply<T> claim(TaskRequest<T> request, ClaimPlan plan) {
        if (plan.fromEnd() || !table.orders().isEmpty()) {
            return ask(request, null).reply();
        }
        Beginning start = cursor.next(plan.claim().place());
        Answer<T> answer = askFrom(request, plan, start);
        int missing = plan.claim().limit() - answer.reply().claimed().size();
        return !start.isForward() || answer.full() || missing == 0 || plan.fresh() == 0
                ? answer.reply()
                : claimRest(request, plan, answer.reply(), missing);
    }

    private Answer<T> askFrom(TaskRequest<T> request, ClaimPlan plan, Beginning start) {
        long begun = nanoTime.getAsLong();
        Answer<T> answer = ask(request, start.from());
        if (plan.fresh() > 0) {
            Layout known = layout;
            IdScale scale = known == null || table.failures().dueColumn() != null
                    ? null
                    : IdScale.of(known.types().id());
            cursor.moveTo(new ClaimCursor.Claimed(
                    plan.claim(), start, answer.last(), answer.full(), nanoTime.getAsLong() - begun, scale));
        }
        return answer;
    }

    /** Claims the missing tasks from further back, so that a reply is short only if there are few tasks. */
    private TaskReply<T> claimRest(TaskRequest<T> request, ClaimPlan plan, TaskReply<T> reply, int missing) {
        TaskClaim claim = plan.claim();
        int held = claim.held() + reply.claimed().size();
        TaskClaim rest = new TaskClaim(claim.session(), missing, held, claim.place(), false);
        ClaimPlan planned =
                new ClaimPlan(rest, Math.min(missing, plan.fresh()), 0, false, plan.excluded(), plan.failedBefore());
        TaskRequest<T> further = new TaskRequest<>(request.session(), List.of(), List.of(), List.of(), planned);
        TaskReply<T> more =
                askFrom(further, planned, cursor.next(claim.place())).reply();
        List<ClaimedTask<T>> all = new ArrayList<>(reply.claimed());
        all.addAll(more.claimed());
        List<TaskReply.Unmapped<T>> unmapped = new ArrayList<>(reply.unmapped());
        unmapped.addAll(more.unmapped());
        return new TaskReply<>(
                all, unmapped, reply.more() || more.more(), reply.lost(), reply.givenUp(), reply.unheld());
    }

    private Answer<T> ask(TaskRequest<T> request, ClaimCursor.@Nullable Position from) {
        if (request.size() == 0 && request.claim() == null) {
            return new Answer<>(
                    new TaskReply<>(List.of(), List.of(), false, List.of(), List.of(), List.of()), null, true);
        }
        try {
            Answer<T> answer = connections.inOwnTransaction(
                    describe(request), USUAL, connection -> execute(connection, request, from));
            if (!answer.reply().lost().isEmpty()) {
                sessions.distrust();
            }
            return answer;
        } catch (TaskQueueException refused) {
            // A session table may have been dropped, or a column may have another type now.
            layout = null;
            throw refused;
        }
    }

    private Answer<T> execute(Connection connection, TaskRequest<T> request, ClaimCursor.@Nullable Position from)
            throws SQLException {
        Layout known = layout;
        // Only claims depend on the session tables.
        Layout current = known != null && request.claim() == null ? known : layout(connection);
        return current.exchange().execute(connection, request, from, size, mapper);
    }

    /** Describes a request for messages. */
    private static String describe(TaskRequest<?> request) {
        List<String> words = new ArrayList<>();
        if (!request.finished().isEmpty()) {
            words.add("finish " + request.finished().size());
        }
        if (!request.failed().isEmpty()) {
            words.add("record the failure of " + request.failed().size());
        }
        if (!request.released().isEmpty()) {
            words.add("release " + request.released().size());
        }
        if (request.claim() != null) {
            words.add("claim up to " + request.claim().claim().limit());
        }
        return String.join(", ", words) + " tasks of";
    }

    @Override
    public List<ClaimedTask<T>> finish(long session, List<ClaimedTask<T>> tasks) {
        if (tasks.isEmpty()) {
            return List.of();
        }
        TaskRequest<T> request = new TaskRequest<>(session, tasks, List.of(), List.of(), null);
        return connections.joining(
                describe(request),
                USUAL,
                connection -> execute(connection, request, null).reply().lost());
    }

    @Override
    public void releaseAllBut(long session, Collection<Object> kept) {
        connections.inOwnTransaction("release tasks of", LONG, connection -> {
            Layout known = layout(connection);
            String release = known.sql().statement(RELEASE_ALL_BUT).text();
            try (PreparedStatement statement = QueueConnections.prepare(connection, release, LONG)) {
                statement.setLong(1, session);
                statement.setArray(2, known.types().ids(connection, List.copyOf(kept)));
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public Optional<Duration> oldestPending() {
        if (table.createdColumn() == null) {
            return Optional.empty();
        }
        return connections.inOwnTransaction("read the age of the oldest task of", USUAL, connection -> {
            String oldest = layout(connection).sql().statement(OLDEST_PENDING).text();
            try (PreparedStatement statement = QueueConnections.prepare(connection, oldest, USUAL);
                    ResultSet row = statement.executeQuery()) {
                if (!row.next() || row.getObject(1) == null) {
                    return Optional.<Duration>empty();
                }
                // Negative if the clock was set back, or for tasks that were created for later.
                long micros = Math.max(0, Math.round(row.getDouble(1) * 1_000_000));
                return Optional.of(Duration.of(micros, ChronoUnit.MICROS));
            }
        });
    }

    private Layout layout(Connection connection) throws SQLException {
        Layout known = layout;
        if (known != null && !sessions.isOld()) {
            return known;
        }
        List<TableName> tables = sessions.read(connection);
        if (known == null || !known.sessions().equals(tables)) {
            ColumnTypes types = ColumnTypes.read(connection, table);
            TableSql sql = new TableSql(table, tables, types);
            known = new Layout(types, tables, sql, new Exchange(table, sql, types));
            layout = known;
        }
        return known;
    }
}
