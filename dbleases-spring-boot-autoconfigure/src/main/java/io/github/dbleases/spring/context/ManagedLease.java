package io.github.dbleases.spring.context;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lease that can be injected and listened to before it is joined, and that outlives the session: it owns nothing
 * unless it is joined. Reading it costs one volatile read more than the lease of the running client.
 */
final class ManagedLease implements Lease {

    private final LeaseSpec spec;
    private final Consumer<ManagedLease> onLeave;
    private final List<Listening> listeners = new ArrayList<>();
    private volatile @Nullable Lease joined;

    ManagedLease(LeaseSpec spec, Consumer<ManagedLease> onLeave) {
        this.spec = spec;
        this.onLeave = onLeave;
    }

    /** Joins the lease; does nothing when this client has joined it already. */
    void join(LeaseClient client) {
        Lease lease = client.lease(spec.name(), spec.partitions());
        synchronized (listeners) {
            if (joined != lease) {
                joined = lease;
                listeners.forEach(listening -> listening.attach(lease));
            }
        }
    }

    /** Forgets the lease of a client that is closed. */
    void detach() {
        synchronized (listeners) {
            joined = null;
            listeners.forEach(Listening::detach);
        }
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
        Lease lease = joined;
        return lease == null ? PartitionSet.empty() : lease.values();
    }

    @Override
    public boolean owns(int partition) {
        Lease lease = joined;
        return lease != null && lease.owns(partition);
    }

    @Override
    public OptionalLong token(int partition) {
        Lease lease = joined;
        return lease == null ? OptionalLong.empty() : lease.token(partition);
    }

    @Override
    public Optional<Hold> tryHold(int partition) {
        Lease lease = joined;
        return lease == null ? Optional.empty() : lease.tryHold(partition);
    }

    @Override
    public Registration addListener(LeaseListener listener) {
        Listening listening = new Listening(listener);
        synchronized (listeners) {
            listeners.add(listening);
            Lease lease = joined;
            if (lease != null) {
                listening.attach(lease);
            }
        }
        return () -> {
            synchronized (listeners) {
                listeners.remove(listening);
                listening.close();
            }
        };
    }

    @Override
    public void leave() {
        onLeave.accept(this);
        Lease lease = joined;
        if (lease != null) {
            lease.leave();
        }
    }

    @Override
    public String toString() {
        return "Lease[" + spec.name() + ", " + spec.partitions() + " partitions]";
    }

    /** A listener, and its registration with the lease of the running client. */
    private static final class Listening {

        private final LeaseListener listener;
        private @Nullable Registration registration;

        private Listening(LeaseListener listener) {
            this.listener = listener;
        }

        private void attach(Lease lease) {
            registration = lease.addListener(listener);
        }

        private void detach() {
            registration = null;
        }

        private void close() {
            if (registration != null) {
                registration.close();
                registration = null;
            }
        }
    }
}
