package io.github.dbleases;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The store answers, but cannot be used as it is: somebody has to change something. */
public final class StoreUnusableException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    private StoreUnusableException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }

    /**
     * Something else has to be changed.
     *
     * @param problem what is wrong, in whole sentences
     * @param remedy what to do, in whole sentences
     */
    public static StoreUnusableException of(String problem, String remedy) {
        return new StoreUnusableException(problem, remedy, null);
    }

    /**
     * Something else has to be changed.
     *
     * @param problem what is wrong, in whole sentences
     * @param remedy what to do, in whole sentences
     */
    public static StoreUnusableException of(String problem, String remedy, Throwable cause) {
        return new StoreUnusableException(problem, remedy, cause);
    }

    /** Tables are missing in the schema in which they are looked for. */
    public static StoreUnusableException missingTables(String schema, List<String> tables) {
        return of(
                "The tables %s do not exist in schema '%s'.".formatted(String.join(", ", tables), schema),
                "Set dbleases.migration.mode=migrate to have them created, or run the scripts in "
                        + "io/github/dbleases/migration of dbleases-core on that schema, "
                        + "or set dbleases.schema and dbleases.table-prefix to where they are.");
    }

    /** The database is of another product. */
    public static StoreUnusableException notPostgres(String product) {
        return of(
                "The database is %s, but dbleases needs PostgreSQL 14 or newer.".formatted(product),
                "Point spring.datasource.url or dbleases.connection.url to a PostgreSQL database, "
                        + "or put @DbLeasesDataSource on the DataSource bean that is one, "
                        + "or set dbleases.store.type=jdbc to keep leases in a table of this database.");
    }
}
