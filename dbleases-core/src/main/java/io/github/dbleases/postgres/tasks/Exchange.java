package io.github.dbleases.postgres.tasks;

import static java.util.Map.entry;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.internal.jdbc.Sql;
import io.github.dbleases.internal.jdbc.SqlParts;
import io.github.dbleases.postgres.tasks.ClaimCursor.Position;
import io.github.dbleases.spi.tasks.ClaimPlan;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskReply.Unmapped;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The one statement that does everything that a request asks for: it finishes, fails, releases and claims. Test resources show
 * it as a whole: {@code report-and-claim.sql} for a table with the usual columns, {@code report-and-claim-ordered.sql} for one with an
 * order.
 *
 * <p>One statement is one round trip and one transaction. Several statements in one text are not: from their second execution
 * on, the PostgreSQL driver ends the transaction and waits before each statement whose rows have no maximum length, such as
 * rows with a text column.
 *
 * <p>All parts of the statement see the table as it was before it. They never meet in one row: the session holds the rows
 * that it reports, and a live session's own rows are not claimed.
 */
final class Exchange {

    private static final String STATEMENT = """
            /* size {size} */ WITH
            {patience}{finishing}{giving}{claiming}dbleases_reply AS (
                SELECT {pages} AS dbleases_pages,
                {finished},
                {givenBack},
                {claimed}
            )
            SELECT {columns}
            """;

    /**
     * Another transaction can hold a lock on a reported row. The other rows must not wait for it: the request fails soon and is
     * repeated in smaller parts. Two seconds are longer than PostgreSQL needs to find a deadlock. {@code dbleases_patience} is
     * evaluated before rows are searched.
     */
    private static final String PATIENCE = """
            dbleases_patience AS MATERIALIZED (SELECT set_config('lock_timeout', '2s', true) AS is_set),

            """;

    private static final String FINISH = """
            dbleases_finish AS (SELECT {?finished}::{ids}::{type}[] AS ids),
            dbleases_finished AS (
                {finishWhere}
                WHERE {id} = ANY ((SELECT ids FROM dbleases_finish)::{type}[]) AND {session} = {?session}
                AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
                RETURNING {id} AS id
            ),

            """;

    private static final String GIVE_BACK = """
            dbleases_failure (dbleases_id, dbleases_error, dbleases_millis, dbleases_verdict, dbleases_position) AS (
                SELECT * FROM unnest({?failed}::{ids}::{type}[], {?errors}::text[], {?delays}::bigint[], {?verdicts}::text[])
                    WITH ORDINALITY
            ),
            dbleases_freed AS (
                UPDATE {table} SET {session} = NULL{freed}
                FROM dbleases_failure
                WHERE {id} = dbleases_id AND {session} = {?session}
                AND NOT {isGivenUp}
                AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
                RETURNING dbleases_position AS position
            ),
            dbleases_given_up AS (
                UPDATE {table} SET {session} = NULL{givenUp}
                FROM dbleases_failure
                WHERE {id} = dbleases_id AND {session} = {?session}
                AND {isGivenUp}
                AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
                RETURNING dbleases_position AS position
            ),

            dbleases_released AS (
                UPDATE {table} SET {session} = NULL
                WHERE {id} = ANY ({?released}::{ids}::{type}[]) AND {session} = {?session}
                AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
            ),

            """;

