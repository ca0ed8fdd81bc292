package io.github.dbleases;

/** A lease cannot be joined as asked, because it exists with another number of partitions or as another kind. */
public final class LeaseConflictException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    private final String lease;

    private LeaseConflictException(String lease, String problem, String remedy) {
        super(problem, remedy, null);
        this.lease = lease;
    }

    /** The lease exists with another number of partitions and has a live member. */
    public static LeaseConflictException partitions(String lease, int wanted, int existing) {
        return new LeaseConflictException(
                lease,
                "Lease '%s' was asked for with %s partitions, but it has %s and live members use it."
                        .formatted(lease, wanted, existing),
                ("Use %2$s partitions, or give the lease a new name, for example '%1$s-2': instances with the old name and "
                                + "instances with the new one then run side by side. Or stop all instances that use '%1$s' "
                                + "first.")
                        .formatted(lease, existing));
    }

    /** The name is that of another kind of lease. */
    public static LeaseConflictException kind(String lease, LeaseKind wanted, LeaseKind existing) {
        return new LeaseConflictException(
                lease,
                "Lease '%s' was asked for as kind '%s', but it exists as kind '%s'."
                        .formatted(lease, wanted.word(), existing.word()),
                ("Leases, leader elections and task runners share one namespace: give one of the two another name, for "
                                + "example '%s-%s'.")
                        .formatted(lease, wanted.word()));
    }

    /** Returns the name of the lease. */
    public String lease() {
        return lease;
    }
}
