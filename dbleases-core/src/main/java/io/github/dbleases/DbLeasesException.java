package io.github.dbleases;

/** The root of what this library throws. */
public abstract class DbLeasesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    protected DbLeasesException(String message) {
        super(message);
    }

    protected DbLeasesException(String message, Throwable cause) {
        super(message, cause);
    }
}
