package io.github.dbleases.postgres;

import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.internal.jdbc.SqlIdentifiers;
import io.github.dbleases.internal.jdbc.SqlParts;
import io.github.dbleases.internal.jdbc.SqlStatement;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tables under the names that the configuration gives them, and what is wrong with them if a statement fails. */
final class Tables {

    private static final String MISSING = """
            SELECT name, current_schema() AS current_schema
            FROM unnest({?names}::text[], {?qualified}::text[]) AS wanted (name, qualified)
            WHERE to_regclass(qualified) IS NULL
            """;

    /**
     * Reads the catalog, which every user may read. A schema that the user may not use is left out of the search path, so its
     * tables look as if they did not exist. Of a table that several schemas have, the first one on the path counts.
     */
    private static final String RIGHTS = """
            WITH path AS (
                SELECT {?schema}::text AS schema, 0 AS place
                UNION ALL
                SELECT CASE btrim(entry, ' "') WHEN '$user' THEN current_user ELSE btrim(entry, ' "') END, place
                FROM unnest(string_to_array(current_setting('search_path'), ',')) WITH ORDINALITY AS listed (entry, place)
                WHERE {?schema}::text IS NULL
            )
            SELECT current_user AS user_name, found.schema, has_schema_privilege(found.namespace, 'USAGE') AS schema_usable,
                needed.relation, needed.privilege, has_table_privilege(found.oid, needed.privilege) AS granted
            FROM unnest({?relations}::text[], {?privileges}::text[]) AS needed (relation, privilege)
                CROSS JOIN LATERAL (
                    SELECT c.oid, n.oid AS namespace, n.nspname AS schema
                    FROM path
                        JOIN pg_catalog.pg_namespace n ON n.nspname = path.schema
                        JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = needed.relation
                    ORDER BY path.place
                    LIMIT 1
                ) AS found
            """;

    /** The tables without their prefix, and the privileges that the statements of this package need on them. */
    private final Map<String, List<String>> needed;

    private final Map<String, String> qualified = new LinkedHashMap<>();
    private final String prefix;
    private final @Nullable String schema;

    Tables(PostgresStoreConfig config) {
        this.prefix = config.tablePrefix();
        this.schema = config.schema();
        this.needed = needed(!config.historyRetention().isZero());
        needed.keySet().forEach(table -> qualified.put(table, qualified(table)));
    }

    private String qualified(String table) {
        String qualifier = schema == null ? "" : SqlIdentifiers.quoted(schema) + ".";
        return qualifier + SqlIdentifiers.quoted(prefix + table);
    }

    private static Map<String, List<String>> needed(boolean history) {
        Map<String, List<String>> needed = new LinkedHashMap<>();
        needed.put("session", List.of("SELECT", "INSERT", "UPDATE", "DELETE"));
        needed.put("lease", List.of("SELECT", "INSERT", "UPDATE"));
        needed.put("member", List.of("SELECT", "INSERT", "UPDATE", "DELETE"));
        needed.put("partition", List.of("SELECT", "INSERT", "UPDATE", "DELETE"));
        needed.put("incarnation", List.of("SELECT", "INSERT", "UPDATE"));
        if (history) {
            needed.put("event", List.of("SELECT", "INSERT", "DELETE"));
        }
        return Collections.unmodifiableMap(needed);
    }

    /** Returns the qualified names of the tables as the parts <code>{session}</code>, <code>{lease}</code> and so on. */
    SqlParts parts() {
        SqlParts parts = new SqlParts();
        qualified.forEach(parts::text);
        return parts;
    }

    /** Returns the channel of the notifications. */
    String channel() {
        return prefix + "hint";
    }

    /** Returns whether one of these tables does not exist. */
    boolean areMissing(Connection connection, Collection<String> tables) throws SQLException {
        return missing(connection, tables).isPresent();
    }

    /** Returns what is wrong with the user's rights on the tables, or else with the tables. */
    Optional<StoreUnusableException> problem(Connection connection, SQLException failure) throws SQLException {
        Optional<StoreUnusableException> missingRights = missingRights(connection, failure);
        return missingRights.isPresent() ? missingRights : missing(connection, needed.keySet());
    }

    private Optional<StoreUnusableException> missing(Connection connection, Collection<String> tables)
            throws SQLException {
        return SqlStatement.of(connection, MISSING)
                .set("names", tables.stream().map(prefix::concat).toArray(String[]::new))
                .set("qualified", tables.stream().map(this::qualified).toArray(String[]::new))
                .query(row -> {
                    List<String> missing = new ArrayList<>();
                    String in = schema;
                    while (row.next()) {
                        missing.add(row.getString("name"));
                        in = schema == null ? row.getString("current_schema") : schema;
                    }
                    return missing.isEmpty() ? Optional.empty() : Optional.of(missing(String.valueOf(in), missing));
                });
    }

    private static StoreUnusableException missing(String schema, List<String> tables) {
        return new StoreUnusableException(
                "The tables %s do not exist in schema '%s'.".formatted(String.join(", ", tables), schema),
                "Create them with PostgresSchema.create, or run the scripts in io/github/dbleases/migration of dbleases-core on "
                        + "that schema, or set schema and tablePrefix to where the tables are.",
                "schema",
                "tablePrefix");
    }

    private Optional<StoreUnusableException> missingRights(Connection connection, SQLException failure)
            throws SQLException {
        List<String> relations = new ArrayList<>();
        List<String> privileges = new ArrayList<>();
        needed.forEach((table, all) -> all.forEach(privilege -> {
            relations.add(prefix + table);
            privileges.add(privilege);
        }));
        return SqlStatement.of(connection, RIGHTS)
                .set("schema", schema)
                .set("relations", relations.toArray(String[]::new))
                .set("privileges", privileges.toArray(String[]::new))
                .query(row -> {
                    String user = "";
                    Set<String> schemas = new TreeSet<>();
                    Map<String, List<String>> lacking = new TreeMap<>();
                    while (row.next()) {
                        user = row.getString("user_name");
                        String quotedSchema = SqlIdentifiers.quoted(row.getString("schema"));
                        if (!row.getBoolean("schema_usable")) {
                            schemas.add(quotedSchema);
                        }
                        if (!row.getBoolean("granted")) {
                            String table = quotedSchema + "." + SqlIdentifiers.quoted(row.getString("relation"));
                            lacking.computeIfAbsent(table, first -> new ArrayList<>())
                                    .add(row.getString("privilege"));
                        }
                    }
                    return missingRights(user, schemas, lacking, failure);
                });
    }

    private static Optional<StoreUnusableException> missingRights(
            String user, Set<String> schemas, Map<String, List<String>> lacking, SQLException failure) {
        String to = SqlIdentifiers.quoted(user);
        List<String> grants = new ArrayList<>();
        schemas.forEach(schema -> grants.add("GRANT USAGE ON SCHEMA %s TO %s;".formatted(schema, to)));
        lacking.forEach((table, privileges) ->
                grants.add("GRANT %s ON %s TO %s;".formatted(String.join(", ", privileges), table, to)));
        return grants.isEmpty()
                ? Optional.empty()
                : Optional.of(new StoreUnusableException(
                        "The database user '%s' lacks rights on the tables of dbleases.".formatted(user),
                        "As the owner of the tables, run:%n%s".formatted(String.join(System.lineSeparator(), grants)),
                        failure));
    }
}
