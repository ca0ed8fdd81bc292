package io.github.dbleases;

/** A setting of a client is outside its limits, or the settings contradict each other. */
public final class InvalidConfigurationException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    public InvalidConfigurationException(String message) {
        super(message);
    }

    /**
     * Creates an exception.
     *
     * @param problem which setting is wrong, in whole sentences
     * @param remedy what to change, in whole sentences
     */
    public InvalidConfigurationException(String problem, String remedy) {
        super(problem, remedy, null);
    }
}
