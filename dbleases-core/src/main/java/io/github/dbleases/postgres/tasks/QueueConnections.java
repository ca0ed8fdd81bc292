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
 * Calls over connections of a data source, with time limits, and with exceptions that say what failed.
 *
 * <p>PostgreSQL cancels a statement that takes too long, for example because it waits while the table is being altered. The
 * network timeout is a little longer: without it, a call over a broken connection would never end.
 */
final class QueueConnections {

    /** Much longer than a useful claim takes, and shorter than a pause that users would notice. */
    static final Duration USUAL = Duration.ofSeconds(20);

    /** For statements that may read a whole table. */
    static final Duration LONG = Duration.ofMinutes(10);

    private static final Duration NETWORK_EXTRA = Duration.ofSeconds(10);

    private static final int MAX_ATTEMPTS = 5;

    private final DataSource dataSource;
    private final String table;

    QueueConnections(DataSource dataSource, String table) {
        this.dataSource = dataSource;
        this.table = table;
    }

    /** Work on a connection. */
    @FunctionalInterface
    interface Work<R> {

        R with(Connection connection) throws SQLException;
    }

    /**
     * Does work in a transaction of its own: one statement in auto-commit mode, or a commit after the work. It is repeated if
     * PostgreSQL rolls it back because of a deadlock. Two claims at the same place can deadlock although they skip locked rows,
     * because PostgreSQL waits to lock the newest version of a row that was updated meanwhile.
     */
    <R> R inOwnTransaction(String what, Duration limit, Work<R> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return onceInOwnTransaction(what, limit, work);
            } catch (TaskQueueException e) {
                if (attempt == MAX_ATTEMPTS
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

    /** Does work in a transaction of its own, and rolls it back. */
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

    /** Does work in the present transaction of the connection, if there is one. */
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
                " A table is missing. Create it again, or restart with other settings.";
            case UNDEFINED_COLUMN -> " A column is missing. Add it again, or restart with other settings.";
            case LOCK_NOT_AVAILABLE ->
                " Another transaction holds a lock on a row. Do not keep the rows of tasks locked.";
            case QUERY_CANCELED ->
                " The statement took too long. Check what holds locks on the table, and whether an index serves the claim.";
            case SERIALIZATION_FAILURE ->
                " Claims need the isolation level read committed. Set it for the connections of the queue.";
            default -> "";
        };
        return new TaskQueueException(
                "Could not %s table %s (SQL state %s): %s.%s"
                        .formatted(what, table, e.getSQLState(), e.getMessage(), hint),
                e,
                isRefusal(e));
    }

    /** PostgreSQL has replied with an error, so nothing was done. Not so if the connection or the server has ended meanwhile. */
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
            // The pool leaves timeouts to the settings in the URL.
            return -1;
        }
    }

    private static void restoreNetwork(Connection connection, int found) throws SQLException {
        // A broken connection is closed, and has no timeout to restore.
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
