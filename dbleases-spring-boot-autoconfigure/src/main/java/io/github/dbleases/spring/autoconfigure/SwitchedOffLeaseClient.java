package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.TaskSession;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/**
 * The client of an application in which dbleases is switched off: always {@link ClientState#CLOSED}, its leases own
 * nothing, its task sessions have no id, and no database is touched. Leases can be asked for all the same, so that the beans which use them need not
 * know.
 */
final class SwitchedOffLeaseClient implements InternalLeaseClient {

    private final LeaseClientConfig config;
    private final ManagedLeases leases = new ManagedLeases(() -> {});
    private final Instant since = Instant.now();

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
        return ManagedLeaseClient.statusWithoutSession(config, state(), since, false);
    }

    @Override
    public Lease lease(String name, int partitions) {
        return leases.lease(name, partitions);
    }

    @Override
    public Leadership leadership(String name) {
        return leases.leadership(name);
    }

    @Override
    public TaskSession taskSession(String name) {
        return leases.taskSession(name);
    }

    @Override
    public Collection<Lease> leases() {
        return leases.leases();
    }

    @Override
    public Collection<Leadership> leaderships() {
        return leases.leaderships();
    }

    @Override
    public Collection<TaskSession> taskSessions() {
        return leases.taskSessions();
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
    public void drain() {}

    @Override
    public void resume() {}

    @Override
    public void retire() {}

    @Override
    public void close() {}
}
