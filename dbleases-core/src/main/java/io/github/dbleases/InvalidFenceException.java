package io.github.dbleases;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a fence that would protect nothing: the connection is in auto-commit mode, its transaction is read-only, its
 * database is not the one that keeps the leases, or the store keeps them in no database.
 */
public final class InvalidFenceException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param problem why the fence protects nothing, in complete sentences
     * @param remedy what to change, in complete sentences
     */
    public InvalidFenceException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    /**
     * Creates an exception with a cause.
     *
     * @param problem why the fence protects nothing, in complete sentences
     * @param remedy what to change, in complete sentences
     */
    public InvalidFenceException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
