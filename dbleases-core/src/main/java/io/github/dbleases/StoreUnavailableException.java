package io.github.dbleases;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the store did not answer in time. It is unknown whether the attempt had an effect. A retry may succeed.
 */
public final class StoreUnavailableException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String message) {
        super(message);
    }

    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * Creates an exception.
     *
     * @param problem what did not work, in complete sentences
     * @param remedy what to do if the problem persists, in complete sentences
     */
    public StoreUnavailableException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
