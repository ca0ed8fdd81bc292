package io.github.dbleases.postgres;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.HistoryEvent.Party;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.internal.jdbc.SqlParts;
import io.github.dbleases.internal.jdbc.SqlStatement;
import io.github.dbleases.spi.NewEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The history: what happened to sessions, leases and elections. Each event is written in the transaction that makes the
 * change, and in a statement that is sent anyway: a statement that changes a session also adds its event, and the events
 * of a transaction are sent together with its last statement. Nothing ever waits for a row of the history.
 *
 * <p>The names of the clients are written into the events, because a session's row is deleted long before its events.
 */
final class PostgresHistory {

    /** Ends the CTEs of the statement that opens a session. */
    private static final String OPENED = """
            , recorded AS (
                INSERT INTO {event} (type, session_id, client_id, by_session_id, by_client_id, detail)
                VALUES ('session-opened', {?session}, {?clientId}, {?session}, {?clientId},
                    concat_ws(', ', 'host ' || {?host}::text, 'process ' || {?pid}::bigint, 'version ' || {?version}::text))
            )""";

    /** Ends the CTEs of the statement that marks a session dead, whose row is in {@code dead}. */
    private static final String MARKED_DEAD = """
            , recorded AS (
                INSERT INTO {event} (type, session_id, client_id, by_session_id, by_client_id, detail)
                SELECT 'session-marked-dead', id, client_id, nullif({?by}::bigint, 0),
                    (SELECT client_id FROM {session} WHERE id = {?by}),
                    to_char(expires_at AT TIME ZONE 'UTC', '"expired at "YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
                FROM dead
            )""";

    /** Ends the CTEs of the last statement of a transaction, in which the rows of sessions that end are in {@code locked}. */
    private static final String ENDED = """
            , recorded AS (
                INSERT INTO {event} (type, session_id, client_id, by_session_id, by_client_id)
                SELECT 'session-ended', id, client_id, id, client_id FROM locked WHERE id = ANY ({?ended})
            )""";

    /** Ends the CTEs of the statement that adds an incarnation, whose row is in {@code found}. */
    private static final String INCARNATION_FOUND = """
            , recorded AS (
                INSERT INTO {event} (type, detail)
                SELECT 'incarnation-found', 'timeline ' || timeline || ' of system ' || system_id
                    || to_char(quiet_until AT TIME ZONE 'UTC', '", quiet until "YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
                FROM found
            )""";

    /** The name of a client, for the session whose id is inserted. */
    private static final String NAME = "(SELECT client_id FROM {session} WHERE id = %s)";

    /** Adds the events of a transaction. */
    static final String RECORD = """
            INSERT INTO {event} (type, lease, partitions, token, session_id, client_id, from_session_id, from_client_id,
                to_session_id, to_client_id, by_session_id, by_client_id, cause, principal, detail)
            SELECT e.type, e.lease, nullif(e.partitions, ''),
                CASE e.type WHEN 'elected' THEN (
                    SELECT p.token FROM {partition} p WHERE p.lease = e.lease AND p.partition = 0) END,
                nullif(e.session, 0), %s,
                nullif(e.from_session, 0), %s,
                nullif(e.to_session, 0), %s,
                nullif({?by}::bigint, 0), %s,
                e.cause, e.principal, e.detail
            FROM unnest({?types}::text[], {?eventLeases}::text[], {?partitions}::text[], {?subjects}::bigint[],
                {?froms}::bigint[], {?tos}::bigint[], {?causes}::text[], {?principals}::text[], {?details}::text[])
                WITH ORDINALITY AS e (type, lease, partitions, session, from_session, to_session, cause, principal, detail, place)
            ORDER BY e.place
            """.formatted(
                    NAME.formatted("e.session"),
                    NAME.formatted("e.from_session"),
                    NAME.formatted("e.to_session"),
                    NAME.formatted("{?by}"));

    private static final String READ = """
            SELECT id, happened_at, type, lease, partitions, token, session_id, client_id, from_session_id, from_client_id,
                to_session_id, to_client_id, by_session_id, by_client_id, cause, principal, detail
            FROM {event}
            WHERE id < {?before} %s
            ORDER BY id DESC
            LIMIT {?limit}
            """;

    private static final String READ_ALL = READ.formatted("");
    private static final String READ_LEASE = READ.formatted("AND lease = {?lease}");
    private static final String READ_SESSION = READ.formatted("AND session_id = {?session}");

    private static final int TRIMMED_AT_ONCE = 1_000;

