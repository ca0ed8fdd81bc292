package io.github.dbleases.postgres.tasks;

import io.github.dbleases.TaskQueueException;
import io.github.dbleases.internal.jdbc.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Calls over connections of a data source, with limits of time and failures that say what was tried.
 *
 * <p>PostgreSQL is asked to cancel what takes too long, be it a lock on the table that somebody alters. A little later the
 * network is given up, for otherwise a call over a connection that hangs would never end.
 */
final class QueueConnections {

    /** Long beside any claim that is of use, short beside a pause that somebody would notice. */
    static final Duration USUAL = Duration.ofSeconds(20);

    /** For what may have to read a whole table. */
    static final Duration LONG = Duration.ofMinutes(10);

    private static final Duration NETWORK_EXTRA = Duration.ofSeconds(10);

    private static final int MOST_ATTEMPTS = 5;

    private final DataSource dataSource;
    private final String table;

    QueueConnections(DataSource dataSource, String table) {
        this.dataSource = dataSource;
        this.table = table;
    }

    /** What is done with a connection. */
    @FunctionalInterface
    interface Work<R> {

        R with(Connection connection) throws SQLException;
    }

    /**
     * Does work in a transaction of its own: one statement with auto-commit, or else committed after the work. It is done
     * again when PostgreSQL has rolled it back for the sake of others: two that claim at the same place may wait for each
     * other, although they skip what is locked. It locks the newest version of a row whose claim it has just seen end.
     */
    <R> R inOwnTransaction(String what, Duration limit, Work<R> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return onceInOwnTransaction(what, limit, work);
            } catch (TaskQueueException e) {
                if (attempt == MOST_ATTEMPTS
                        || !(e.getCause() instanceof SQLException cause)
                        || SqlState.of(cause) != SqlState.DEADLOCK_DETECTED) {
                    throw e;
                }
            }
        }
    }

    private <R> R onceInOwnTransaction(String what, Duration limit, Work<R> work) {
        return joining(what, limit, connection -> {
            if (connection.getAutoCommit()) {
                return work.with(connection);
            }
            try {
                R result = work.with(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            }
        });
    }

    /** Does work in a transaction of its own, which is rolled back. */
    <R> R rolledBack(String what, Duration limit, Work<R> work) {
        return joining(what, limit, connection -> {
            boolean autoCommit = connection.getAutoCommit();
            if (autoCommit) {
                connection.setAutoCommit(false);
            }
            try {
                R result = work.with(connection);
                connection.rollback();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            } finally {
                if (autoCommit && !connection.isClosed()) {
                    connection.setAutoCommit(true);
                }
            }
        });
    }

    /** Does work in the transaction of the connection, whatever that is. */
    <R> R joining(String what, Duration limit, Work<R> work) {
        try (Connection connection = dataSource.getConnection()) {
            int found = limitNetwork(connection, limit);
            try {
                return work.with(connection);
            } finally {
                restoreNetwork(connection, found);
            }
        } catch (SQLException e) {
            throw failed(what, e);
        }
    }

    static PreparedStatement prepare(Connection connection, String sql, Duration limit) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setQueryTimeout((int) limit.toSeconds());
        return statement;
    }

    private TaskQueueException failed(String what, SQLException e) {
        String hint = switch (SqlState.of(e)) {
            case UNDEFINED_TABLE, INVALID_SCHEMA_NAME ->
                " A table is not there any more: create it again, or restart with other settings.";
            case UNDEFINED_COLUMN -> " A column is not there any more: add it again, or restart with other settings.";
            case LOCK_NOT_AVAILABLE -> " Somebody holds a lock on a row: do not keep rows of tasks locked.";
            case QUERY_CANCELED ->
                " It took too long: see what holds locks on the table, and whether an index serves the claim.";
            case SERIALIZATION_FAILURE ->
                " Claims need the isolation level read committed: set it for the connections of the queue.";
            default -> "";
        };
        return new TaskQueueException(
                "Could not %s table %s (SQL state %s): %s.%s"
                        .formatted(what, table, e.getSQLState(), e.getMessage(), hint),
                e,
                isRefusal(e));
    }

    /** PostgreSQL has answered, and so nothing was done; not when the connection or the server has ended meanwhile. */
    private static boolean isRefusal(SQLException e) {
        return e.getSQLState() != null && e.getSQLState().length() == 5 && !SqlState.startsWith(e, "08", "57P");
    }

    private static int limitNetwork(Connection connection, Duration limit) throws SQLException {
        try {
            int found = connection.getNetworkTimeout();
            connection.setNetworkTimeout(
                    Runnable::run, (int) limit.plus(NETWORK_EXTRA).toMillis());
            return found;
        } catch (SQLFeatureNotSupportedException | AbstractMethodError e) {
            // A pool whose connections leave it to the settings in the URL.
            return -1;
        }
    }

    private static void restoreNetwork(Connection connection, int found) throws SQLException {
        // A connection that broke is closed, and has no limits any more.
        if (found >= 0 && !connection.isClosed()) {
            connection.setNetworkTimeout(Runnable::run, found);
        }
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }
}
