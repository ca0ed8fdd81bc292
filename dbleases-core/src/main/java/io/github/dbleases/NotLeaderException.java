package io.github.dbleases;

/** Thrown if a {@link LeaderOnly} method with {@link LeaderOnly.Otherwise#THROW} is called while this instance does not lead. */
public final class NotLeaderException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    /** This instance does not lead. */
    public NotLeaderException(String leadership, String call) {
        super("%s was not called, because this instance does not lead '%s'.".formatted(call, leadership));
    }
}
