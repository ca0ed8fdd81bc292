package io.github.dbleases;

/**
 * The store did not answer, or not in time. Whether the attempt had an effect is unknown. It may work when it is tried
 * again.
 */
public final class StoreUnavailableException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String message) {
        super(message);
    }

    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
