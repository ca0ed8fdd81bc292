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

    static InvalidSchemaException unreadable(String schema, String historyTable, SQLException denied) {
        return new InvalidSchemaException(
                "The tables of dbleases in schema '%s' cannot be validated, as the user may not read their history: %s"
                        .formatted(schema, denied.getMessage()),
                ("Let the user read it (GRANT SELECT ON %s.%s TO ...), or set dbleases.migration.user and "
                                + "dbleases.migration.password to one who may, or set dbleases.migration.mode=none.")
                        .formatted(schema, historyTable));
    }

    static InvalidSchemaException notMigratable(String schema, SQLException denied) {
        return new InvalidSchemaException(
                "The tables of dbleases in schema '%s' cannot be migrated, as the user may not do so: %s"
                        .formatted(schema, denied.getMessage()),
                "Let the user create tables in the schema, or set dbleases.migration.user and "
                        + "dbleases.migration.password to one who may, or have the tables migrated by somebody else and set "
                        + "dbleases.migration.mode=validate.");
    }
}
