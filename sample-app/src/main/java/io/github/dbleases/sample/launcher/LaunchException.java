package io.github.dbleases.sample.launcher;

/** The application cannot be started as asked; the message is for the person at the terminal. */
final class LaunchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LaunchException(String message) {
        super(message);
    }
}
