package io.github.dbleases.postgres.tasks;

import io.github.dbleases.InvalidConfigurationException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the tables of the leases are, of which a queue reads the sessions. They must be in the database of the queue.
 *
 * @param schema the schema of the tables, spelled as it is in the catalogue; null for the connection's current schema
 * @param tablePrefix what the names of the tables begin with: 1 to 30 lower-case letters, digits and underscores, no digit
 *     first
 */
public record LeaseTables(@Nullable String schema, String tablePrefix) {

    private static final Pattern PREFIX = Pattern.compile("[a-z_][a-z0-9_]{0,29}");

    public LeaseTables {
        if (schema != null) {
            Identifiers.requireName("schema", schema);
        }
        if (!PREFIX.matcher(tablePrefix).matches()) {
            throw new InvalidConfigurationException(
                    "tablePrefix is '%s', but must be 1 to 30 characters of a-z, 0-9 and _, not beginning with a digit."
                            .formatted(tablePrefix),
                    "Set another tablePrefix.",
                    "tablePrefix");
        }
    }

    /** The current schema, the prefix {@code dbleases_}. */
    public static LeaseTables defaults() {
        return new LeaseTables(null, "dbleases_");
    }

    Identifiers.TableName session() {
        return new Identifiers.TableName(schema, tablePrefix + "session");
    }
}
