package io.github.dbleases.internal.jdbc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of SQL that differ between configurations and connections, by name. In a statement, <code>{name}</code> stands
 * for a part and <code>{?name}</code> for a parameter:
 *
 * <pre>
 *   UPDATE {session} SET weight = {?weight} WHERE id = {?id}
 * </pre>
 *
 * <p>Not thread-safe while parts are added.
 */
public final class SqlParts {

    private static final Pattern PLACE = Pattern.compile("\\{(\\??)(\\w+)}");

    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, String> fragments = new HashMap<>();

    /** Adds a part that is inserted as it is, whatever characters it contains. */
    public SqlParts text(String name, String text) {
        texts.put(name, text);
        return this;
    }

    /** Adds a part that can contain other parts and parameters. */
    public SqlParts fragment(String name, String fragment) {
        fragments.put(name, fragment);
        return this;
    }

    /**
     * Returns a statement with the parts inserted.
     *
     * @throws IllegalArgumentException if it names a part that is missing
     */
    public Sql fill(String statement) {
        return fill(statement, Map.of());
    }

    /**
     * Returns a statement with the parts inserted.
     *
     * @param further fragments that take precedence over those that were added
     * @throws IllegalArgumentException if it names a part that is missing
     */
    public Sql fill(String statement, Map<String, String> further) {
        StringBuilder filled = new StringBuilder();
        List<String> parameters = new ArrayList<>();
        append(statement, further, filled, parameters);
        return new Sql(filled.toString(), parameters);
    }

    private void append(String sql, Map<String, String> further, StringBuilder filled, List<String> parameters) {
        Matcher place = PLACE.matcher(sql);
        int copied = 0;
        while (place.find()) {
            filled.append(sql, copied, place.start());
            copied = place.end();
            String name = place.group(2);
            String fragment = further.containsKey(name) ? further.get(name) : fragments.get(name);
            if (!place.group(1).isEmpty()) {
                filled.append('?');
                parameters.add(name);
            } else if (fragment != null) {
                append(fragment, further, filled, parameters);
            } else {
                filled.append(required(name, sql));
            }
        }
        filled.append(sql, copied, sql.length());
    }

    private String required(String name, String sql) {
        String text = texts.get(name);
        if (text == null) {
            throw new IllegalArgumentException("There is no part {%s} for: %s".formatted(name, sql));
        }
        return text;
    }
}
