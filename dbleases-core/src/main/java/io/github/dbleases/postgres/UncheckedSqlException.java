package io.github.dbleases.postgres;

import java.sql.SQLException;

/** Carries a failure of the database through the work of a transaction. */
final class UncheckedSqlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final SQLException failure;

    UncheckedSqlException(SQLException failure) {
        super(failure);
        this.failure = failure;
    }

    @Override
    public synchronized SQLException getCause() {
        return failure;
    }
}
