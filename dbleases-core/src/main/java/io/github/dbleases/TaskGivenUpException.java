package io.github.dbleases;

import org.jspecify.annotations.Nullable;

/** Thrown for a task that can never succeed: it is given up now, however many attempts it has left. */
public final class TaskGivenUpException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TaskGivenUpException(String message) {
        this(message, null);
    }

    public TaskGivenUpException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
