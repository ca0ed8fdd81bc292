package io.github.dbleases;

/** Thrown if the store keeps no history, or if the history is switched off. */
public final class HistoryUnavailableException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param problem why there is no history, in complete sentences
     * @param remedy what to change, in complete sentences
     */
    public HistoryUnavailableException(String problem, String remedy) {
        super(problem, remedy, null);
    }
}
