package io.github.dbleases.postgres.tasks;

import io.github.dbleases.internal.jdbc.Sql;
import io.github.dbleases.internal.jdbc.SqlParts;
import io.github.dbleases.postgres.tasks.Identifiers.Order;
import io.github.dbleases.postgres.tasks.Identifiers.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names, conditions and assignments of one task table, for the statements on it. In a statement, <code>{name}</code>
 * stands for one of these, and <code>{?name}</code> for a parameter.
 */
final class TableSql {

    /** The values in which other values and parameters are named. The values of the user may have braces of their own. */
    private static final Set<String> FRAGMENTS = Set.of("from", "isDue", "isFresh", "isRetry");

    private final Map<String, String> values = new HashMap<>();
    private final SqlParts parts = new SqlParts();

    TableSql(TaskTable table, List<TableName> sessions, ColumnTypes types) {
        String name = TableName.of(table.name()).sql();
        String session = Identifiers.quoted(table.sessionColumn());
        String id = Identifiers.quoted(table.idColumn());
        values.put("table", name);
        values.put("name", name.replace("'", "''"));
        values.put("sessions", sessions.get(0).sql());
        values.put(
                "live",
                sessions.stream()
                        .map(one -> "SELECT id FROM %s WHERE state = 'live'".formatted(one.sql()))
                        .collect(Collectors.joining(" UNION ALL ")));
        values.put("id", id);
        values.put("session", session);
        values.put("type", types.id());
        values.put("ids", types.idParameter());
        // On lines of its own, because it may end with a comment.
        values.put("pending", table.pending() == null ? "" : "(\n" + table.pending() + "\n) AND");
        values.put("created", table.createdColumn() == null ? "NULL" : Identifiers.quoted(table.createdColumn()));
        values.put(
                "finish",
                table.deletes()
                        ? "DELETE FROM " + name
                        : "UPDATE " + name + " SET\n" + table.finish() + "\n, " + session + " = NULL");
        putOrder(table, id);
        putFailures(table.failures(), types, id);
        values.forEach((part, value) -> {
            if (FRAGMENTS.contains(part)) {
                parts.fragment(part, value);
            } else {
                parts.text(part, value);
            }
        });
    }

    private void putOrder(TaskTable table, String id) {
        List<Order> orders = new ArrayList<>(table.orders());
        String due = table.failures().dueColumn();
        if (orders.isEmpty()) {
            if (due != null) {
                orders.add(new Order(due, ""));
            }
            orders.add(new Order(table.idColumn(), ""));
        }
        values.put("order", orders.stream().map(order -> order.sql("")).collect(Collectors.joining(", ")));
        values.put(
                "reversedOrder",
                orders.stream().map(order -> order.reversed().sql("")).collect(Collectors.joining(", ")));
        values.put(
                "claimedOrder",
                table.orders().isEmpty()
                        ? ""
                        : "ORDER BY "
                                + orders.stream()
                                        .map(order -> order.sql("dbleases_claimed."))
                                        .collect(Collectors.joining(", ")));
        values.put(
                "from",
                due == null
                        ? "AND %s >= {?from}::text::{type}".formatted(id)
                        : "AND (%s, %s) >= ({?fromDue}::text::timestamptz, {?from}::text::{type})"
                                .formatted(Identifiers.quoted(due), id));
        values.put("dueText", due == null ? "NULL::text" : Identifiers.quoted(due) + "::text");
    }

    private void putFailures(TaskTable.Failures failures, ColumnTypes types, String id) {
        String attempts = failures.attemptsColumn() == null ? null : Identifiers.quoted(failures.attemptsColumn());
        String error = failures.errorColumn() == null ? null : Identifiers.quoted(failures.errorColumn());
        String due = failures.dueColumn() == null ? null : Identifiers.quoted(failures.dueColumn());
        int max = failures.maxAttempts();
        values.put(
                "isDue",
                due == null
                        ? id + " NOT IN (SELECT unnest({?resting}::{ids}::{type}[]))"
                        : due + " <= statement_timestamp()");
        if (attempts == null) {
            values.put("isFresh", id + " NOT IN (SELECT unnest({?failedBefore}::{ids}::{type}[]))");
            values.put("isRetry", id + " = ANY ({?failedBefore}::{ids}::{type}[])");
        } else {
            values.put("isFresh", attempts + " = 0");
            values.put("isRetry", attempts + " > 0" + (max > 0 ? " AND %s < %d".formatted(attempts, max) : ""));
        }
        values.put("isLast", isLast(failures, attempts));
        StringBuilder freed = new StringBuilder();
        StringBuilder givenUp = new StringBuilder();
        if (attempts != null) {
            freed.append(", %1$s = %1$s + CASE dbleases_verdict WHEN 'POSTPONE' THEN 0 ELSE 1 END".formatted(attempts));
            givenUp.append(
                    failures.giveUp() == null
                            ? ", %1$s = greatest(%1$s + 1, %2$d)".formatted(attempts, max)
                            : ", %1$s = %1$s + 1".formatted(attempts));
        }
        if (error != null) {
            freed.append(", %1$s = CASE dbleases_verdict WHEN 'POSTPONE' THEN %1$s ELSE dbleases_error::%2$s END"
                    .formatted(error, types.error()));
            givenUp.append(", %s = dbleases_error::%s".formatted(error, types.error()));
        }
        if (due != null) {
            freed.append(", %s = clock_timestamp() + dbleases_millis * interval '1 ms'".formatted(due));
        }
        if (failures.giveUp() != null) {
            givenUp.append(",\n").append(failures.giveUp()).append('\n');
        }
        values.put("freed", freed.toString());
        values.put("givenUp", givenUp.toString());
    }

    /** Whether a failure is the last one of its task. */
    private static String isLast(TaskTable.Failures failures, @Nullable String attempts) {
        List<String> reasons = new ArrayList<>();
        if (failures.canGiveUp()) {
            reasons.add("dbleases_verdict = 'GIVE_UP'");
        }
        if (attempts != null && failures.maxAttempts() > 0) {
            reasons.add("(dbleases_verdict = 'RETRY' AND %s + 1 >= %d)".formatted(attempts, failures.maxAttempts()));
        }
        return reasons.isEmpty() ? "false" : "(" + String.join(" OR ", reasons) + ")";
    }

    /** Returns a statement with the values in it. */
    Sql statement(String template) {
        return parts.fill(template);
    }

    String value(String name) {
        return Objects.requireNonNull(values.get(name), () -> "No value of " + name);
    }
}
