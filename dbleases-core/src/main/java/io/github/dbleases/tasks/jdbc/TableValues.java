package io.github.dbleases.tasks.jdbc;

import io.github.dbleases.tasks.jdbc.Identifiers.Order;
import io.github.dbleases.tasks.jdbc.Identifiers.TableName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What stands in the statements for the names in braces: the names, conditions and assignments of one table.
 *
 * @param values by name; may hold braces themselves, as names and conditions of the user may
 */
record TableValues(Map<String, String> values) {

    private static final Pattern NAME = Pattern.compile("\\{(\\w+)}");

    static TableValues of(TaskTable table, LeaseTables leases, ColumnTypes types) {
        String name = TableName.of(table.name()).sql();
        String session = Identifiers.quoted(table.sessionColumn());
        return new TableValues(Map.ofEntries(
                Map.entry("table", name),
                Map.entry("name", name.replace("'", "''")),
                Map.entry("sessions", leases.session().sql()),
                Map.entry("id", Identifiers.quoted(table.idColumn())),
                Map.entry("session", session),
                Map.entry("type", types.id()),
                Map.entry("ids", types.idParameter()),
                Map.entry("pending", pending(table)),
                Map.entry("order", order(table, "")),
                Map.entry("claimedOrder", order(table, "dbleases_claimed.")),
                Map.entry(
                        "created", table.createdColumn() == null ? "NULL" : Identifiers.quoted(table.createdColumn())),
                Map.entry("failure", failure(table.attempts(), types, session)),
                Map.entry(
                        "finish",
                        table.deletes()
                                ? "DELETE FROM " + name
                                : "UPDATE " + name + " SET\n" + table.finish() + "\n, " + session + " = NULL")));
    }

    /** Returns a statement with the values in it. */
    String in(String sql) {
        // In one pass, as the values may hold braces.
        return NAME.matcher(sql)
                .replaceAll(name -> Matcher.quoteReplacement(
                        Objects.requireNonNull(values.get(name.group(1)), () -> "No value of " + name.group())));
    }

    /** A condition that another one follows: empty, or with AND at its end. */
    private static String pending(TaskTable table) {
        StringBuilder pending = new StringBuilder();
        if (table.pending() != null) {
            // On lines of its own, because it may end with a comment.
            pending.append("(\n").append(table.pending()).append("\n) AND ");
        }
        TaskTable.Attempts attempts = table.attempts();
        if (attempts.column() != null && attempts.max() > 0) {
            pending.append("(%1$s IS NULL OR %1$s < %2$d) AND "
                    .formatted(Identifiers.quoted(attempts.column()), attempts.max()));
        }
        return pending.toString();
    }

    private static String failure(TaskTable.Attempts attempts, ColumnTypes types, String session) {
        StringBuilder set = new StringBuilder();
        if (attempts.errorColumn() != null) {
            set.append(
                    "%s = dbleases_error::%s, ".formatted(Identifiers.quoted(attempts.errorColumn()), types.error()));
        }
        if (attempts.column() == null) {
            return set.append("%1$s = %1$s".formatted(session)).toString();
        }
        String count = "coalesce(%s, 0) + 1".formatted(Identifiers.quoted(attempts.column()));
        set.append("%s = %s, ".formatted(Identifiers.quoted(attempts.column()), count));
        String kept = attempts.max() > 0
                ? "CASE WHEN %s < %d THEN %s END".formatted(count, attempts.max(), session)
                : session;
        return set.append("%s = %s".formatted(session, kept)).toString();
    }

    private static String order(TaskTable table, String qualifier) {
        List<Order> orders = table.orders();
        return orders.isEmpty()
                ? qualifier + Identifiers.quoted(table.idColumn())
                : orders.stream().map(order -> order.sql(qualifier)).collect(Collectors.joining(", "));
    }
}
