package io.github.dbleases;

import org.jspecify.annotations.Nullable;

/** Thrown by a {@link Tasker} for a task that can never succeed. The task is given up, even if it has attempts left. */
public final class TaskGivenUpException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TaskGivenUpException(String message) {
        this(message, null);
    }

    public TaskGivenUpException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
