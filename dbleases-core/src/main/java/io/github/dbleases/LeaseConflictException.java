package io.github.dbleases;

/**
 * Thrown if a lease cannot be joined as requested, because it exists with another number of partitions or as another
 * {@linkplain LeaseKind kind}.
 */
public final class LeaseConflictException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    private final String lease;

    /**
     * Creates an exception.
     *
     * @param lease the name of the lease
     * @param problem what was requested and what exists, in complete sentences
     * @param remedy what to change, in complete sentences
     */
    public LeaseConflictException(String lease, String problem, String remedy) {
        super(problem, remedy, null);
        this.lease = lease;
    }

    /** Returns the name of the lease. */
    public String lease() {
        return lease;
    }
}
