package io.github.dbleases;

/** A lease cannot be joined as asked, because it exists with another number of partitions or as another kind. */
public final class LeaseConflictException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    private final String lease;

    private LeaseConflictException(String lease, String message) {
        super(message);
        this.lease = lease;
    }

    /** The lease exists with another number of partitions and has a live member. */
    public static LeaseConflictException partitions(String lease, int wanted, int existing) {
        return new LeaseConflictException(
                lease,
                ("Lease '%s' was asked for with %s partitions, but it has %s and live members use it. "
                                + "Use %s partitions, or a new name, or stop all its members first.")
                        .formatted(lease, wanted, existing, existing));
    }

    /** The name is that of another kind of lease. */
    public static LeaseConflictException kind(String lease, LeaseKind wanted, LeaseKind existing) {
        return new LeaseConflictException(
                lease,
                ("Lease '%s' was asked for as kind '%s', but it exists as kind '%s'. "
                                + "All kinds share one namespace: use a new name.")
                        .formatted(lease, wanted.word(), existing.word()));
    }

    /** Returns the name of the lease. */
    public String lease() {
        return lease;
    }
}
