package io.github.dbleases.postgres.tasks;

import io.github.dbleases.internal.jdbc.SqlParts;
import io.github.dbleases.postgres.tasks.Identifiers.Order;
import io.github.dbleases.postgres.tasks.Identifiers.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The SQL of one task table: its names, conditions and assignments, as parts of statements. Names and settings of the
 * application are inserted as they are, even if they contain braces. The conditions that are built here refer to other parts.
 */
final class TableSql {

    private final SqlParts parts = new SqlParts();

    /** Returns the parts of statements on a table. */
    static SqlParts of(TaskTable table, List<TableName> sessions, ColumnTypes types) {
        return new TableSql(table, sessions, types).parts;
    }

    private TableSql(TaskTable table, List<TableName> sessions, ColumnTypes types) {
        String name = TableName.of(table.name()).sql();
        parts.text("table", name);
        parts.text("name", name.replace("'", "''"));
        parts.text("id", Identifiers.quoted(table.idColumn()));
        parts.text("type", types.id());
        parts.text("ids", types.idParameter());
        parts.text("session", Identifiers.quoted(table.sessionColumn()));
        parts.text("sessions", sessions.get(0).sql());
        parts.text("created", table.createdColumn() == null ? "NULL" : Identifiers.quoted(table.createdColumn()));
        parts.text("waited", waited(table));
        parts.text("isPending", table.pending() == null ? "true" : "(" + ended(table.pending()) + ")");
        parts.text("finish", table.finish());
        parts.fragment(
                "finishWhere",
                table.deletes() ? "DELETE FROM {table}" : "UPDATE {table} SET {session} = NULL,\n        {finish}");
        parts.text(
                "liveSessions",
                sessions.stream()
                        .map(one -> "SELECT id FROM %s WHERE state = 'live'".formatted(one.sql()))
                        .collect(Collectors.joining(" UNION ALL ")));
        parts.fragment("isFree", "({session} IS NULL OR {session} NOT IN ({liveSessions}))");
        parts.fragment("isLive", "EXISTS (SELECT FROM {sessions} WHERE id = {?session} AND state = 'live')");
        putOrder(table);
        putFailures(table.failures(), types);
    }

    /** The seconds since a task was due, or was created. The difference of two timestamps would fail for an infinite one. */
    private static String waited(TaskTable table) {
        String since = table.failures().dueColumn() == null
                ? table.createdColumn()
                : table.failures().dueColumn();
        return since == null
                ? "NULL::float8"
                : "(extract(epoch FROM statement_timestamp()) - extract(epoch FROM dbleases_claimed.%s::timestamptz))::float8"
                        .formatted(Identifiers.quoted(since));
    }

    /** A condition of the application can end with a comment, which must not hide what follows. */
    private static String ended(String sql) {
        return sql.contains("--") ? sql + "\n" : sql;
    }

    private void putOrder(TaskTable table) {
        String due = table.failures().dueColumn();
        List<Order> orders = new ArrayList<>(table.orders());
        if (orders.isEmpty()) {
            if (due != null) {
                orders.add(new Order(due, ""));
            }
            orders.add(new Order(table.idColumn(), ""));
        }
        parts.text("order", list(orders, order -> order.sql("")));
        parts.text("reversedOrder", list(orders, order -> order.reversed().sql("")));
        parts.text(
                "orderOfClaimed",
                table.orders().isEmpty() ? "" : "ORDER BY " + list(orders, order -> order.sql("dbleases_claimed.")));
        parts.fragment(
                "isNotBefore",
                due == null
                        ? "{id} >= {?from}::text::{type}"
                        : "({due}, {id}) >= ({?fromDue}::text::timestamptz, {?from}::text::{type})");
        parts.fragment("dueText", due == null ? "NULL::text" : "{due}::text");
    }

    private static String list(List<Order> orders, Function<Order, String> sql) {
        return orders.stream().map(sql).collect(Collectors.joining(", "));
    }

    private void putFailures(TaskTable.Failures failures, ColumnTypes types) {
        StringBuilder freed = new StringBuilder();
        StringBuilder givenUp = new StringBuilder();
        List<String> reasonsToGiveUp = new ArrayList<>();
        if (failures.canGiveUp()) {
            reasonsToGiveUp.add("dbleases_verdict = 'GIVE_UP'");
        }
        if (failures.attemptsColumn() == null) {
            parts.fragment("isFresh", "{id} NOT IN (SELECT unnest({?failedBefore}::{ids}::{type}[]))");
            parts.fragment("isRetry", "{id} = ANY ({?failedBefore}::{ids}::{type}[])");
            parts.fragment("hasAttemptsLeft", "true");
        } else {
            parts.text("attempts", Identifiers.quoted(failures.attemptsColumn()));
            parts.text("maxAttempts", Integer.toString(failures.maxAttempts()));
            parts.fragment("isFresh", "{attempts} = 0");
            freed.append(
                    ",\n        {attempts} = {attempts} + CASE dbleases_verdict WHEN 'POSTPONE' THEN 0 ELSE 1 END");
            if (failures.maxAttempts() == 0) {
                parts.fragment("isRetry", "{attempts} > 0");
                parts.fragment("hasAttemptsLeft", "true");
            } else {
                parts.fragment("isRetry", "{attempts} > 0 AND {attempts} < {maxAttempts}");
                parts.fragment("hasAttemptsLeft", "{attempts} < {maxAttempts}");
                reasonsToGiveUp.add("(dbleases_verdict = 'RETRY' AND {attempts} + 1 >= {maxAttempts})");
            }
            givenUp.append(
                    failures.giveUp() == null
                            ? ",\n        {attempts} = greatest({attempts} + 1, {maxAttempts})"
                            : ",\n        {attempts} = {attempts} + 1");
        }
        if (failures.errorColumn() != null) {
            parts.text("error", Identifiers.quoted(failures.errorColumn()));
            parts.text("errorType", types.error());
            freed.append(",\n        {error} = CASE dbleases_verdict WHEN 'POSTPONE' THEN {error} ELSE"
                    + " dbleases_error::{errorType} END");
            givenUp.append(",\n        {error} = dbleases_error::{errorType}");
        }
        if (failures.dueColumn() == null) {
            parts.fragment("isDue", "{id} NOT IN (SELECT unnest({?excluded}::{ids}::{type}[]))");
            parts.fragment("isDueByTable", "true");
        } else {
            parts.text("due", Identifiers.quoted(failures.dueColumn()));
            parts.fragment("isDue", "{due} <= statement_timestamp()");
            parts.fragment("isDueByTable", "{due} <= statement_timestamp()");
            freed.append(",\n        {due} = clock_timestamp() + dbleases_millis * interval '1 ms'");
        }
        if (failures.giveUp() != null) {
            parts.text("giveUp", failures.giveUp());
            givenUp.append(",\n        {giveUp}");
        }
        parts.fragment(
                "isGivenUp", reasonsToGiveUp.isEmpty() ? "false" : "(" + String.join(" OR ", reasonsToGiveUp) + ")");
        parts.fragment("freed", freed.toString());
        parts.fragment("givenUp", givenUp.toString());
    }
}
