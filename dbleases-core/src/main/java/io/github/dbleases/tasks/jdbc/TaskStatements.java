package io.github.dbleases.tasks.jdbc;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The statements on a table of tasks. What is written in braces is one of the {@link TableValues}.
 *
 * <p>All that a request asks for is one statement, so that it is one round trip and one transaction. Several statements in
 * one text are not: from the second execution on the driver of PostgreSQL ends the transaction, and waits, before each
 * one whose rows have no greatest length, as those with a text have not.
 *
 * <p>The parts of the statement see the table as it was before it. They do not meet in a row: those of the first ones are
 * held by the session, which is live if the last one claims anything, and then it claims nothing that the session holds.
 */
final class TaskStatements {

    /** What is part of a request, in the order of its parameters. */
    enum Part {
        /** Ids, session. */
        FINISH,
        /** Ids, errors, session. */
        FAIL,
        /** Ids, session. */
        RELEASE,
        /** The id where it begins if {@link #FROM}, session, limit (or {@link #SHARE}), session, limit - 1. */
        CLAIM,
        /** The claim begins at an id. */
        FROM,
        /** Limit, held, greatest number that is counted, sessions, held. Not together with {@link #FROM}. */
        SHARE
    }

    /**
     * Somebody may hold a lock on a row that is to be finished, failed or released. What else there is to do must not wait
     * for him: the request fails soon, and is repeated in smaller parts. Longer than it takes to find a deadlock.
     */
    private static final String PATIENCE = """
            dbleases_patience AS MATERIALIZED (SELECT set_config('lock_timeout', '2s', true) AS is_set),
            """;

    /** Is evaluated before the rows are looked for. */
    private static final String PATIENT = "(SELECT is_set FROM dbleases_patience) IS NOT NULL";

    private static final String FINISH = """
            dbleases_finish AS (SELECT ?::{ids}::{type}[] AS ids),
            dbleases_finished AS (
                {finish}
                WHERE {id} = ANY ((SELECT ids FROM dbleases_finish)::{type}[]) AND {session} = ? AND {patient}
                RETURNING {id} AS id
            ),
            """;

    /** Which of the ids were not finished; as a rule all are, and nothing is looked for. */
    private static final String LOST = """
            CASE WHEN (SELECT count(*) FROM dbleases_finished) < (SELECT cardinality(ids) FROM dbleases_finish)
            THEN ARRAY (
                SELECT given.position::int
                FROM dbleases_finish, unnest(dbleases_finish.ids) WITH ORDINALITY AS given (id, position)
                WHERE given.id NOT IN (SELECT id FROM dbleases_finished)
            ) END""";

    private static final String FAIL = """
            dbleases_failed AS (
                UPDATE {table} SET {failure}
                FROM unnest(?::{ids}::{type}[], ?::text[]) WITH ORDINALITY
                    AS dbleases_failure (dbleases_id, dbleases_error, dbleases_position)
                WHERE {id} = dbleases_id AND {session} = ? AND {patient}
                RETURNING dbleases_position AS position, {session} AS session
            ),
            """;

    /** Where a failure leaves no trace: whether the session still holds the tasks. */
    private static final String FAIL_UNNOTED = """
            dbleases_failed AS (
                SELECT dbleases_position AS position, {session} AS session
                FROM {table}, unnest(?::{ids}::{type}[], ?::text[]) WITH ORDINALITY
                    AS dbleases_failure (dbleases_id, dbleases_error, dbleases_position)
                WHERE {id} = dbleases_id AND {session} = ?
            ),
            """;

    private static final String STILL_HELD = "(SELECT array_agg(position::int) FROM dbleases_failed)";

    private static final String PUT_ASIDE =
            "(SELECT array_agg(position::int) FROM dbleases_failed WHERE session IS NULL)";

    private static final String RELEASE = """
            dbleases_released AS (
                UPDATE {table} SET {session} = NULL
                WHERE {id} = ANY (?::{ids}::{type}[]) AND {session} = ? AND {patient}
            ),
            """;

    /**
     * The rows are found again by ctid, not by id. A row can change between the snapshot of the statement and its lock: say,
     * a session that was opened after the snapshot, which the snapshot does not know and so takes for dead, claims it. What
     * is locked then is the new version of the row, which still looks free. But its ctid is not visible in the snapshot, so
     * the row is not updated. An id would find it.
     *
     * <p>The limit is hidden in a subquery, so that the planner takes it for a tenth of what there is, whatever it is. Of one
     * that it knows, or can know in each execution, it would make a new plan each time, which takes longer than to claim a
     * few tasks; and on a table that was not analyzed it would take it for more than there is, and sort all that is pending.
     */
    private static final String CLAIM = """
            dbleases_picked AS MATERIALIZED (
                SELECT ctid, {id} AS id FROM {table}
                WHERE {claimable} AND EXISTS (SELECT FROM {sessions} WHERE id = ? AND state = 'live')
                ORDER BY {order}
                LIMIT {limit}
                FOR NO KEY UPDATE SKIP LOCKED
            ),
            dbleases_claimed AS (
                UPDATE {table} SET {session} = ? WHERE ctid = ANY (ARRAY (SELECT ctid FROM dbleases_picked))
                RETURNING *
            ),
            """;

