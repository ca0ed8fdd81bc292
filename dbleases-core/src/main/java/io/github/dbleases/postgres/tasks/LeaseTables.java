package io.github.dbleases.postgres.tasks;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.internal.jdbc.SqlIdentifiers;
import org.jspecify.annotations.Nullable;

/**
 * The location of the tables of dbleases. The channel to a task table reads the session table, which must be in the same
 * database.
 *
 * @param schema the schema of the tables, as it is written in PostgreSQL's catalog; null for the connection's current schema
 * @param tablePrefix the prefix of the names of the tables: 1 to 30 lower-case letters, digits and underscores, not beginning
 *     with a digit
 */
public record LeaseTables(@Nullable String schema, String tablePrefix) {

    public LeaseTables {
        if (schema != null) {
            Identifiers.requireName("schema", schema);
        }
        if (!SqlIdentifiers.isTablePrefix(tablePrefix)) {
            throw new InvalidConfigurationException(
                    "tablePrefix is '%s', but must be 1 to 30 characters of a-z, 0-9 and _, not beginning with a digit."
                            .formatted(tablePrefix),
                    "Set another tablePrefix.",
                    "tablePrefix");
        }
    }

    /** Returns the current schema and the prefix {@code dbleases_}. */
    public static LeaseTables defaults() {
        return new LeaseTables(null, "dbleases_");
    }

    Identifiers.TableName session() {
        return new Identifiers.TableName(schema, tablePrefix + "session");
    }
}
