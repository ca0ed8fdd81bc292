package io.github.dbleases;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The base of the exceptions that dbleases throws. Where a person has to change something, the exception names the problem
 * and the remedy, and {@link #getMessage()} contains both.
 */
public abstract class DbLeasesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final @Nullable String remedy;
    private final List<String> settings;

    /**
     * Creates an exception without a remedy.
     *
     * @param problem what went wrong, in complete sentences
     */
    protected DbLeasesException(String problem) {
        this(problem, null, null);
    }

    /**
     * Creates an exception without a remedy.
     *
     * @param problem what went wrong, in complete sentences
     */
    protected DbLeasesException(String problem, @Nullable Throwable cause) {
        this(problem, null, cause);
    }

    /**
     * Creates an exception.
     *
     * @param problem what went wrong, in complete sentences
     * @param remedy what to change, in complete sentences; null if nothing has to be changed
     */
    protected DbLeasesException(String problem, @Nullable String remedy, @Nullable Throwable cause) {
        this(problem, remedy, List.of(), cause);
    }

    /**
     * Creates an exception.
     *
     * @param problem what went wrong, in complete sentences
     * @param remedy what to change, in complete sentences; null if nothing has to be changed
     * @param settings the settings that the problem or the remedy mentions, see {@link #settings()}
     */
    protected DbLeasesException(
            String problem, @Nullable String remedy, List<String> settings, @Nullable Throwable cause) {
        super(remedy == null ? problem : problem + " " + remedy, cause);
        this.problem = problem;
        this.remedy = remedy;
        this.settings = List.copyOf(settings);
    }

    /** Returns what went wrong. */
    public final String problem() {
        return problem;
    }

    /** Returns what to change, or null if nothing has to be changed. */
    public final @Nullable String remedy() {
        return remedy;
    }

    /**
     * Returns the settings that the problem or the remedy mentions, by the name that they have in their builder or record,
     * such as {@code tasksPerSession}. A framework that takes these settings from elsewhere can name its own source.
     */
    public final List<String> settings() {
        return settings;
    }
}
