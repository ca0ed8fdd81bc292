package io.github.dbleases.spring.context;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseSpec;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The client of an application in which dbleases is switched off: always {@link ClientState#CLOSED}, its leases own
 * nothing, and no database is touched. Leases can be asked for all the same, so that the beans which use them need not
 * know.
 */
public final class SwitchedOffLeaseClient implements LeaseClient {

    private final LeaseClientConfig config;
    private final Map<String, ManagedLease> leases = new ConcurrentSkipListMap<>();
    private final Map<String, ManagedLeadership> leaderships = new ConcurrentSkipListMap<>();

    public SwitchedOffLeaseClient(LeaseClientConfig config) {
        this.config = config;
    }

    @Override
    public String clientId() {
        return config.clientId();
    }

    @Override
    public ClientState state() {
        return ClientState.CLOSED;
    }

    @Override
    public ClientStatus status() {
        return ManagedLeaseClient.statusWithoutSession(config, state());
    }

    @Override
    public Lease lease(String name, int partitions) {
        LeaseSpec spec = LeaseSpec.partitions(name, partitions);
        ManagedLease lease = leases.computeIfAbsent(name, absent -> new ManagedLease(spec, this::forget));
        if (lease.partitions() != partitions) {
            throw LeaseConflictException.partitions(name, partitions, lease.partitions());
        }
        return lease;
    }

    @Override
    public Leadership leadership(String name) {
        return leaderships.computeIfAbsent(
                LeaseSpec.leader(name).name(),
                absent -> new ManagedLeadership(absent, left -> leaderships.remove(left.name(), left)));
    }

    private void forget(ManagedLease lease) {
        leases.remove(lease.name(), lease);
    }

    @Override
    public Collection<Lease> leases() {
        return List.copyOf(leases.values());
    }

    @Override
    public Collection<Leadership> leaderships() {
        return List.copyOf(leaderships.values());
    }

    /** Returns a view without sessions and leases: nobody is asked. */
    @Override
    public ClusterView cluster() {
        return new ClusterView(List.of(), Collections.unmodifiableSortedMap(new TreeMap<>()));
    }

    /** Returns a view without sessions and leases: nobody is asked. */
    @Override
    public ClusterView cluster(String lease) {
        return cluster();
    }

    @Override
    public void retire() {}

    @Override
    public void close() {}
}
