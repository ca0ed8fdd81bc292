package io.github.dbleases.postgres.tasks;

import io.github.dbleases.postgres.tasks.Identifiers.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The session tables in the database: our own, and those of applications with another schema or table prefix. Live sessions in
 * any of them may hold rows of the task table, which must not be taken from them. Reads the catalog every five seconds.
 */
final class SessionTables {

    private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();

    private static final String OTHERS = """
            SELECT n.nspname, c.relname
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relname LIKE '%session' AND c.relpersistence <> 't'
            AND c.oid IS DISTINCT FROM to_regclass(?)::oid
            AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
            AND (
                SELECT count(*) FROM pg_attribute a
                WHERE a.attrelid = c.oid AND NOT a.attisdropped
                AND (a.attname, a.atttypid) IN (('id', 'bigint'::regtype), ('inbox', 'bigint'::regtype))
            ) = 2
            AND (
                SELECT count(*) FROM pg_attribute a
                WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname IN ('state', 'expires_at', 'ttl', 'client_id')
            ) = 4
            ORDER BY 1, 2 LIMIT 50
            """;

    private final TableName own;
    private final LongSupplier nanoTime;
    private volatile long readAt;
    private volatile boolean read;

    SessionTables(LeaseTables leases, LongSupplier nanoTime) {
        this.own = leases.session();
        this.nanoTime = nanoTime;
    }

    boolean isOld() {
        return !read || nanoTime.getAsLong() - readAt >= FRESH_NANOS;
    }

    /** Reads the catalog before the next claim, because something has changed unexpectedly. */
    void distrust() {
        read = false;
    }

    /** Returns the tables, our own first. */
    List<TableName> read(Connection connection) throws SQLException {
        List<TableName> tables = new ArrayList<>();
        tables.add(own);
        try (PreparedStatement statement = QueueConnections.prepare(connection, OTHERS, QueueConnections.USUAL)) {
            statement.setString(1, own.sql());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    tables.add(new TableName(row.getString(1), row.getString(2)));
                }
            }
        }
        readAt = nanoTime.getAsLong();
        read = true;
        return tables;
    }
}