    /**
     * Claims fresh tasks and retries side by side.
     *
     * <p>The rows are found again by ctid, not by id. A row can change between the snapshot of the statement and its lock. For
     * example, the snapshot does not know a session that was opened after it, and takes that session for dead; the session then
     * claims the row. The lock is taken on the new version of the row, which still looks free. But its ctid is not visible in
     * the snapshot, so the row is not updated. An id would find it.
     *
     * <p>The limits are hidden in subqueries, so that the planner assumes a tenth of the rows, whatever the limits are. For a
     * limit that it knows, or can compute in each execution, it would plan each time anew, which takes longer than claiming a
     * few tasks. On a table without statistics it would assume more rows than there are, and sort everything that is pending.
     */
    private static final String CLAIM = """
            {limit},
            {retries},
            dbleases_fresh AS MATERIALIZED (
                SELECT ctid, {id} AS id, {dueText} AS due FROM {table}
                WHERE {isPending} AND {isFresh} AND {isDue}
                AND {isFree}{fromStart}
                AND {isLive}
                ORDER BY {claimOrder}
                LIMIT (SELECT least({?fresh}::bigint, tasks - (SELECT count(*) FROM dbleases_retries)) FROM dbleases_limit)
                FOR NO KEY UPDATE SKIP LOCKED
            ),
            dbleases_claimed AS (
                UPDATE {table} SET {session} = {?session}
                WHERE ctid = ANY (ARRAY (SELECT ctid FROM dbleases_retries UNION ALL SELECT ctid FROM dbleases_fresh))
                RETURNING *
            ),
            dbleases_counts AS MATERIALIZED (
                SELECT (SELECT count(*) FROM dbleases_fresh) AS fresh, (SELECT count(*) FROM dbleases_retries) AS retries
            ),

            """;

    /** How many tasks the session may claim, in all: its share of what is pending. */
    private static final String SHARE = """
            dbleases_limit AS MATERIALIZED (
                SELECT least({?limit}::bigint, greatest(0, ceil((
                    {?held}::bigint
                    + (SELECT count(*) FROM (
                        SELECT FROM {table}
                        WHERE {isPending} AND {isFresh} AND {isDue}
                        AND {isFree}{fromStart}
                        ORDER BY {claimOrder}
                        LIMIT (SELECT {?count}::bigint)
                    ) AS dbleases_fresh_pending){pendingRetries}
                )::numeric / {?sessions}) - {?held})::bigint) AS tasks
            )""";

    private static final String NO_SHARE = "dbleases_limit AS MATERIALIZED (SELECT {?limit}::bigint AS tasks)";

    private static final String PENDING_RETRIES = "\n" + """
            + (SELECT count(*) FROM (
                SELECT FROM {table}
                WHERE {isPending} AND {isRetry} AND {isDue}
                AND {isFree}
                ORDER BY {claimOrder}
                LIMIT (SELECT {?count}::bigint)
            ) AS dbleases_retries_pending)""".indent(8).stripTrailing();

    private static final String RETRIES = """
            dbleases_retries AS MATERIALIZED (
                SELECT ctid FROM {table}
                WHERE {isPending} AND {isRetry} AND {isDue}
                AND {isFree}
                AND {isLive}
                ORDER BY {claimOrder}
                LIMIT (SELECT least({?retries}::bigint, tasks) FROM dbleases_limit)
                FOR NO KEY UPDATE SKIP LOCKED
            )""";

    private static final String NO_RETRIES = "dbleases_retries AS (SELECT NULL::tid AS ctid WHERE false)";

    /** Returns the positions of tasks that were not finished. Usually there are none, and nothing is searched. */
    private static final String FINISHED = """
            CASE WHEN (SELECT count(*) FROM dbleases_finished) < (SELECT cardinality(ids) FROM dbleases_finish) THEN ARRAY (
                    SELECT given.position::int
                    FROM dbleases_finish, unnest(dbleases_finish.ids) WITH ORDINALITY AS given (id, position)
                    WHERE given.id NOT IN (SELECT id FROM dbleases_finished)
                ) END AS dbleases_lost""";

    private static final String NOTHING_FINISHED = "NULL::int[] AS dbleases_lost";

    private static final String GIVEN_BACK = """
            (SELECT array_agg(position::int) FROM dbleases_freed) AS dbleases_freed,
                (SELECT array_agg(position::int) FROM dbleases_given_up) AS dbleases_given_up""";

    private static final String NOTHING_GIVEN_BACK = "NULL::int[] AS dbleases_freed, NULL::int[] AS dbleases_given_up";

