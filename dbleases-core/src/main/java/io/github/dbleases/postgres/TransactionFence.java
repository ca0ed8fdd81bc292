package io.github.dbleases.postgres;

import io.github.dbleases.InvalidFenceException;
import io.github.dbleases.internal.jdbc.Sql;
import io.github.dbleases.internal.jdbc.SqlParts;
import io.github.dbleases.internal.jdbc.SqlState;
import io.github.dbleases.internal.jdbc.SqlStatement;
import io.github.dbleases.spi.FencedPartition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Locks the row of a partition in a transaction of the application. */
final class TransactionFence {

    /**
     * The lock conflicts with the FOR UPDATE that a take-over and a hand-over begin with, and with no other change of the row:
     * it does not wait while a move is only planned. If it has waited for a take-over, PostgreSQL checks the conditions again
     * on the row that the take-over has left.
     */
    private static final String LOCK = """
            SELECT 1 FROM {partition}
            WHERE lease = {?lease} AND partition = {?partition} AND session_id = {?session} AND token = {?token}
            FOR KEY SHARE
            """;

    private static final String IS_KNOWN = "SELECT 1 FROM {lease} WHERE name = {?lease}";

    private static final String SAME_DATABASE =
            "Use a connection to the database that keeps the leases. For work elsewhere, compare fencing tokens.";

    private final Sql lock;
    private final Sql isKnown;
    private final String partitionTable;
    private final String leaseTable;

    TransactionFence(Tables tables) {
        SqlParts parts = tables.parts();
        this.lock = parts.fill(LOCK);
        this.isKnown = parts.fill(IS_KNOWN);
        this.partitionTable = parts.fill("{partition}").text();
        this.leaseTable = parts.fill("{lease}").text();
    }

    /** Returns whether the partition is still owned, and keeps it so until the end of the transaction. */
    boolean lock(Connection transaction, FencedPartition granted) throws SQLException {
        if (transaction.getAutoCommit()) {
            throw new InvalidFenceException(
                    "The connection is in auto-commit mode, in which a fence ends with its own statement.",
                    "Call setAutoCommit(false) and do the work and the fence in one transaction, or use a transaction manager.");
        }
        Map<String, Object> values = Map.of(
                "lease", granted.lease(),
                "partition", granted.partition(),
                "session", granted.session(),
                "token", granted.token());
        try {
            if (new SqlStatement(transaction, lock, values).query(ResultSet::next)) {
                return true;
            }
            requireKnown(transaction, values);
            return false;
        } catch (SQLException e) {
            InvalidFenceException invalid = invalid(transaction, e);
            if (invalid != null) {
                throw invalid;
            }
            throw e;
        }
    }

    /** In another database with tables of the same names, every partition would look lost. */
    private void requireKnown(Connection transaction, Map<String, Object> values) throws SQLException {
        if (!new SqlStatement(transaction, isKnown, values).query(ResultSet::next)) {
            throw new InvalidFenceException(
                    "The database of the transaction has the tables of dbleases, but no lease '%s' in them."
                            .formatted(values.get("lease")),
                    SAME_DATABASE);
        }
    }

    /** Returns why a fence protects nothing in this transaction, or null if the failure has another reason. */
    private @Nullable InvalidFenceException invalid(Connection transaction, SQLException e) throws SQLException {
        String product = transaction.getMetaData().getDatabaseProductName();
        if (!product.equals("PostgreSQL")) {
            return new InvalidFenceException(
                    "The transaction is in a database of %s, but the leases are kept in PostgreSQL.".formatted(product),
                    SAME_DATABASE,
                    e);
        }
        return switch (SqlState.of(e)) {
            case UNDEFINED_TABLE, INVALID_SCHEMA_NAME ->
                new InvalidFenceException(
                        "The transaction does not find the table %s. It is in another database, or has another search path than the connections of the store."
                                .formatted(partitionTable),
                        SAME_DATABASE + " If it is the same database, set the schema of the store.",
                        e);
            case INSUFFICIENT_PRIVILEGE ->
                new InvalidFenceException(
                        "The user of the transaction lacks rights on the tables of dbleases: %s."
                                .formatted(e.getMessage()),
                        "As the owner of the tables, run: GRANT SELECT, UPDATE ON %s TO ...; GRANT SELECT ON %s TO ...;"
                                .formatted(partitionTable, leaseTable),
                        e);
            case READ_ONLY_SQL_TRANSACTION ->
                new InvalidFenceException(
                        "The transaction is read-only, or its server is a standby. It cannot lock the row of the partition.",
                        "Use a transaction that may write, on the primary.",
                        e);
            default -> null;
        };
    }
}
