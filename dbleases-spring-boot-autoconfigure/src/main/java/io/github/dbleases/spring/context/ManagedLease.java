package io.github.dbleases.spring.context;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A lease that can be injected and listened to before it is joined, and that outlives the session: it owns nothing
 * unless it is joined. Reading it costs one volatile read more than the lease of the running client.
 */
final class ManagedLease implements Lease {

    private final LeaseSpec spec;
    private final Consumer<ManagedLease> onLeave;
    private final Joined<Lease, LeaseListener> joined = new Joined<>(Lease::addListener);

    ManagedLease(LeaseSpec spec, Consumer<ManagedLease> onLeave) {
        this.spec = spec;
        this.onLeave = onLeave;
    }

    /** Joins the lease; does nothing when this client has joined it already. */
    void join(LeaseClient client) {
        joined.attach(client.lease(spec.name(), spec.partitions()));
    }

    /** Forgets the lease of a client that is closed. */
    void detach() {
        joined.detach();
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public int partitions() {
        return spec.partitions();
    }

    @Override
    public PartitionSet values() {
        Lease lease = joined.current();
        return lease == null ? PartitionSet.empty() : lease.values();
    }

    @Override
    public boolean owns(int partition) {
        Lease lease = joined.current();
        return lease != null && lease.owns(partition);
    }

    @Override
    public OptionalLong token(int partition) {
        Lease lease = joined.current();
        return lease == null ? OptionalLong.empty() : lease.token(partition);
    }

    @Override
    public Optional<Hold> tryHold(int partition) {
        Lease lease = joined.current();
        return lease == null ? Optional.empty() : lease.tryHold(partition);
    }

    @Override
    public Registration addListener(LeaseListener listener) {
        return joined.addListener(listener);
    }

    @Override
    public void leave() {
        onLeave.accept(this);
        joined.find().ifPresent(Lease::leave);
    }

    @Override
    public String toString() {
        return "Lease[" + spec.name() + ", " + spec.partitions() + " partitions]";
    }
}
