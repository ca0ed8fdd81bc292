package io.github.dbleases.postgres.tasks;

import io.github.dbleases.InvalidTaskTableException;
import io.github.dbleases.internal.jdbc.SqlParts;
import io.github.dbleases.internal.jdbc.SqlState;
import io.github.dbleases.postgres.tasks.Exchange.Kind;
import io.github.dbleases.postgres.tasks.Exchange.Start;
import io.github.dbleases.postgres.tasks.Identifiers.Order;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes PostgreSQL plan the statements on a table, and checks the plans. Nothing is executed. */
final class StatementCheck {

    private static final String PENDING = "SELECT FROM %s WHERE (\n%s\n)";
    private static final String SET = "UPDATE %s SET\n%s\n, %s = NULL";

    /** Makes the planner use an index wherever it can, so that the present size of the table does not matter. */
    private static final String ONLY_INDEXES =
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off";

    /** What a claim searches. Without a lock: only then the planner sees that a partial index implies the condition. */
    private static final String CLAIMABLE = """
            SELECT ctid FROM {table}
            WHERE {isPending} AND {kind} AND {isDue} AND {isFree}
            ORDER BY {order} LIMIT 100
            """;

    private static final String IS_PARTIAL = """
            SELECT i.indpred IS NOT NULL FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = to_regclass(?) AND c.relname = ?
            """;

