package io.github.dbleases;

import org.jspecify.annotations.Nullable;

/**
 * The root of what this library throws. Where somebody has to change something, it says what is wrong and how to put it
 * right; the message has both.
 */
public abstract class DbLeasesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final @Nullable String remedy;

    protected DbLeasesException(String problem) {
        this(problem, null, null);
    }

    protected DbLeasesException(String problem, @Nullable Throwable cause) {
        this(problem, null, cause);
    }

    /**
     * Creates an exception.
     *
     * @param problem what is wrong, in whole sentences
     * @param remedy what to do about it, in whole sentences, or null if trying again may help
     */
    protected DbLeasesException(String problem, @Nullable String remedy, @Nullable Throwable cause) {
        super(remedy == null ? problem : problem + " " + remedy, cause);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** Returns what is wrong. */
    public final String problem() {
        return problem;
    }

    /** Returns what to do about it, or null if the problem says all there is to say. */
    public final @Nullable String remedy() {
        return remedy;
    }
}
