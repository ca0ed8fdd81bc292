package io.github.dbleases;

/** Thrown if the queue of a task runner could not be used. */
public final class TaskQueueException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    private final boolean refused;

    /** Creates an exception for a request whose outcome is unknown. */
    public TaskQueueException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /**
     * Creates an exception.
     *
     * @param refused whether the queue has answered that it did nothing. Otherwise, the request may have had an effect
     */
    public TaskQueueException(String message, Throwable cause, boolean refused) {
        super(message, cause);
        this.refused = refused;
    }

    /** Returns whether the queue has answered that it did nothing. Otherwise, the request may have had an effect. */
    public boolean isRefused() {
        return refused;
    }
}
