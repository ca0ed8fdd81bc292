package io.github.dbleases;

import org.jspecify.annotations.Nullable;

/**
 * The store did not answer, or not in time. Whether the attempt had an effect is unknown. It may work when it is tried
 * again.
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
     * @param problem what did not work, in whole sentences
     * @param remedy what to do if it keeps happening, in whole sentences
     */
    public StoreUnavailableException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
