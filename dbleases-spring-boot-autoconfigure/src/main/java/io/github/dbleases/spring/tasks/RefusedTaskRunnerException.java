package io.github.dbleases.spring.tasks;

import io.github.dbleases.DbLeasesException;
import org.jspecify.annotations.Nullable;

/** A task runner cannot be made of what the application has. */
final class RefusedTaskRunnerException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    /**
     * Refuses a runner.
     *
     * @param problem what is wrong, in whole sentences
     * @param remedy what to do, in whole sentences
     */
    RefusedTaskRunnerException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    RefusedTaskRunnerException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
