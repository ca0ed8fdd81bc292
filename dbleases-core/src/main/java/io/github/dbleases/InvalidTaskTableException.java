package io.github.dbleases;

/** Thrown if the table of a task runner does not exist, or if its columns don't fit the settings. */
public final class InvalidTaskTableException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param problem what is wrong with the table, in complete sentences
     * @param remedy what to change, in complete sentences
     */
    public InvalidTaskTableException(String problem, String remedy) {
        super(problem, remedy, null);
    }
}
