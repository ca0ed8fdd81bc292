package io.github.dbleases.internal.client;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The leases that a client takes part in while it is started, and whether it takes up grants now. Used under the monitor.
 */
final class JoinedLeases {

    private final SortedMap<String, JoinedLease> leases = new TreeMap<>();
    private boolean retired;
    private boolean drained;
    private boolean drainRequested;
    private @Nullable Stopping stopping;

    void add(JoinedLease lease) {
        leases.put(lease.name(), lease);
    }

    /** Returns the leases by name. */
    Collection<JoinedLease> all() {
        return List.copyOf(leases.values());
    }

    Optional<JoinedLease> find(String name) {
        return Optional.ofNullable(leases.get(name));
    }

    /** Returns whether the client still takes part in this lease, and has not joined it anew under the same name. */
    boolean contains(JoinedLease lease) {
        return leases.get(lease.name()) == lease && !lease.isLeaving();
    }

    /** Returns whether the client takes up no new grants. */
    boolean isRetired() {
        return retired;
    }

    void retire() {
        retired = true;
    }

    /** Returns whether the client stands by: it is no member of its leases, and hands over what it owns. */
    boolean isDrained() {
        return drained || drainRequested;
    }

    /** Makes the client stand by, or take part unless the store asks it to stand by. */
    void drain(boolean standBy) {
        drained = standBy;
    }

    /** Returns whether the store asks the client to stand by. */
    boolean isDrainRequested() {
        return drainRequested;
    }

    /** Records whether the store asks the client to stand by. Returns whether that is new. */
    boolean drainRequested(boolean requested) {
        boolean isNew = drainRequested != requested;
        drainRequested = requested;
        return isNew;
    }

    /** Returns the process of stopping the client, or null if it is not being stopped. */
    @Nullable
    Stopping stopping() {
        return stopping;
    }

    void stop(Stopping begun) {
        retired = true;
        stopping = begun;
    }

    /**
     * Called when the client has stopped. It takes up grants again after the next start. What the store has asked of its
     * session ends with the session.
     */
    void stopped() {
        retired = false;
        drainRequested = false;
        stopping = null;
    }

    /** Called when partitions of a lease have been drained or handed over. */
    void drained(JoinedLease lease) {
        if (lease.isHandingOver() && lease.ownership().isEmpty()) {
            left(lease);
        }
        if (stopping != null) {
            stopping.drained();
        }
    }

    /** Called when the client owns nothing anymore of a lease that it does not take part in. */
    void left(JoinedLease lease) {
        CompletableFuture<Void> left = lease.left();
        CompletableFuture<Boolean> decided = lease.decided();
        leases.remove(lease.name(), lease);
        left.complete(null);
        decided.complete(false);
    }
}
