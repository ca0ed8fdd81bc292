package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import io.github.dbleases.internal.InternalLeaseClient;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A lease that can be injected and listened to before it is joined, and that outlives the session: it owns nothing
 * unless it is joined. Reading it costs one volatile read more than the lease of the running client.
 */
final class ManagedLease extends Managed<Lease, LeaseListener> implements Lease {

    ManagedLease(LeaseSpec spec, ManagedLeases all) {
        super(spec, all);
    }

    @Override
    Lease joinWith(InternalLeaseClient client) {
        return client.lease(name(), partitions());
    }

    @Override
    Registration register(Lease lease, LeaseListener listener) {
        return lease.addListener(listener);
    }

    @Override
    void leave(Lease lease) {
        lease.leave();
    }

    @Override
    public int partitions() {
        return spec().partitions();
    }

    @Override
    public PartitionSet values() {
        Lease lease = current();
        return lease == null ? PartitionSet.empty() : lease.values();
    }

    @Override
    public boolean owns(int partition) {
        Lease lease = current();
        return lease != null && lease.owns(partition);
    }

    @Override
    public OptionalLong token(int partition) {
        Lease lease = current();
        return lease == null ? OptionalLong.empty() : lease.token(partition);
    }

    @Override
    public Optional<Hold> tryHold(int partition) {
        Lease lease = current();
        return lease == null ? Optional.empty() : lease.tryHold(partition);
    }

    @Override
    public String toString() {
        return "Lease[" + name() + ", " + partitions() + " partitions]";
    }
}
