package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.LeaseConflicts;
import io.github.dbleases.internal.TaskSession;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiFunction;

/** What was asked for of a client, whether it runs or not. All kinds of leases share one namespace, as in the store. */
final class ManagedLeases {

    private final Map<String, Managed<?, ?>> all = new ConcurrentSkipListMap<>();
    private final Runnable changed;

    /**
     * Creates an empty collection.
     *
     * @param changed is run after something was asked for, or left
     */
    ManagedLeases(Runnable changed) {
        this.changed = changed;
    }

    ManagedLease lease(String name, int partitions) {
        return find(ManagedLease.class, LeaseSpec.partitions(name, partitions), ManagedLease::new);
    }

    ManagedLeadership leadership(String name) {
        return find(ManagedLeadership.class, LeaseSpec.leader(name), ManagedLeadership::new);
    }

    ManagedTaskSession taskSession(String name) {
        return find(ManagedTaskSession.class, LeaseSpec.tasks(name), ManagedTaskSession::new);
    }

    private <M extends Managed<?, ?>> M find(
            Class<M> type, LeaseSpec spec, BiFunction<LeaseSpec, ManagedLeases, M> create) {
        Managed<?, ?> found = all.computeIfAbsent(spec.name(), absent -> create.apply(spec, this));
        LeaseConflicts.requireSame(spec, found.spec());
        changed.run();
        return type.cast(found);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Returns how many partitions a lease has, 0 if it was not asked for or has been left. */
    int partitions(String name) {
        Managed<?, ?> found = all.get(name);
        return found == null ? 0 : found.spec().partitions();
    }

    Collection<Lease> leases() {
        return all(Lease.class);
    }

    Collection<Leadership> leaderships() {
        return all(Leadership.class);
    }

    Collection<TaskSession> taskSessions() {
        return all(TaskSession.class);
    }

    private <T> Collection<T> all(Class<T> type) {
        return List.copyOf(
                all.values().stream().filter(type::isInstance).map(type::cast).toList());
    }

    void joinAll(InternalLeaseClient client) {
        all.values().forEach(managed -> managed.join(client));
    }

    void detachAll() {
        all.values().forEach(Managed::detach);
    }

    void forget(Managed<?, ?> left) {
        all.remove(left.name(), left);
        changed.run();
    }
}
