package io.github.dbleases;

/**
 * Thrown by a fence if this client no longer owns the partition or no longer leads. The transaction must be rolled back. The
 * new owner does the work again, so nothing has to be repaired.
 */
public final class OwnershipLostException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    private final String lease;
    private final int partition;

    /**
     * Creates an exception.
     *
     * @param lease the name of the lease, or of the election
     * @param partition the partition; 0 for an election
     * @param problem what is not owned, and why if that is known, in complete sentences
     */
    public OwnershipLostException(String lease, int partition, String problem) {
        super(problem);
        this.lease = lease;
        this.partition = partition;
    }

    /** Returns the name of the lease, or of the election. */
    public String lease() {
        return lease;
    }

    /** Returns the partition; 0 for an election. */
    public int partition() {
        return partition;
    }
}
