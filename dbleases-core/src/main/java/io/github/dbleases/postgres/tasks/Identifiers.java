package io.github.dbleases.postgres.tasks;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.internal.jdbc.SqlIdentifiers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names as they are written in the settings and as they are written in SQL. */
final class Identifiers {

    /** PostgreSQL cuts off what is longer. */
    private static final int LONGEST = 63;

    /** A column, bare or in double quotes, and how it is sorted. */
    private static final Pattern ORDER_ITEM = Pattern.compile(
            "\\s*(?:\"((?:[^\"]|\"\")+)\"|([^\\s\",()';]+))(?:\\s+(asc|desc))?(?:\\s+nulls\\s+(first|last))?\\s*",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern COMMA_OUTSIDE_QUOTES = Pattern.compile(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");

    private Identifiers() {}

    static String quoted(String identifier) {
        return SqlIdentifiers.quoted(identifier);
    }

    /**
     * The name of a table.
     *
     * @param schema null if the search path finds it
     */
    record TableName(@Nullable String schema, String table) {

        /** Splits a name at its first dot. */
        static TableName of(String name) {
            int dot = name.indexOf('.');
            return dot < 0 ? new TableName(null, name) : new TableName(name.substring(0, dot), name.substring(dot + 1));
        }

        String sql() {
            return schema == null ? quoted(table) : quoted(schema) + "." + quoted(table);
        }
    }

    /** A column by which tasks are sorted, and how. */
    record Order(String column, String direction) {

        String sql(String qualifier) {
            return qualifier + quoted(column) + direction;
        }

        /** Returns the opposite order. */
        Order reversed() {
            boolean descending = direction.contains(" DESC");
            boolean nullsFirst = direction.contains(" NULLS") ? direction.contains(" FIRST") : descending;
            return new Order(column, (descending ? " ASC" : " DESC") + (nullsFirst ? " NULLS LAST" : " NULLS FIRST"));
        }
    }

    /** Reads {@code orderBy}. */
    static List<Order> orders(String orderBy) {
        List<Order> orders = new ArrayList<>();
        for (String item : COMMA_OUTSIDE_QUOTES.split(orderBy, -1)) {
            Matcher matcher = ORDER_ITEM.matcher(item);
            if (!matcher.matches()) {
                throw new InvalidConfigurationException(
                        ("orderBy is '%s', but must be columns with commas between them, each with asc or desc, and nulls "
                                        + "first or nulls last, if need be: '%s' is none.")
                                .formatted(orderBy, item.strip()),
                        "Name columns only; an expression can be a generated column of the table.",
                        "orderBy");
            }
            String quoted = matcher.group(1);
            String column = quoted != null ? quoted.replace("\"\"", "\"") : matcher.group(2);
            requireName("orderBy", column);
            String direction = matcher.group(3) == null ? "" : " " + matcher.group(3);
            String nulls = matcher.group(4) == null ? "" : " nulls " + matcher.group(4);
            orders.add(new Order(column, (direction + nulls).toUpperCase(Locale.ROOT)));
        }
        return orders;
    }

    static void requireName(String setting, String name) {
        if (name.isBlank()
                || name.getBytes(StandardCharsets.UTF_8).length > LONGEST
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidConfigurationException(
                    "%s is '%s', but must be a name of 1 to %d bytes without control characters."
                            .formatted(setting, name, LONGEST),
                    "Set %s to the name in the database.".formatted(setting),
                    setting);
        }
    }
}
