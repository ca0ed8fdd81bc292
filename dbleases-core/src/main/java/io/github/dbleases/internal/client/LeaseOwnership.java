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
 * What a client owns of one lease.
 *
 * <pre>
 *             take            handOver                     forget (handed over)
 *   (nothing) -----> ACTIVE -----------> HANDING_OVER -----------------------------+
 *       ^              |                      |                                    |
 *       |              | lose                 | lose                               |
 *       |              +-------> LOST <-------+                                    |
 *       |                         | forget (drained)                               |
 *       +-------------------------+------------------------------------------------+
 * </pre>
 *
 * Only ACTIVE partitions are in the view. A partition is drained when every listener has returned from {@code revoked}
 * and every hold on it is closed. Used under the monitor, except for {@link #grants()}.
 *
 * <p>An {@code Error} can interrupt any step. The fields record how far a step has come, and {@link #heal()} resumes
 * it.
 */
final class LeaseOwnership {

    private final SortedMap<Integer, OwnedPartition> owned = new TreeMap<>();
    private final Listeners listeners;
    private final TaskMembership taskMembership;
    private final LongSupplier epoch;
    private final Consumer<List<OwnedPartition>> whenReturned;
    private volatile Grants grants = Grants.NONE;
    private Grants told = Grants.NONE;
    private boolean stopping;
    private boolean trusted;

    /**
     * Creates an empty ownership.
     *
     * @param epoch returns the current epoch of trust, which is the epoch of new grants
     * @param trusted whether the session is trusted now
     * @param whenReturned receives, perhaps twice, the partitions whose listeners have returned from {@code revoked}
     */
    LeaseOwnership(
            Executor executor, LongSupplier epoch, boolean trusted, Consumer<List<OwnedPartition>> whenReturned) {
        this.listeners = new Listeners(executor);
        this.taskMembership = new TaskMembership(executor, epoch);
        this.epoch = epoch;
        this.trusted = trusted;
        this.whenReturned = whenReturned;
    }

    /** Returns the active partitions, whether the session is trusted or not. May be called without the monitor. */
    Grants grants() {
        return grants;
    }

    /** Returns the membership of a tasks lease. */
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

    /** Takes up partitions that this client does not have yet. */
    void take(Collection<OwnedPartition> taken) {
        taken.forEach(partition -> owned.put(partition.partition(), partition));
        publish();
    }

    /** Stops work on active partitions, to hand them over. */
    void handOver(Collection<OwnedPartition> given) {
        stopping = true;
        given.forEach(OwnedPartition::handOver);
        announceStops();
    }

    /** Stops work on partitions that no longer belong to this client. */
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
            listeners.afterwards(() -> whenReturned.accept(stopped));
            stopped.forEach(OwnedPartition::stopAnnounced);
        }
        stopping = false;
    }

    void forget(OwnedPartition partition) {
        owned.remove(partition.partition(), partition);
    }

    /** Tells the listeners to stop work, because the trust has lapsed. */
    void lapse() {
        trusted = false;
        told = Grants.NONE;
        listeners.revokeAll();
        taskMembership.trustChanged();
    }

    /** Tells the listeners to resume work, because the trust has returned. */
    void resume() {
        trusted = true;
        tellAssigned();
        taskMembership.trustChanged();
    }

    /** Tells the listeners that the store cannot be reached or has refused a request. */
    void failed(Exception error) {
        listeners.failed(error);
    }

    /** Adds a listener, and first tells it what is owned. If this throws, the listener was neither added nor told. */
    Registration addListener(OwnershipListener listener) {
        Registration added = listeners.add(listener);
        told = Grants.NONE;
        try {
            tellAssigned();
        } catch (Throwable failure) {
            // The next heartbeat tells it.
        }
        return added;
    }

    /**
     * Resumes what an {@code Error} or a lack of threads has interrupted.
     *
     * @return the drained partitions that still have to be handled
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

    /** Returns the partitions in the view. */
    List<OwnedPartition> inView() {
        return all(this::isInView);
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
