package io.github.dbleases.tasks.runner;

/** Rolls a transaction back whose tasks were taken by another session. */
final class LostTasksException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LostTasksException() {
        super("Some of the tasks were taken by another session: the transaction is rolled back.", null, false, false);
    }
}
