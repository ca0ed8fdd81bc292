package io.github.dbleases.tasks.runner;

/** The tasker has not returned a task, or many. Where that was found is of no interest. */
final class NotAccomplishedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotAccomplishedException() {
        this("The tasker did not return it as accomplished.");
    }

    NotAccomplishedException(String message) {
        super(message, null, false, false);
    }
}
