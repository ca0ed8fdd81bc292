package io.github.dbleases.tasks.runner;

/** The tasker has not returned a task. */
final class NotAccomplishedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotAccomplishedException() {
        super("The tasker did not return it as accomplished.", null, false, false);
    }
}
