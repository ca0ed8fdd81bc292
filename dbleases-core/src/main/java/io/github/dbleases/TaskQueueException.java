package io.github.dbleases;

/** The queue of a task runner could not be used this time. What was asked of it may have been done. */
public final class TaskQueueException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    public TaskQueueException(String message, Throwable cause) {
        super(message, cause);
    }
}
