package io.github.dbleases;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a setting is outside its limits, if settings contradict each other, or if they don't fit the beans and methods of
 * the application.
 */
public final class InvalidConfigurationException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param problem the setting, its value and its limits, in complete sentences
     * @param remedy what to change, in complete sentences
     * @param settings the settings to change, by the names that they have in their builder or record
     */
    public InvalidConfigurationException(String problem, String remedy, String... settings) {
        this(problem, remedy, null, settings);
    }

    /**
     * Creates an exception with a cause.
     *
     * @param problem the setting, its value and its limits, in complete sentences
     * @param remedy what to change, in complete sentences
     * @param settings the settings to change, by the names that they have in their builder or record
     */
    public InvalidConfigurationException(String problem, String remedy, @Nullable Throwable cause, String... settings) {
        super(problem, remedy, List.of(settings), cause);
    }
}
