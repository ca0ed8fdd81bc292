package io.github.dbleases.client;

import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What a client has of one lease.
 *
 * <pre>
 *             take              give                   handed over
 *   (nothing) -----> HELD -------------> GIVING ----------------------+
 *       ^              |                   |                          |
 *       |              | lose              | lose                     |
 *       |              +-----> LOST <------+                          |
 *       |                        | drained                            |
 *       +------------------------+------------------------------------+
 * </pre>
 *
 * Only what is HELD is in the view. A partition is drained when every listener has returned from being told and every
 * hold on it is closed. Used under the monitor, but for {@link #grants()}.
 */
final class Portfolio {

    private final SortedMap<Integer, Owned> owned = new TreeMap<>();
    private final Listeners listeners;
    private final Sharing sharing;
    private volatile Grants grants = Grants.NONE;
    private boolean trusted;

    Portfolio(Executor executor, boolean trusted) {
        this.listeners = new Listeners(executor);
        this.sharing = new Sharing(executor);
        this.trusted = trusted;
    }

    /** Returns what is held, whether the session is trusted or not. May be called without the monitor. */
    Grants grants() {
        return grants;
    }

    /** Returns what there is of the lease where its members share tasks. */
    Sharing sharing() {
        return sharing;
    }

    Optional<Owned> owned(int partition) {
        return Optional.ofNullable(owned.get(partition));
    }

    List<Owned> all(Predicate<Owned> which) {
        return owned.values().stream().filter(which).toList();
    }

    boolean isEmpty() {
        return owned.isEmpty();
    }

    /** Takes up work on partitions, none of which this client has. */
    void take(Collection<Owned> taken) {
        taken.forEach(partition -> owned.put(partition.partition(), partition));
        publish();
        if (trusted) {
            listeners.assigned(grants);
        }
    }

    /** Stops work on partitions which are held, to give them to another; says when the listeners have returned. */
    void give(Collection<Owned> given, Consumer<List<Owned>> whenTold) {
        given.forEach(Owned::give);
        stop(List.copyOf(given), whenTold);
    }

    /** Stops work on partitions which are not this client's any more; says when the listeners have returned. */
    void lose(Collection<Owned> lost, Consumer<List<Owned>> whenTold) {
        List<Owned> held = lost.stream().filter(Owned::isHeld).toList();
        lost.forEach(Owned::lose);
        lost.stream().filter(Owned::isDrained).forEach(this::forget);
        stop(held, whenTold);
    }

    private void stop(List<Owned> stopped, Consumer<List<Owned>> whenTold) {
        if (!stopped.isEmpty()) {
            publish();
            listeners.revoked(numbers(stopped));
            listeners.afterwards(() -> whenTold.accept(stopped));
        }
    }

    void forget(Owned partition) {
        owned.remove(partition.partition(), partition);
    }

    /** Tells the listeners to stop, because the trust has lapsed. */
    void lapse() {
        trusted = false;
        listeners.revokeAll();
        sharing.trustChanged();
    }

    /** Tells the listeners to go on, because the trust has returned. */
    void resume() {
        trusted = true;
        listeners.assigned(grants);
        sharing.trustChanged();
    }

    /** Tells the listeners that the store cannot be reached or refuses what was asked of it. */
    void failed(Exception error) {
        listeners.failed(error);
    }

    Registration addListener(OwnershipListener listener) {
        return listeners.add(listener, grants);
    }

    private void publish() {
        grants = new Grants(all(Owned::isHeld));
    }

    private static PartitionSet numbers(Collection<Owned> partitions) {
        return PartitionSet.of(partitions.stream().mapToInt(Owned::partition).toArray());
    }
}
