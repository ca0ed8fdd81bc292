package io.github.dbleases.internal.client;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The leases that a client takes part in, and whether it still wants more. Used under the monitor. */
final class JoinedLeases {

    private final SortedMap<String, JoinedLease> leases = new TreeMap<>();
    private boolean retired;
    private @Nullable Closing closing;

    void add(JoinedLease lease) {
        leases.put(lease.name(), lease);
    }

    void remove(JoinedLease lease) {
        leases.remove(lease.name(), lease);
    }

    /** Returns the leases in the order of their names. */
    Collection<JoinedLease> all() {
        return List.copyOf(leases.values());
    }

    Optional<JoinedLease> find(String name) {
        return Optional.ofNullable(leases.get(name));
    }

    /** Returns whether this very lease is still taken part in. */
    boolean contains(JoinedLease lease) {
        return leases.get(lease.name()) == lease && !lease.isLeaving();
    }

    /** Returns whether no new grants are taken up any more. */
    boolean isRetired() {
        return retired;
    }

    void retire() {
        retired = true;
    }

    /** Returns how the client is being closed, null if it is not. */
    @Nullable
    Closing closing() {
        return closing;
    }

    void close(Closing started) {
        retired = true;
        closing = started;
    }

    /** Takes note that work on some partitions of a lease has ended. */
    void drained(JoinedLease lease) {
        if (lease.isHandingOver() && lease.ownership().isEmpty()) {
            left(lease);
        }
        if (closing != null) {
            closing.drained();
        }
    }

    /** Nothing is left of a lease that was being left. */
    void left(JoinedLease lease) {
        CompletableFuture<Void> left = lease.left();
        remove(lease);
        left.complete(null);
    }
}
