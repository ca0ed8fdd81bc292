package io.github.dbleases.postgres;

import io.github.dbleases.InvalidFenceException;
import io.github.dbleases.spi.FencedPartition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Locks the row of a partition in a transaction of the application. */
final class TransactionFence {

    /**
     * The lock conflicts with the FOR UPDATE that a take-over and a hand-over begin with, and with nothing else that is done
     * to the row: so it does not wait while a new owner is only planned. If it has waited for a take-over, the conditions are
     * checked again on the row that the take-over has left.
     */
    private static final String LOCK = """
            SELECT 1 FROM {partition}
            WHERE lease = ? AND partition = ? AND session_id = ? AND token = ?
            FOR KEY SHARE
            """;

    private static final String IS_KNOWN = "SELECT EXISTS (SELECT FROM {lease} WHERE name = ?)";

    private static final String POSTGRES = "PostgreSQL";

    private static final String SAME_DATABASE =
            "Use a connection to the database that keeps the leases; for work elsewhere, compare fencing tokens.";

    private final String lock;
    private final String isKnown;
    private final String table;
    private final String leases;

    TransactionFence(Tables tables) {
        this.lock = tables.in(LOCK);
        this.isKnown = tables.in(IS_KNOWN);
        this.table = tables.in("{partition}");
        this.leases = tables.in("{lease}");
    }

    /** Returns whether the partition is still owned, and keeps it so until the end of the transaction. */
    boolean lock(Connection transaction, FencedPartition granted) throws SQLException {
        if (transaction.getAutoCommit()) {
            throw new InvalidFenceException(
                    "The connection is in auto-commit mode: a fence would end with its own statement.",
                    "Call setAutoCommit(false) and do the work and the fence in one transaction, or use a transaction manager.");
        }
        try {
            if (isLocked(transaction, granted)) {
                return true;
            }
            if (!isKnown(transaction, granted.lease())) {
                throw new InvalidFenceException(
                        "The database of the transaction has the tables of dbleases, but no lease '%s' in them."
                                .formatted(granted.lease()),
                        SAME_DATABASE);
            }
            return false;
        } catch (SQLException e) {
            InvalidFenceException invalid = invalid(transaction, e);
            if (invalid != null) {
                throw invalid;
            }
            throw e;
        }
    }

    private boolean isLocked(Connection transaction, FencedPartition granted) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(lock)) {
            statement.setString(1, granted.lease());
            statement.setInt(2, granted.partition());
            statement.setLong(3, granted.session());
            statement.setLong(4, granted.token());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** In another database with tables of the same names, every partition would look lost. */
    private boolean isKnown(Connection transaction, String lease) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(isKnown)) {
            statement.setString(1, lease);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** Returns why a fence cannot be set in this transaction, or null if another one could. */
    private @Nullable InvalidFenceException invalid(Connection transaction, SQLException e) throws SQLException {
        String product = transaction.getMetaData().getDatabaseProductName();
        if (!POSTGRES.equals(product)) {
            return new InvalidFenceException(
                    "The transaction is in a database of %s, but the leases are kept in PostgreSQL.".formatted(product),
                    SAME_DATABASE,
                    e);
        }
        return switch (String.valueOf(e.getSQLState())) {
            case "42P01", "3F000" ->
                new InvalidFenceException(
                        "The transaction does not find the table %s: it is in another database, or has another search path than the connections of the store."
                                .formatted(table),
                        SAME_DATABASE + " If it is the same database, set the schema of the store.",
                        e);
            case "42501" ->
                new InvalidFenceException(
                        "The user of the transaction lacks rights on the tables of dbleases: %s."
                                .formatted(e.getMessage()),
                        "Let the owner of the tables run: GRANT SELECT, UPDATE ON %s TO ...; GRANT SELECT ON %s TO ...;"
                                .formatted(table, leases),
                        e);
            case "25006" ->
                new InvalidFenceException(
                        "The transaction is read-only, or its server is a standby: it cannot lock the row of the partition.",
                        "Use a transaction that may write, on the primary.",
                        e);
            default -> null;
        };
    }
}