    private static final String SHARE = """
            least(?, greatest(0, ceil((? + (
                SELECT count(*) FROM (SELECT FROM {table} WHERE {claimable} ORDER BY {order} LIMIT (SELECT ?::bigint)) AS dbleases_pending
            ))::numeric / ?) - ?))::bigint""";

    private static final String CLAIMABLE = """
            {pending}
            ({session} IS NULL OR {session} NOT IN (SELECT id FROM {sessions} WHERE state = 'live'))""";

    private static final String EXCHANGE = """
            /* size {step} */ WITH {parts}
            dbleases_reply AS (SELECT {lost} AS dbleases_lost, {aside} AS dbleases_aside, {held} AS dbleases_held, {last} AS dbleases_last, {pages} AS dbleases_pages)
            SELECT {columns} dbleases_reply.* FROM dbleases_reply {join}
            """;

    /** What somebody has locked is left for the next time. */
    private static final String RELEASE_ALL_BUT = """
            UPDATE {table} SET {session} = NULL
            WHERE ctid = ANY (ARRAY (
                SELECT ctid FROM {table}
                WHERE {pending} {session} = ? AND {id} NOT IN (SELECT unnest(?::{ids}::{type}[]))
                FOR NO KEY UPDATE SKIP LOCKED))
            """;

    /** What is not yet committed counts as well. */
    private static final String PAGES = "pg_relation_size('{name}'::regclass) / 8192";

    private static final String FIND_CLAIMABLE =
            "SELECT ctid FROM {table} WHERE " + CLAIMABLE + " ORDER BY {order} LIMIT 100";

    private static final String OLDEST_PENDING = """
            SELECT extract(epoch FROM clock_timestamp() - {created}) FROM {table}
            WHERE {pending} TRUE ORDER BY {order} LIMIT 1
            """;

    private final Map<Key, String> exchanges = new ConcurrentHashMap<>();
    private final TaskTable table;
    private final TableValues values;

    TaskStatements(TaskTable table, LeaseTables leases, ColumnTypes types) {
        this.table = table;
        this.values = TableValues.of(table, leases, types);
    }

    private record Key(Set<Part> parts, int step) {}

    /**
     * Does all of a request. There is one row for each claimed task with the columns of the table, or one without an id if
     * there is none. Each row ends with five columns: the positions (from 1) of those of the finished that were not
     * finished, null if all were; the positions of those of the failed that were put aside, null if none was; of those that
     * the session held, null if it held none; the id where
     * the next claim may begin, as text, null if fewer than the limit were found; and the number of pages of the table.
     *
     * @param step of the {@link TableSize}
     */
    String exchange(Set<Part> parts, int step) {
        return exchanges.computeIfAbsent(new Key(EnumSet.copyOf(parts), step), key -> write(key.parts(), step));
    }

    private String write(Set<Part> parts, int step) {
        boolean claim = parts.contains(Part.CLAIM);
        boolean writes = !Collections.disjoint(parts, Set.of(Part.FINISH, Part.FAIL, Part.RELEASE));
        StringBuilder sql = new StringBuilder(writes ? PATIENCE : "");
        parts.forEach(part -> sql.append(
                switch (part) {
                    case FINISH -> FINISH;
                    case FAIL -> table.attempts().noted() ? FAIL : FAIL_UNNOTED;
                    case RELEASE -> RELEASE;
                    case CLAIM -> CLAIM;
                    case FROM, SHARE -> "";
                }));
        String claimable = CLAIMABLE + (parts.contains(Part.FROM) ? " AND {id} >= ?::text::{type}" : "");
        String join = claim ? "LEFT JOIN dbleases_claimed ON true" : "";
        if (claim && !table.orders().isEmpty()) {
            join += " ORDER BY {claimedOrder}";
        }
        return values.in(EXCHANGE.replace("{parts}", sql.toString().stripTrailing())
                .replace("{lost}", parts.contains(Part.FINISH) ? LOST : "NULL::int[]")
                .replace("{aside}", parts.contains(Part.FAIL) ? PUT_ASIDE : "NULL::int[]")
                .replace("{held}", parts.contains(Part.FAIL) ? STILL_HELD : "NULL::int[]")
                .replace("{last}", claim ? "(SELECT id::text FROM dbleases_picked OFFSET ? LIMIT 1)" : "NULL::text")
                .replace("{columns}", claim ? "dbleases_claimed.*," : "")
                .replace("{join}", join)
                .replace("{patient}", PATIENT)
                .replace("{pages}", PAGES)
                .replace("{step}", String.valueOf(step))
                .replace("{limit}", parts.contains(Part.SHARE) ? SHARE : "(SELECT ?::bigint)")
                .replace("{claimable}", claimable));
    }

    String releaseAllBut() {
        return values.in(RELEASE_ALL_BUT);
    }

    /** What a claim has to find, without locks. */
    String claimable() {
        return values.in(FIND_CLAIMABLE);
    }

    /** How many pages the table has. */
    String pages() {
        return values.in("SELECT " + PAGES);
    }

    /** The name of the table of the sessions. */
    String sessions() {
        return values.in("{sessions}");
    }

    String oldestPending() {
        return values.in(OLDEST_PENDING);
    }
}
