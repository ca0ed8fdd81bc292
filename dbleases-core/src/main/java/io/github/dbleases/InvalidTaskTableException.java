package io.github.dbleases;

/** The table of a task runner is not there, or not as it must be. The message says what to do about it. */
public final class InvalidTaskTableException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    public InvalidTaskTableException(String message) {
        super(message);
    }
}
