package io.github.dbleases.internal.client;

import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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
 *
 * <p>Any step may be interrupted by an {@code Error}: what is here says how far it has come, and {@link #heal()} goes on.
 */
final class LeaseOwnership {

    private final SortedMap<Integer, Owned> owned = new TreeMap<>();
    private final Listeners listeners;
    private final Sharing sharing;
    private final LongSupplier epoch;
    private final Consumer<List<Owned>> whenTold;
    private volatile Grants grants = Grants.NONE;
    private Grants told = Grants.NONE;
    private boolean stopping;
    private boolean trusted;

    /**
     * Has nothing yet.
     *
     * @param epoch tells in which epoch of trust what is granted now is granted
     * @param trusted whether the session is trusted at this moment
     * @param whenTold is told, perhaps twice, of partitions on which work has stopped when the listeners have returned
     */
    LeaseOwnership(Executor executor, LongSupplier epoch, boolean trusted, Consumer<List<Owned>> whenTold) {
        this.listeners = new Listeners(executor);
        this.sharing = new Sharing(executor, epoch);
        this.epoch = epoch;
        this.trusted = trusted;
        this.whenTold = whenTold;
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
    }

    /** Stops work on partitions which are held, to give them to another. */
    void give(Collection<Owned> given) {
        stopping = true;
        given.forEach(Owned::give);
        announceStops();
    }

    /** Stops work on partitions which are not this client's any more. */
    void lose(Collection<Owned> lost) {
        stopping = true;
        lost.forEach(Owned::lose);
        lost.stream().filter(Owned::isDrained).forEach(this::forget);
        announceStops();
    }

    /** Loses everything. */
    void loseAll() {
        if (!owned.isEmpty()) {
            lose(List.copyOf(owned.values()));
        }
    }

    private void announceStops() {
        List<Owned> stopped = all(Owned::isStopping);
        if (!stopped.isEmpty()) {
            publish();
            listeners.revoked(numbers(stopped));
            listeners.afterwards(() -> whenTold.accept(stopped));
            stopped.forEach(Owned::stopAnnounced);
        }
        stopping = false;
    }

    void forget(Owned partition) {
        owned.remove(partition.partition(), partition);
    }

    /** Tells the listeners to stop, because the trust has lapsed. */
    void lapse() {
        trusted = false;
        told = Grants.NONE;
        listeners.revokeAll();
        sharing.trustChanged();
    }

    /** Tells the listeners to go on, because the trust has returned. */
    void resume() {
        trusted = true;
        tellAssigned();
        sharing.trustChanged();
    }

    /** Tells the listeners that the store cannot be reached or refuses what was asked of it. */
    void failed(Exception error) {
        listeners.failed(error);
    }

    /** Adds a listener, which is told first what is owned. */
    Registration addListener(OwnershipListener listener) {
        return listeners.add(listener, trusted ? grants : Grants.NONE);
    }

    /**
     * Goes on with what an {@code Error}, or the lack of a thread, has interrupted.
     *
     * @return the partitions that are drained without anything having followed from that
     */
    List<Owned> heal() {
        listeners.nudge();
        sharing.nudge();
        tellAssigned();
        if (owned.size() == grants.size() && !stopping) {
            return List.of();
        }
        announceStops();
        if (all(this::isInView).size() != grants.size()) {
            publish();
        }
        return all(Owned::isDrainToBeHandled);
    }

    private boolean isInView(Owned partition) {
        return partition.isHeld() && partition.epoch() == epoch.getAsLong();
    }

    private void publish() {
        grants = new Grants(epoch.getAsLong(), all(this::isInView));
        tellAssigned();
    }

    private void tellAssigned() {
        Grants news = grants;
        if (trusted && news != told) {
            listeners.assigned(news);
            told = news;
        }
    }

    private static PartitionSet numbers(Collection<Owned> partitions) {
        return PartitionSet.of(partitions.stream().mapToInt(Owned::partition).toArray());
    }
}
