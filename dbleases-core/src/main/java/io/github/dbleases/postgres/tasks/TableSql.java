package io.github.dbleases.postgres.tasks;

import io.github.dbleases.postgres.tasks.Identifiers.Order;
import io.github.dbleases.postgres.tasks.Identifiers.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The SQL of one task table: its names, conditions and assignments, which statements refer to as <code>{name}</code>. A
 * statement refers to a parameter as <code>{?name}</code>.
 *
 * <p>Names and settings of the application are inserted as they are, even if they contain braces. Conditions that are built
 * here can refer to names and parameters themselves.
 */
final class TableSql {

    private static final Pattern PLACE = Pattern.compile("\\{(\\??)(\\w+)}");

    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, String> fragments = new HashMap<>();

    TableSql(TaskTable table, List<TableName> sessions, ColumnTypes types) {
        String name = TableName.of(table.name()).sql();
        texts.put("table", name);
        texts.put("name", name.replace("'", "''"));
        texts.put("id", Identifiers.quoted(table.idColumn()));
        texts.put("type", types.id());
        texts.put("ids", types.idParameter());
        texts.put("session", Identifiers.quoted(table.sessionColumn()));
        texts.put("sessions", sessions.get(0).sql());
        texts.put("created", table.createdColumn() == null ? "NULL" : Identifiers.quoted(table.createdColumn()));
        texts.put("isPending", table.pending() == null ? "true" : "(" + ended(table.pending()) + ")");
        texts.put("finish", table.finish());
        fragments.put(
                "finishWhere",
                table.deletes() ? "DELETE FROM {table}" : "UPDATE {table} SET {session} = NULL,\n        {finish}");
        texts.put(
                "liveSessions",
                sessions.stream()
                        .map(one -> "SELECT id FROM %s WHERE state = 'live'".formatted(one.sql()))
                        .collect(Collectors.joining(" UNION ALL ")));
        fragments.put("isFree", "({session} IS NULL OR {session} NOT IN ({liveSessions}))");
        fragments.put("isLive", "EXISTS (SELECT FROM {sessions} WHERE id = {?session} AND state = 'live')");
        putOrder(table);
        putFailures(table.failures(), types);
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
        texts.put("order", list(orders, order -> order.sql("")));
        texts.put("reversedOrder", list(orders, order -> order.reversed().sql("")));
        texts.put(
                "orderOfClaimed",
                table.orders().isEmpty() ? "" : "ORDER BY " + list(orders, order -> order.sql("dbleases_claimed.")));
        fragments.put(
                "isNotBefore",
                due == null
                        ? "{id} >= {?from}::text::{type}"
                        : "({due}, {id}) >= ({?fromDue}::text::timestamptz, {?from}::text::{type})");
        fragments.put("dueText", due == null ? "NULL::text" : "{due}::text");
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
            fragments.put("isFresh", "{id} NOT IN (SELECT unnest({?failedBefore}::{ids}::{type}[]))");
            fragments.put("isRetry", "{id} = ANY ({?failedBefore}::{ids}::{type}[])");
            fragments.put("hasAttemptsLeft", "true");
        } else {
            texts.put("attempts", Identifiers.quoted(failures.attemptsColumn()));
            texts.put("maxAttempts", Integer.toString(failures.maxAttempts()));
            fragments.put("isFresh", "{attempts} = 0");
            freed.append(
                    ",\n        {attempts} = {attempts} + CASE dbleases_verdict WHEN 'POSTPONE' THEN 0 ELSE 1 END");
            if (failures.maxAttempts() == 0) {
                fragments.put("isRetry", "{attempts} > 0");
                fragments.put("hasAttemptsLeft", "true");
            } else {
                fragments.put("isRetry", "{attempts} > 0 AND {attempts} < {maxAttempts}");
                fragments.put("hasAttemptsLeft", "{attempts} < {maxAttempts}");
                reasonsToGiveUp.add("(dbleases_verdict = 'RETRY' AND {attempts} + 1 >= {maxAttempts})");
            }
            givenUp.append(
                    failures.giveUp() == null
                            ? ",\n        {attempts} = greatest({attempts} + 1, {maxAttempts})"
                            : ",\n        {attempts} = {attempts} + 1");
        }
        if (failures.errorColumn() != null) {
            texts.put("error", Identifiers.quoted(failures.errorColumn()));
            texts.put("errorType", types.error());
            freed.append(",\n        {error} = CASE dbleases_verdict WHEN 'POSTPONE' THEN {error} ELSE"
                    + " dbleases_error::{errorType} END");
            givenUp.append(",\n        {error} = dbleases_error::{errorType}");
        }
        if (failures.dueColumn() == null) {
            fragments.put("isDue", "{id} NOT IN (SELECT unnest({?excluded}::{ids}::{type}[]))");
            fragments.put("isDueByTable", "true");
        } else {
            texts.put("due", Identifiers.quoted(failures.dueColumn()));
            fragments.put("isDue", "{due} <= statement_timestamp()");
            fragments.put("isDueByTable", "{due} <= statement_timestamp()");
            freed.append(",\n        {due} = clock_timestamp() + dbleases_millis * interval '1 ms'");
        }
        if (failures.giveUp() != null) {
            texts.put("giveUp", failures.giveUp());
            givenUp.append(",\n        {giveUp}");
        }
        fragments.put(
                "isGivenUp", reasonsToGiveUp.isEmpty() ? "false" : "(" + String.join(" OR ", reasonsToGiveUp) + ")");
        fragments.put("freed", freed.toString());
        fragments.put("givenUp", givenUp.toString());
    }

    /**
     * A statement that is ready to be prepared.
     *
     * @param sql with a question mark for each parameter
     * @param parameters the names of the parameters, in the order of their question marks
     */
    record Statement(String sql, List<String> parameters) {}

    Statement statement(String template) {
        return statement(template, Map.of());
    }

    /** Returns a statement, in which further fragments take precedence over those of the table. */
    Statement statement(String template, Map<String, String> further) {
        StringBuilder sql = new StringBuilder();
        List<String> parameters = new ArrayList<>();
        append(template, further, sql, parameters);
        return new Statement(sql.toString(), List.copyOf(parameters));
    }

    private void append(String template, Map<String, String> further, StringBuilder sql, List<String> parameters) {
        Matcher place = PLACE.matcher(template);
        int done = 0;
        while (place.find()) {
            sql.append(template, done, place.start());
            done = place.end();
            String name = place.group(2);
            String fragment = further.containsKey(name) ? further.get(name) : fragments.get(name);
            if (!place.group(1).isEmpty()) {
                sql.append('?');
                parameters.add(name);
            } else if (fragment != null) {
                append(fragment, further, sql, parameters);
            } else {
                sql.append(text(name));
            }
        }
        sql.append(template, done, template.length());
    }

    /** Returns a name or setting of the table. */
    String text(String name) {
        String text = texts.get(name);
        if (text == null) {
            throw new IllegalArgumentException("There is no SQL for {%s}".formatted(name));
        }
        return text;
    }
}
