package io.github.dbleases.internal.jdbc;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Names of schemas, tables, columns, users and channels. */
public final class SqlIdentifiers {

    /** The maximum length of a name in bytes. PostgreSQL truncates longer names. */
    public static final int MAX_LENGTH = 63;

    private static final Pattern TABLE_PREFIX = Pattern.compile("[a-z_][a-z0-9_]{0,29}");

    private SqlIdentifiers() {}

    /** Returns a name in double quotes, as it is written in SQL. */
    public static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Returns whether a name is not blank, at most {@link #MAX_LENGTH} bytes long and free of control characters. */
    public static boolean isValid(String name) {
        return !name.isBlank()
                && name.getBytes(StandardCharsets.UTF_8).length <= MAX_LENGTH
                && name.chars().noneMatch(Character::isISOControl);
    }

    /** Returns whether a prefix of table names is 1 to 30 characters of a-z, 0-9 and _, not beginning with a digit. */
    public static boolean isTablePrefix(String prefix) {
        return TABLE_PREFIX.matcher(prefix).matches();
    }
}
