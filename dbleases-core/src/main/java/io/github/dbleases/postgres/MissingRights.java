package io.github.dbleases.postgres;

import io.github.dbleases.StoreUnusableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which rights the user lacks on the tables. The catalogue is asked, which every user may read: a schema that the user may
 * not use is left out of the search path, and its tables look as if they did not exist.
 */
final class MissingRights {

    /** What the statements of this package need, by the table without its prefix. */
    private static final Map<String, List<String>> NEEDED = Map.of(
            "session", List.of("SELECT", "INSERT", "UPDATE", "DELETE"),
            "lease", List.of("SELECT", "INSERT", "UPDATE"),
            "member", List.of("SELECT", "INSERT", "DELETE"),
            "partition", List.of("SELECT", "INSERT", "UPDATE", "DELETE"),
            "incarnation", List.of("SELECT", "INSERT", "UPDATE"));

    /** Of a table that several schemas have, the one that is found first counts. */
    private static final String LACKING = """
            WITH path AS (
                SELECT ?::text AS schema, 0 AS place
                UNION ALL
                SELECT CASE btrim(entry, ' "') WHEN '$user' THEN current_user ELSE btrim(entry, ' "') END, place
                FROM unnest(string_to_array(current_setting('search_path'), ',')) WITH ORDINALITY AS listed (entry, place)
                WHERE ?::text IS NULL
            )
            SELECT current_user, found.schema, has_schema_privilege(found.namespace, 'USAGE'),
                needed.relation, needed.privilege, has_table_privilege(found.oid, needed.privilege)
            FROM unnest(?::text[], ?::text[]) AS needed (relation, privilege)
                CROSS JOIN LATERAL (
                    SELECT c.oid, n.oid AS namespace, n.nspname AS schema
                    FROM path
                        JOIN pg_catalog.pg_namespace n ON n.nspname = path.schema
                        JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = needed.relation
                    ORDER BY path.place
                    LIMIT 1
                ) AS found
            """;

    private MissingRights() {}

    /** Returns what to say if the user lacks rights on tables that are there, null if not. */
    static @Nullable StoreUnusableException on(Tables tables, Connection connection, SQLException denied)
            throws SQLException {
        List<String> relations = new ArrayList<>();
        List<String> privileges = new ArrayList<>();
        NEEDED.forEach((table, rights) -> rights.forEach(right -> {
            relations.add(tables.name(table));
            privileges.add(right);
        }));
        String user = "";
        Set<String> schemas = new TreeSet<>();
        Map<String, List<String>> lacking = new TreeMap<>();
        try (PreparedStatement statement = Jdbc.prepare(
                        connection,
                        LACKING,
                        tables.schema(),
                        tables.schema(),
                        relations.toArray(String[]::new),
                        privileges.toArray(String[]::new));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                user = row.getString(1);
                String schema = Tables.quoted(row.getString(2));
                if (!row.getBoolean(3)) {
                    schemas.add(schema);
                }
                if (!row.getBoolean(6)) {
                    lacking.computeIfAbsent(schema + "." + Tables.quoted(row.getString(4)), first -> new ArrayList<>())
                            .add(row.getString(5));
                }
            }
        }
        String to = Tables.quoted(user);
        List<String> grants = new ArrayList<>();
        schemas.forEach(schema -> grants.add("GRANT USAGE ON SCHEMA %s TO %s;".formatted(schema, to)));
        lacking.forEach(
                (table, rights) -> grants.add("GRANT %s ON %s TO %s;".formatted(String.join(", ", rights), table, to)));
        return grants.isEmpty()
                ? null
                : new StoreUnusableException(
                        "The database user '%s' lacks rights on the tables of dbleases.".formatted(user),
                        "Let the owner of the tables run:%n%s".formatted(String.join(System.lineSeparator(), grants)),
                        denied);
    }
}