    private static final Pattern INDEX_SCAN = Pattern.compile("Index (?:Only )?Scan (?:Backward )?using (.+) on ");
    private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"]|\"\")*\"");

    private final Connection connection;
    private final TaskTable table;
    private final String sql;
    private final SqlParts tableSql;
    private final Exchange exchange;

    StatementCheck(Connection connection, TaskTable table, SqlParts tableSql, Exchange exchange) {
        this.connection = connection;
        this.table = table;
        this.sql = Identifiers.TableName.of(table.name()).sql();
        this.tableSql = tableSql;
        this.exchange = exchange;
    }

    /**
     * Plans all statements.
     *
     * @param further one more statement
     * @throws InvalidTaskTableException with PostgreSQL's message, if it cannot plan one of them
     */
    void run(String further) throws SQLException {
        if (table.pending() != null) {
            plan("pending", table.pending(), PENDING.formatted(sql, table.pending()));
        }
        String session = Identifiers.quoted(table.sessionColumn());
        if (!table.deletes()) {
            plan("finish", table.finish(), SET.formatted(sql, table.finish(), session));
        }
        String giveUp = table.failures().giveUp();
        if (giveUp != null) {
            plan("giveUp", giveUp, SET.formatted(sql, giveUp, session));
        }
        Start from = table.orders().isEmpty() ? Start.FROM : Start.FIRST;
        plan(
                null,
                table.name(),
                exchange.statement(new Kind(true, true, true, true, true, from), 0)
                        .text());
        plan(
                null,
                table.name(),
                exchange.statement(new Kind(false, false, true, true, true, Start.LAST), 0)
                        .text());
        plan(null, table.name(), further);
    }

    /** Returns what to do if claims read and sort all pending rows, empty if they don't. */
    Optional<String> missingIndex() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(ONLY_INDEXES);
        }
        boolean attempts = table.failures().attemptsColumn() != null;
        boolean served = isServed("{isFresh}") && (!attempts || isServed("{isRetry}"));
        return served ? Optional.empty() : Optional.of(advice());
    }

    /** Returns whether an index has the tasks of a kind in their order, and only pending ones. */
    private boolean isServed(String kind) throws SQLException {
        String index = null;
        for (String line :
                explain(tableSql.fill(CLAIMABLE, Map.of("kind", kind)).text())) {
            Matcher scan = INDEX_SCAN.matcher(line);
            if (line.contains("Sort")) {
                return false;
            }
            if (index == null && scan.find()) {
                index = scan.group(1);
            }
        }
        return index != null && (table.pending() == null || isPartial(index));
    }

    private String advice() throws SQLException {
        String due = table.failures().dueColumn();
        List<Order> columns = new ArrayList<>(table.orders());
        if (due != null) {
            columns.add(new Order(due, ""));
        }
        if (table.orders().isEmpty()) {
            columns.add(new Order(table.idColumn(), ""));
        }
        if (!isImmutable()) {
            return ("pending is '%s', which depends on the time, so it cannot be the condition of an index. Leave that part"
                            + " out, and set dueColumn to the column that it compares.")
                    .formatted(table.pending());
        }
        String on = columns.stream().map(order -> order.sql("")).collect(Collectors.joining(", "));
        String condition =
                table.pending() == null ? "" : " WHERE " + table.pending().strip();
        return "Create it: CREATE INDEX CONCURRENTLY ON %s (%s)%s;".formatted(sql, on, condition);
    }

    /** Tries the condition in an index on an empty copy of the table. */
    private boolean isImmutable() throws SQLException {
        if (table.pending() == null) {
            return true;
        }
        Savepoint before = connection.setSavepoint();
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE dbleases_probe (LIKE %s)".formatted(sql));
            statement.execute("CREATE INDEX ON dbleases_probe (%s) WHERE (%n%s%n)"
                    .formatted(Identifiers.quoted(table.idColumn()), table.pending()));
            return true;
        } catch (SQLException refused) {
            // It stays unknown without the privilege to create the copy.
            return SqlState.of(refused) != SqlState.INVALID_OBJECT_DEFINITION;
        } finally {
            connection.rollback(before);
        }
    }

    private String grant() throws SQLException {
        String user = Identifiers.quoted(connection.getMetaData().getUserName());
        return "GRANT SELECT, UPDATE%s ON %s TO %s; GRANT SELECT ON %s TO %s;"
                .formatted(
                        table.deletes() ? ", DELETE" : "",
                        sql,
                        user,
                        tableSql.fill("{sessions}").text(),
                        user);
    }

    private boolean isPartial(String index) throws SQLException {
        String name =
                index.startsWith("\"") ? index.substring(1, index.length() - 1).replace("\"\"", "\"") : index;
        try (PreparedStatement statement = connection.prepareStatement(IS_PARTIAL)) {
            statement.setString(1, sql);
            statement.setString(2, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private void plan(@Nullable String property, String value, String statement) throws SQLException {
        try {
            explain(statement);
        } catch (SQLException e) {
            throw invalid(property, value, e);
        }
    }

    private RuntimeException invalid(@Nullable String property, String value, SQLException e) throws SQLException {
        if (SqlState.of(e) == SqlState.INSUFFICIENT_PRIVILEGE) {
            return new InvalidTaskTableException(
                    "PostgreSQL denies the access to table %s: %s.".formatted(sql, e.getMessage()),
                    "Grant the missing privileges to the user of the queue: " + grant());
        }
        // Only errors of syntax, types and values are caused by the settings.
        if (!SqlState.startsWith(e, "42", "22", "0A")) {
            throw e;
        }
        return property == null
                ? new InvalidTaskTableException(
                        "PostgreSQL cannot plan the statements on table %s: %s.".formatted(sql, e.getMessage()),
                        "Change the table, or the settings that name its columns.")
                : new InvalidTaskTableException(
                        "%s is '%s', which PostgreSQL rejects: %s.".formatted(property, value, e.getMessage()),
                        "Set %s to valid SQL on the columns of table %s.".formatted(property, sql));
    }

    /** All parameters are null: the plans don't depend on them. */
    private List<String> explain(String statement) throws SQLException {
        try (PreparedStatement prepared = connection.prepareStatement("EXPLAIN " + statement)) {
            int parameters = (int) QUOTED.matcher(statement)
                    .replaceAll("")
                    .chars()
                    .filter(c -> c == '?')
                    .count();
            for (int i = 1; i <= parameters; i++) {
                prepared.setObject(i, null);
            }
            try (ResultSet row = prepared.executeQuery()) {
                List<String> lines = new ArrayList<>();
                while (row.next()) {
                    lines.add(row.getString(1));
                }
                return lines;
            }
        }
    }
}
