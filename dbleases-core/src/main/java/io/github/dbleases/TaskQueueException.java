package io.github.dbleases;

/** The queue of a task runner could not be used. */
public final class TaskQueueException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    private final boolean refused;

    /** The outcome is unknown: what was asked may have been done. */
    public TaskQueueException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /**
     * Tells whether the outcome is known.
     *
     * @param refused whether the queue has answered that it did nothing; otherwise it may have done what was asked
     */
    public TaskQueueException(String message, Throwable cause, boolean refused) {
        super(message, cause);
        this.refused = refused;
    }

    /** Returns whether the queue has answered that it did nothing; otherwise it may have done what was asked. */
    public boolean isRefused() {
        return refused;
    }
}
