package io.github.dbleases.spring.migration;

import io.github.dbleases.DbLeasesException;
import java.sql.SQLException;

/** The tables are not those of this version of dbleases, or nobody can tell as the user may not look. */
public final class InvalidSchemaException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    private InvalidSchemaException(String problem, String remedy) {
        super(problem, remedy, null);
    }

    static InvalidSchemaException withoutHistory(String schema, String historyTable) {
        return new InvalidSchemaException(
                "Schema '%s' has tables of dbleases but no table %s, so it is not known which migrations they have had."
                        .formatted(schema, historyTable),
                "Set dbleases.migration.mode=none if the tables are made by other means than dbleases' migrations, "
                        + "or dbleases.migration.mode=migrate to have them adopted if they are all there, "
                        + "or correct dbleases.schema and dbleases.table-prefix.");
    }

    static InvalidSchemaException notValid(String schema, String details) {
        return new InvalidSchemaException(
                "The tables of dbleases in schema '%s' are not those of this version: %s".formatted(schema, details),
                "Set dbleases.migration.mode=migrate to have them upgraded, or have them upgraded by the one who migrates "
                        + "this database.");
    }

    static InvalidSchemaException unreadable(String schema, String historyTable, String user, SQLException denied) {
        return new InvalidSchemaException(
                "The tables of dbleases in schema '%s' cannot be validated, as the user '%s' may not read their history: %s"
                        .formatted(schema, user, denied.getMessage()),
                ("Let their owner run GRANT SELECT ON %s.%s TO %s; or set dbleases.migration.user and "
                                + "dbleases.migration.password to a user that may read it, or set dbleases.migration.mode=none.")
                        .formatted(quoted(schema), quoted(historyTable), quoted(user)));
    }

    static InvalidSchemaException notMigratable(String schema, String user, SQLException denied) {
        return new InvalidSchemaException(
                "The tables of dbleases in schema '%s' cannot be migrated, as the user '%s' may not do so: %s"
                        .formatted(schema, user, denied.getMessage()),
                ("Set dbleases.migration.user and dbleases.migration.password to the owner of the tables. Where there are none "
                                + "yet, this is enough: GRANT USAGE, CREATE ON SCHEMA %s TO %s; Or have the tables migrated by "
                                + "other means and set dbleases.migration.mode=validate.")
                        .formatted(quoted(schema), quoted(user)));
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
