package io.github.dbleases.internal;

import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;

/** Describes why a lease cannot be joined as requested. */
public final class LeaseConflicts {

    private LeaseConflicts() {}

    /** Throws if a lease that exists is of another kind than the requested one, or has another number of partitions. */
    public static void requireSame(LeaseSpec requested, LeaseSpec existing) {
        if (requested.kind() != existing.kind()) {
            throw otherKind(requested, existing.kind());
        }
        if (requested.partitions() != existing.partitions()) {
            throw otherPartitions(requested, existing.partitions());
        }
    }

    /** Returns the exception for a lease that live members use with another number of partitions. */
    public static LeaseConflictException otherPartitions(LeaseSpec requested, int existing) {
        String lease = requested.name();
        return new LeaseConflictException(
                lease,
                "Lease '%s' was asked for with %s partitions, but it has %s and live members use it."
                        .formatted(lease, requested.partitions(), existing),
                ("Use %2$s partitions, or give the lease a new name, for example '%1$s-2': instances with the old name and "
                                + "instances with the new one then run side by side. Or stop all instances that use '%1$s' "
                                + "first.")
                        .formatted(lease, existing));
    }

    /** Returns the exception for a name that another kind of lease has. */
    public static LeaseConflictException otherKind(LeaseSpec requested, LeaseKind existing) {
        String lease = requested.name();
        String kind = requested.kind().word();
        return new LeaseConflictException(
                lease,
                "Lease '%s' was asked for as kind '%s', but it exists as kind '%s'."
                        .formatted(lease, kind, existing.word()),
                ("Leases, leader elections and task runners share one namespace: give one of the two another name, for "
                                + "example '%s-%s'.")
                        .formatted(lease, kind));
    }
}
