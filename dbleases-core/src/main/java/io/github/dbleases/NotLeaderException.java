package io.github.dbleases;

/** A method that runs only in the instance that leads was called while this instance did not lead. */
public final class NotLeaderException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    /** This instance does not lead. */
    public NotLeaderException(String leadership, String call) {
        super("%s was not called, because this instance does not lead '%s'.".formatted(call, leadership));
    }
}
