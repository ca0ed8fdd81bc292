package io.github.dbleases;

/** A setting of a client is outside its limits, or the settings contradict each other. */
public final class InvalidConfigurationException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    public InvalidConfigurationException(String message) {
        super(message);
    }
}
