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
 *   (nothing) -----> ACTIVE -------------> HANDING_OVER ----------------------+
 *       ^              |                   |                          |
 *       |              | lose              | lose                     |
 *       |              +-----> LOST <------+                          |
 *       |                        | drained                            |
 *       +------------------------+------------------------------------+
 * </pre>
 *
 * Only what is ACTIVE is in the view. A partition is drained when every listener has returned from being told and every
 * hold on it is closed. Used under the monitor, but for {@link #grants()}.
 *
 * <p>Any step may be interrupted by an {@code Error}: what is here says how far it has come, and {@link #heal()} goes on.
 */
final class LeaseOwnership {

    private final SortedMap<Integer, OwnedPartition> owned = new TreeMap<>();
    private final Listeners listeners;
    private final TaskMembership taskMembership;
    private final LongSupplier epoch;
    private final Consumer<List<OwnedPartition>> whenTold;
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
    LeaseOwnership(Executor executor, LongSupplier epoch, boolean trusted, Consumer<List<OwnedPartition>> whenTold) {
        this.listeners = new Listeners(executor);
        this.taskMembership = new TaskMembership(executor, epoch);
        this.epoch = epoch;
        this.trusted = trusted;
        this.whenTold = whenTold;
    }

    /** Returns what is held, whether the session is trusted or not. May be called without the monitor. */
    Grants grants() {
        return grants;
    }

    /** Returns what there is of the lease where its members share tasks. */
    TaskMembership taskMembership() {
        return taskMembership;
    }

    Optional<OwnedPartition> owned(int partition) {
        return Optional.ofNullable(owned.get(partition));
    }

    List<OwnedPartition> all(Predicate<OwnedPartition> which) {
        return owned.values().stream().filter(which).toList();
    }

    boolean isEmpty() {
        return owned.isEmpty();
    }

    /** Takes up work on partitions, none of which this client has. */
    void take(Collection<OwnedPartition> taken) {
        taken.forEach(partition -> owned.put(partition.partition(), partition));
        publish();
    }

    /** Stops work on partitions which are held, to give them to another. */
    void handOver(Collection<OwnedPartition> given) {
        stopping = true;
        given.forEach(OwnedPartition::handOver);
        announceStops();
    }

    /** Stops work on partitions which are not this client's any more. */
    void lose(Collection<OwnedPartition> lost) {
        stopping = true;
        lost.forEach(OwnedPartition::lose);
        lost.stream().filter(OwnedPartition::isDrained).forEach(this::forget);
        announceStops();
    }

    /** Loses everything. */
    void loseAll() {
        if (!owned.isEmpty()) {
            lose(List.copyOf(owned.values()));
        }
    }

    private void announceStops() {
        List<OwnedPartition> stopped = all(OwnedPartition::isStopping);
        if (!stopped.isEmpty()) {
            publish();
            listeners.revoked(numbers(stopped));
            listeners.afterwards(() -> whenTold.accept(stopped));
            stopped.forEach(OwnedPartition::stopAnnounced);
        }
        stopping = false;
    }

    void forget(OwnedPartition partition) {
        owned.remove(partition.partition(), partition);
    }

    /** Tells the listeners to stop, because the trust has lapsed. */
    void lapse() {
        trusted = false;
        told = Grants.NONE;
        listeners.revokeAll();
        taskMembership.trustChanged();
    }

    /** Tells the listeners to go on, because the trust has returned. */
    void resume() {
        trusted = true;
        tellAssigned();
        taskMembership.trustChanged();
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
    List<OwnedPartition> heal() {
        listeners.nudge();
        taskMembership.nudge();
        tellAssigned();
        if (owned.size() == grants.size() && !stopping) {
            return List.of();
        }
        announceStops();
        if (all(this::isInView).size() != grants.size()) {
            publish();
        }
        return all(OwnedPartition::isDrainToBeHandled);
    }

    private boolean isInView(OwnedPartition partition) {
        return partition.isActive() && partition.epoch() == epoch.getAsLong();
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

    private static PartitionSet numbers(Collection<OwnedPartition> partitions) {
        return PartitionSet.of(
                partitions.stream().mapToInt(OwnedPartition::partition).toArray());
    }
}
