package io.github.dbleases;

/** Thrown if an operation of {@link LeaseAdministration} cannot be done as the cluster is. Nothing was changed. */
public final class OperationRefusedException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /**
     * Creates an exception.
     *
     * @param problem why the operation is refused, in complete sentences
     * @param remedy what to do instead, in complete sentences
     */
    public OperationRefusedException(Reason reason, String problem, String remedy) {
        super(problem, remedy, null);
        this.reason = reason;
    }

    /** Returns what kind of reason there is. */
    public Reason reason() {
        return reason;
    }

    /** Why an operation is refused. */
    public enum Reason {

        /** There is no such lease, partition or session. */
        NOT_FOUND,

        /** The state of the cluster does not allow it at the moment. */
        CONFLICT
    }
}
