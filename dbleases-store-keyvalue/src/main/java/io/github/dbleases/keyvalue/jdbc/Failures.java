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
 * Classifies failures by the class of the exception or by the first two characters of the SQL state, which are
 * standardized. Some drivers provide neither. The backend then checks the database.
 */
final class Failures {

    private Failures() {}

    /** Returns whether the statement may have taken effect: the connection failed or the time was up. */
    static boolean leavesOutcomeOpen(SQLException e) {
        return e instanceof SQLTransientConnectionException
                || e instanceof SQLNonTransientConnectionException
                || e instanceof SQLRecoverableException
                || e instanceof SQLTimeoutException
                || hasClass(e, "08");
    }

    /** Returns whether the statement was rolled back because of a concurrent one. */
    static boolean isConflict(SQLException e) {
        return e instanceof SQLTransactionRollbackException || hasClass(e, "40");
    }

    static boolean isConstraintViolation(SQLException e) {
        return e instanceof SQLIntegrityConstraintViolationException || hasClass(e, "23");
    }

    /** Returns whether a table or column does not exist or may not be used. */
    static boolean isRefusal(SQLException e) {
        return e instanceof SQLSyntaxErrorException || hasClass(e, "42");
    }

    private static boolean hasClass(SQLException e, String twoCharacters) {
        return e.getSQLState() != null && e.getSQLState().startsWith(twoCharacters);
    }
}