    /**
     * Looks at the oldest rows only, found by their ids, because the time has no index. The order of the ids can differ from
     * that of the times by as much as the database's clock was set back; such rows are deleted a little later.
     */
    private static final String TRIM = """
            DELETE FROM {event}
            WHERE id IN (
                SELECT id FROM (SELECT id, happened_at FROM {event} ORDER BY id LIMIT {?atOnce}) oldest
                WHERE happened_at < clock_timestamp() - {?retention} * interval '1 microsecond'
            ) {andSettings}
            """;

    private final Duration retention;

    PostgresHistory(Duration retention) {
        this.retention = retention;
    }

    /** Returns whether there is a history. */
    boolean isKept() {
        return !retention.isZero();
    }

    /** Adds the parts that make a statement add an event, or are empty if there is no history. */
    SqlParts addTo(SqlParts parts) {
        return parts.fragment("recordOpened", isKept() ? OPENED : "")
                .fragment("recordMarkedDead", isKept() ? MARKED_DEAD : "")
                .fragment("recordEnded", isKept() ? ENDED : "")
                .fragment("recordIncarnation", isKept() ? INCARNATION_FOUND : "");
    }

    /** Sets the parameters of {@link #RECORD}. */
    static SqlStatement set(SqlStatement statement, long by, List<NewEvent> events) {
        return statement
                .set("by", by)
                .set("types", texts(events, event -> event.type().word()))
                .set("eventLeases", texts(events, NewEvent::lease))
                .set("partitions", texts(events, event -> event.partitions().toRanges()))
                .set("subjects", ids(events, NewEvent::session))
                .set("froms", ids(events, NewEvent::from))
                .set("tos", ids(events, NewEvent::to))
                .set(
                        "causes",
                        texts(
                                events,
                                event -> event.cause() == null
                                        ? null
                                        : event.cause().word()))
                .set("principals", texts(events, NewEvent::principal))
                .set("details", texts(events, NewEvent::detail));
    }

    private static String[] texts(List<NewEvent> events, Function<NewEvent, @Nullable String> value) {
        return events.stream().map(value).toArray(String[]::new);
    }

    private static Long[] ids(List<NewEvent> events, ToLongFunction<NewEvent> value) {
        return events.stream().mapToLong(value).boxed().toArray(Long[]::new);
    }

    List<HistoryEvent> read(OpenConnection open, HistoryQuery query) throws SQLException {
        SqlStatement statement;
        if (query.lease() != null) {
            statement = open.sql(READ_LEASE).set("lease", query.lease());
        } else if (query.session().isPresent()) {
            statement = open.sql(READ_SESSION).set("session", query.session().getAsLong());
        } else {
            statement = open.sql(READ_ALL);
        }
        return statement
                .set("before", query.before().orElse(Long.MAX_VALUE))
                .set("limit", query.limit())
                .query(row -> {
                    List<HistoryEvent> events = new ArrayList<>();
                    while (row.next()) {
                        events.add(event(row));
                    }
                    return events;
                });
    }

    private static HistoryEvent event(ResultSet row) throws SQLException {
        String cause = row.getString("cause");
        OptionalLong token = number(row, "token");
        return new HistoryEvent(
                row.getLong("id"),
                SqlStatement.instant(row, "happened_at"),
                HistoryEvent.Type.ofWord(row.getString("type")),
                row.getString("lease"),
                partitions(row.getString("partitions")),
                token.isPresent() ? token.getAsLong() : null,
                party(row, "session_id", "client_id"),
                party(row, "from_session_id", "from_client_id"),
                party(row, "to_session_id", "to_client_id"),
                party(row, "by_session_id", "by_client_id"),
                cause == null ? null : Cause.ofWord(cause),
                row.getString("principal"),
                row.getString("detail"));
    }

    private static @Nullable Party party(ResultSet row, String session, String client) throws SQLException {
        OptionalLong id = number(row, session);
        return id.isPresent() ? new Party(id.getAsLong(), row.getString(client)) : null;
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
    }

    private static PartitionSet partitions(@Nullable String ranges) {
        BitSet bits = new BitSet();
        if (ranges != null) {
            for (String range : ranges.split(",", -1)) {
                int dash = range.indexOf('-');
                int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
                bits.set(first, last + 1);
            }
        }
        return PartitionSet.of(bits);
    }

    /** Deletes some of the events that are older than the retention. Returns whether more may be left. */
    boolean trim(OpenConnection open) throws SQLException {
        int deleted = open.sql(TRIM)
                .set("atOnce", TRIMMED_AT_ONCE)
                .set("retention", retention)
                .update();
        return deleted == TRIMMED_AT_ONCE;
    }
}
