package io.github.dbleases.sample.launcher;

/** The application cannot be started as requested. The message is printed on the terminal. */
final class LaunchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LaunchException(String message) {
        super(message);
    }
}
