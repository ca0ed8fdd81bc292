package io.github.dbleases.keyvalue.jdbc;

import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;

/**
 * What a failure means, by its class or by the first two characters of its SQL state, which are standardized. Some drivers
 * give neither; then the database is asked what there is.
 */
final class Failures {

    private Failures() {}

    /** Whether the statement may have had its effect: what failed is the connection, or the time was up. */
    static boolean leavesOutcomeOpen(SQLException e) {
        return e instanceof SQLTransientConnectionException
                || e instanceof SQLNonTransientConnectionException
                || e instanceof SQLRecoverableException
                || e instanceof SQLTimeoutException
                || hasClass(e, "08");
    }

    /** Whether the statement was undone because of another one at the same time. */
    static boolean isConflict(SQLException e) {
        return e instanceof SQLTransactionRollbackException || hasClass(e, "40");
    }

    static boolean isConstraintViolation(SQLException e) {
        return e instanceof SQLIntegrityConstraintViolationException || hasClass(e, "23");
    }

    /** Whether the statement is refused for what it names: there is no such table or column, or no right to use it. */
    static boolean isRefusal(SQLException e) {
        return e instanceof SQLSyntaxErrorException || hasClass(e, "42");
    }

    private static boolean hasClass(SQLException e, String twoCharacters) {
        return e.getSQLState() != null && e.getSQLState().startsWith(twoCharacters);
    }
}
