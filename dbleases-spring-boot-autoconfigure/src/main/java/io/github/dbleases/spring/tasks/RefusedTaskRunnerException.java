package io.github.dbleases.spring.tasks;

/** A task runner cannot be made of what the application has. */
public final class RefusedTaskRunnerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String remedy;

    /**
     * Refuses a runner.
     *
     * @param problem what is wrong, in whole sentences
     * @param remedy what to do, in whole sentences
     */
    public RefusedTaskRunnerException(String problem, String remedy) {
        super(problem);
        this.remedy = remedy;
    }

    /** Returns what to do. */
    public String remedy() {
        return remedy;
    }
}
