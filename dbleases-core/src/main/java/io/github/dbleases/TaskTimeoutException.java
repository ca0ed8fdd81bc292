package io.github.dbleases;

import java.time.Duration;

/** A task took longer than the task timeout of its runner and was interrupted. The cause is what the tasker has thrown. */
public final class TaskTimeoutException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    public TaskTimeoutException(Duration timeout, Throwable cause) {
        super(
                "Interrupted after the task-timeout of %d ms: make the work faster, or raise task-timeout."
                        .formatted(timeout.toMillis()),
                cause);
    }
}