    private static final String CLAIMED = """
            fresh AS dbleases_fresh, retries AS dbleases_retries,
                (SELECT due FROM dbleases_fresh OFFSET greatest(0, fresh - 1) LIMIT 1) AS dbleases_last_due,
                (SELECT id::text FROM dbleases_fresh OFFSET greatest(0, fresh - 1) LIMIT 1) AS dbleases_last_id
                FROM dbleases_counts""";

    private static final String NOTHING_CLAIMED =
            "0 AS dbleases_fresh, 0 AS dbleases_retries, NULL::text AS dbleases_last_due, NULL::text AS dbleases_last_id";

    private static final String CLAIMED_ROWS = """
            dbleases_claimed.*, {waited} AS dbleases_waited, dbleases_reply.*
            FROM dbleases_reply LEFT JOIN dbleases_claimed ON true {orderOfClaimed}""";

    /** The size of the file, which includes pages of transactions that have not committed. */
    private static final String PAGES = "pg_relation_size('{name}'::regclass) / 8192";

    private static final int REPLY_COLUMNS = 8;

    /** Where in the order a claim begins. */
    enum Start {
        FIRST,
        FROM,
        /** At the end, backwards. */
        LAST
    }

    /**
     * What a request asks for. Its statement has no other parts, because PostgreSQL prepares each part for execution even if
     * it finds nothing to do: that takes as long as the work on a single task.
     *
     * @param gives whether tasks fail or are released
     */
    record Kind(boolean finishes, boolean gives, boolean claims, boolean retries, boolean shared, Start start) {

        static Kind of(TaskRequest<?> request, @Nullable Position from) {
            boolean finishes = !request.finished().isEmpty();
            boolean gives = request.size() > request.finished().size();
            ClaimPlan plan = request.claim();
            if (plan == null) {
                return new Kind(finishes, gives, false, false, false, Start.FIRST);
            }
            Start start = plan.fromEnd() ? Start.LAST : from == null ? Start.FIRST : Start.FROM;
            return new Kind(
                    finishes, gives, true, plan.retries() > 0, plan.claim().shared(), start);
        }
    }

    private record Text(Kind kind, int size) {}

    private final TaskTable table;
    private final SqlParts sql;
    private final ColumnTypes types;
    private final Map<Text, Sql> statements = new ConcurrentHashMap<>();

    Exchange(TaskTable table, SqlParts sql, ColumnTypes types) {
        this.table = table;
        this.sql = sql;
        this.types = types;
    }

    /**
     * The result of a request.
     *
     * @param last the last fresh task in the order, null if none was claimed
     * @param full whether as many fresh tasks were found as were wanted
     */
    record Answer<T>(TaskReply<T> reply, @Nullable Position last, boolean full) {}

    /**
     * Returns a statement. It returns one row per claimed task with the columns of the table, or one row without an id if no
     * task was claimed. Each row ends with the columns of the reply.
     *
     * @param size the step of the {@link TableSize}: each step has a text of its own, and thereby a plan of its own
     */
    Sql statement(Kind kind, int size) {
        return statements.computeIfAbsent(new Text(kind, size), this::fill);
    }

    private Sql fill(Text text) {
        Kind kind = text.kind();
        return sql.fill(
                STATEMENT,
                Map.ofEntries(
                        entry("size", Integer.toString(text.size())),
                        entry("patience", kind.finishes() || kind.gives() ? PATIENCE : ""),
                        entry("finishing", kind.finishes() ? FINISH : ""),
                        entry("giving", kind.gives() ? GIVE_BACK : ""),
                        entry("claiming", kind.claims() ? CLAIM : ""),
                        entry("limit", kind.shared() ? SHARE : NO_SHARE),
                        entry("pendingRetries", kind.retries() ? PENDING_RETRIES : ""),
                        entry("retries", kind.retries() ? RETRIES : NO_RETRIES),
                        entry("fromStart", kind.start() == Start.FROM ? " AND {isNotBefore}" : ""),
                        entry("claimOrder", kind.start() == Start.LAST ? "{reversedOrder}" : "{order}"),
                        entry("pages", PAGES),
                        entry("finished", kind.finishes() ? FINISHED : NOTHING_FINISHED),
                        entry("givenBack", kind.gives() ? GIVEN_BACK : NOTHING_GIVEN_BACK),
                        entry("claimed", kind.claims() ? CLAIMED : NOTHING_CLAIMED),
                        entry("columns", kind.claims() ? CLAIMED_ROWS : "* FROM dbleases_reply")));
    }

