package io.github.dbleases;

import java.time.Duration;
import java.util.List;

/** A task took longer than the task timeout of its runner and was interrupted. The cause is what the tasker has thrown. */
public final class TaskTimeoutException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    public TaskTimeoutException(Duration timeout, Throwable cause) {
        super(
                "The tasker was interrupted after the taskTimeout of %d ms.".formatted(timeout.toMillis()),
                "Make the work faster, or raise taskTimeout.",
                List.of("taskTimeout"),
                cause);
    }
}
