package io.github.dbleases.postgres;

import io.github.dbleases.InvalidConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the tables are and how clients hear of changes.
 *
 * @param schema the schema of the tables, spelled as it is in the catalogue; null for the connection's current schema
 * @param tablePrefix what the names of the tables begin with: 1 to 30 lower-case letters, digits and underscores, no digit
 *     first
 * @param notifications whether clients are notified of changes with NOTIFY; without, they see them at their next
 *     heartbeat. Off behind a connection pooler in transaction mode.
 */
public record PostgresStoreConfig(@Nullable String schema, String tablePrefix, boolean notifications) {

    private static final Pattern PREFIX = Pattern.compile("[a-z_][a-z0-9_]{0,29}");
    private static final int LONGEST_IDENTIFIER = 63;

    public PostgresStoreConfig {
        if (schema != null && !isIdentifier(schema)) {
            throw new InvalidConfigurationException(
                    "schema is '%s', but must be the name of a schema: 1 to 63 bytes without control characters."
                            .formatted(schema));
        }
        if (!PREFIX.matcher(tablePrefix).matches()) {
            throw new InvalidConfigurationException(
                    ("table-prefix is '%s', but must be 1 to 30 characters of a-z, 0-9 and _, of which the first is no "
                                    + "digit.")
                            .formatted(tablePrefix));
        }
    }

    /** The current schema, the prefix {@code dbleases_}, notifications. */
    public static PostgresStoreConfig defaults() {
        return new PostgresStoreConfig(null, "dbleases_", true);
    }

    private static boolean isIdentifier(String name) {
        return !name.isBlank()
                && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_IDENTIFIER
                && name.chars().noneMatch(Character::isISOControl);
    }
}