    /**
     * Executes a request.
     *
     * @param from where in the order the claim begins, null for the start
     */
    <T> Answer<T> execute(
            Connection connection, TaskRequest<T> request, @Nullable Position from, TableSize size, RowMapper<T> mapper)
            throws SQLException {
        if (size.isOld()) {
            size.read(readPages(connection));
        }
        Sql text = statement(Kind.of(request, from), size.step());
        try (PreparedStatement statement = QueueConnections.prepare(connection, text.text(), QueueConnections.USUAL)) {
            int index = 0;
            for (String parameter : text.parameters()) {
                statement.setObject(++index, value(connection, parameter, request, from));
            }
            try (ResultSet rows = statement.executeQuery()) {
                return read(rows, request, size, mapper);
            }
        }
    }

    private long readPages(Connection connection) throws SQLException {
        try (PreparedStatement statement = QueueConnections.prepare(
                        connection, sql.fill("SELECT " + PAGES).text(), QueueConnections.USUAL);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private <T> @Nullable Object value(
            Connection connection, String parameter, TaskRequest<T> request, @Nullable Position from)
            throws SQLException {
        List<TaskFailure<T>> failures =
                request.failed().stream().map(TaskRequest.Failed::failure).toList();
        return switch (parameter) {
            case "session" -> request.session();
            case "finished" -> ids(connection, request.finished());
            case "released" -> ids(connection, request.released());
            case "failed" ->
                types.ids(connection, failures.stream().map(TaskFailure::id).toList());
            case "errors" ->
                connection.createArrayOf(
                        "text", failures.stream().map(this::error).toArray());
            case "delays" ->
                connection.createArrayOf(
                        "int8",
                        failures.stream().map(one -> one.delay().toMillis()).toArray());
            case "verdicts" ->
                connection.createArrayOf(
                        "text",
                        failures.stream().map(one -> one.verdict().name()).toArray());
            case "from" -> from == null ? null : from.id();
            case "fromDue" -> from == null ? null : from.due();
            default -> claimValue(connection, parameter, Objects.requireNonNull(request.claim()));
        };
    }

    private Object claimValue(Connection connection, String parameter, ClaimPlan plan) throws SQLException {
        TaskClaim claim = plan.claim();
        return switch (parameter) {
            case "shared" -> claim.shared();
            case "limit" -> (long) claim.limit();
            case "held" -> (long) claim.held();
            case "sessions" -> (long) claim.sessions();
            case "count" -> (long) claim.limit() * claim.sessions() + (long) (claim.sessions() - 1) * claim.held();
            case "fresh" -> (long) plan.fresh();
            case "retries" -> (long) plan.retries();
            case "excluded" -> types.ids(connection, plan.excluded());
            case "failedBefore" -> types.ids(connection, plan.failedBefore());
            default -> throw new IllegalStateException("No value of " + parameter);
        };
    }

    private <T> Array ids(Connection connection, List<ClaimedTask<T>> tasks) throws SQLException {
        return types.ids(connection, tasks.stream().map(ClaimedTask::id).toList());
    }

    private @Nullable String error(TaskFailure<?> failure) {
        return table.failures().errorColumn() == null ? null : ColumnTypes.error(failure.cause());
    }

    private <T> Answer<T> read(ResultSet rows, TaskRequest<T> request, TableSize size, RowMapper<T> mapper)
            throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        int reply = columns.getColumnCount() - REPLY_COLUMNS;
        ClaimPlan plan = request.claim();
        int id = plan == null ? 0 : position(columns, table.idColumn());
        String attemptsColumn = table.failures().attemptsColumn();
        int attempts = plan == null || attemptsColumn == null ? 0 : position(columns, attemptsColumn);
        Set<Object> failedBefore = plan == null || attempts > 0 ? Set.of() : new HashSet<>(plan.failedBefore());
        List<ClaimedTask<T>> claimed = new ArrayList<>();
        List<Unmapped<T>> unmapped = new ArrayList<>();
        List<ClaimedTask<T>> lost = List.of();
        List<ClaimedTask<T>> givenUp = List.of();
        List<ClaimedTask<T>> unheld = List.of();
        Position last = null;
        boolean full = false;
        boolean more = false;
        for (boolean first = true; rows.next(); first = false) {
            if (first) {
                size.read(rows.getLong(reply + 1));
                lost = at(positions(rows.getArray(reply + 2)), request.finished());
                List<ClaimedTask<T>> failed = request.failed().stream()
                        .map(TaskRequest.Failed::claimed)
                        .toList();
                BitSet freed = positions(rows.getArray(reply + 3));
                BitSet ended = positions(rows.getArray(reply + 4));
                givenUp = at(ended, failed);
                freed.or(ended);
                freed.flip(1, failed.size() + 1);
                unheld = at(freed, failed);
                if (plan != null) {
                    long fresh = rows.getLong(reply + 5);
                    long retries = rows.getLong(reply + 6);
                    full = fresh >= Math.min(plan.fresh(), plan.claim().limit() - retries);
                    more = (full && plan.fresh() > 0) || (retries > 0 && retries >= plan.retries());
                    last = fresh == 0
                            ? null
                            : new Position(rows.getString(reply + 7), String.valueOf(rows.getString(reply + 8)));
                }
            }
            Object key = id == 0 ? null : rows.getObject(id);
            if (key != null) {
                int count = attempts == 0 ? 0 : rows.getInt(attempts);
                boolean failed = count > 0 || failedBefore.contains(key);
                Duration waited = waited(rows.getObject(reply, Double.class), failed);
                try {
                    claimed.add(new ClaimedTask<>(key, mapper.map(rows), count, waited));
                } catch (Throwable failure) {
                    unmapped.add(new Unmapped<>(new ClaimedTask<>(key, null, count, waited), failure));
                }
            }
        }
        return new Answer<>(new TaskReply<>(claimed, unmapped, more, lost, givenUp, unheld), last, full);
    }

    /** Returns how long a task has been due. Without a due column, that is unknown for a task that has failed before. */
    private @Nullable Duration waited(@Nullable Double seconds, boolean failed) {
        if (seconds == null
                || seconds.isInfinite()
                || (failed && table.failures().dueColumn() == null)) {
            return null;
        }
        // Negative if the clock was set back, or for tasks that were created for later.
        return Duration.ofMillis(Math.max(0, Math.round(seconds * 1_000)));
    }

    /** Compares the case as well, because names can differ in nothing else. Returns 0 if there is no such column. */
    private static int position(ResultSetMetaData columns, String name) throws SQLException {
        int position = columns.getColumnCount() - REPLY_COLUMNS;
        while (position > 0 && !columns.getColumnLabel(position).equals(name)) {
            position--;
        }
        return position;
    }

    private static BitSet positions(@Nullable Array array) throws SQLException {
        BitSet positions = new BitSet();
        if (array != null) {
            Arrays.stream((Integer[]) array.getArray()).forEach(positions::set);
        }
        return positions;
    }

    /** Returns the elements at some positions; the first position is 1. */
    private static <E> List<E> at(BitSet positions, List<E> elements) {
        return positions.isEmpty()
                ? List.of()
                : positions.stream()
                        .mapToObj(position -> elements.get(position - 1))
                        .toList();
    }
}
