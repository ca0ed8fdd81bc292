package io.github.dbleases;

import java.util.List;

/** Thrown if a setting is outside its limits, or if settings contradict each other. */
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
        super(problem, remedy, List.of(settings), null);
    }
}
