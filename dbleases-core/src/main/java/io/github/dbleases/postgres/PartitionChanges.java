package io.github.dbleases.postgres;

import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/** Writes changes of partitions: one statement for those that take a partition over, one for those that ask for it. */
final class PartitionChanges {

    private static final String WANTED = """
            unnest(?::int[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
                AS w (partition, owner, pending, token, receiver, above)
            """;

    private static final String AS_READ = """
            p.lease = ? AND p.partition = w.partition AND coalesce(p.session_id, 0) = w.owner
                AND coalesce(p.pending_session_id, 0) = w.pending AND p.token = w.token
            """;

    /**
     * An update alone does not conflict with the FOR KEY SHARE of a fenced transaction, so the rows are locked first, and
     * those on which such a transaction is open are skipped. A token is larger than any before, even if the clock of the
     * database was set back.
     */
    private static final String TAKE_OVER = """
            WITH locked AS (
                SELECT p.partition, w.receiver, w.above FROM {partition} p, %s WHERE %s
                ORDER BY p.partition
                FOR UPDATE OF p SKIP LOCKED
            )
            UPDATE {partition} p
            SET session_id = nullif(l.receiver, 0), pending_session_id = NULL, since = clock_timestamp(),
                token = CASE l.receiver WHEN 0 THEN p.token ELSE greatest(
                    p.token + 1, l.above + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) END
            FROM locked l WHERE p.lease = ? AND p.partition = l.partition
            RETURNING p.partition
            """.formatted(WANTED, AS_READ);

    /** Does not conflict with a fenced transaction. */
    private static final String ASK = """
            UPDATE {partition} p SET pending_session_id = nullif(w.receiver, 0) FROM %s WHERE %s
            RETURNING p.partition
            """.formatted(WANTED, AS_READ);

    private final String takeOver;
    private final String ask;

    PartitionChanges(Tables tables) {
        this.takeOver = tables.in(TAKE_OVER);
        this.ask = tables.in(ASK);
    }

    /**
     * Returns the changes that were written.
     *
     * @param tokenFloor what new tokens exceed
     */
    List<Change> apply(Connection jdbc, String lease, List<Change> changes, long tokenFloor) throws SQLException {
        Set<Integer> written = new HashSet<>();
        List<Change> takingOver =
                changes.stream().filter(PartitionChanges::takesOver).toList();
        List<Change> asking =
                changes.stream().filter(change -> !takesOver(change)).toList();
        if (!takingOver.isEmpty()) {
            try (PreparedStatement statement = prepare(jdbc, takeOver, lease, takingOver, tokenFloor)) {
                statement.setString(8, lease);
                collect(statement, written);
            }
        }
        if (!asking.isEmpty()) {
            try (PreparedStatement statement = prepare(jdbc, ask, lease, asking, tokenFloor)) {
                collect(statement, written);
            }
        }
        return changes.stream()
                .filter(change -> written.contains(change.before().number()))
                .toList();
    }

    private static boolean takesOver(Change change) {
        return change instanceof Change.Grant || change instanceof Change.Vacate;
    }

    private static PreparedStatement prepare(
            Connection jdbc, String sql, String lease, List<Change> changes, long tokenFloor) throws SQLException {
        return Jdbc.prepare(
                jdbc,
                sql,
                changes.stream().map(change -> change.before().number()).toArray(Integer[]::new),
                column(changes, change -> change.before().owner()),
                column(changes, change -> change.before().pending()),
                column(changes, change -> change.before().token()),
                column(changes, PartitionChanges::receiver),
                column(
                        changes,
                        change -> change instanceof Change.Grant grant ? Math.max(grant.above(), tokenFloor) : 0),
                lease);
    }

    private static Long[] column(List<Change> changes, ToLongFunction<Change> value) {
        return changes.stream().mapToLong(value).boxed().toArray(Long[]::new);
    }

    private static long receiver(Change change) {
        if (change instanceof Change.Grant grant) {
            return grant.to();
        }
        return change instanceof Change.Move move ? move.to() : Snapshot.NO_SESSION;
    }

    private static void collect(PreparedStatement statement, Set<Integer> written) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                written.add(row.getInt(1));
            }
        }
    }
}
