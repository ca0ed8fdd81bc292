package io.github.dbleases.internal.client;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.spi.observation.ClientObserver.StoreOperation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Supplier;

/** A work channel whose requests are observed. */
final class ObservedWorkChannel implements WorkChannel {

    private final WorkChannel channel;
    private final Observers observers;
    private final Clock clock;

    private ObservedWorkChannel(WorkChannel channel, Observers observers, Clock clock) {
        this.channel = channel;
        this.observers = observers;
        this.clock = clock;
    }

    /** Returns the channel itself if there is no observer. */
    static WorkChannel of(WorkChannel channel, Observers observers, Clock clock) {
        return observers.isOn() ? new ObservedWorkChannel(channel, observers, clock) : channel;
    }

    @Override
    public Holdings holdings(long session) {
        return observe(StoreOperation.HOLDINGS, () -> channel.holdings(session));
    }

    @Override
    public Optional<Neighbor> neighbor(long session) {
        return observe(StoreOperation.NEIGHBOR, () -> channel.neighbor(session));
    }

    @Override
    public Optional<Set<String>> markDead(MarkDeadCondition condition) {
        return observe(StoreOperation.MARK_DEAD, () -> channel.markDead(condition));
    }

    @Override
    public <T> T transact(SortedSet<String> leases, Work<T> work) {
        return observe(StoreOperation.TRANSACT, () -> channel.transact(leases, work));
    }

    @Override
    public <T> Optional<T> transactUnlessLocked(String lease, Work<T> work) {
        return observe(StoreOperation.TRANSACT, () -> channel.transactUnlessLocked(lease, work));
    }

    @Override
    public Optional<LeaseState> lease(String name) {
        return observe(StoreOperation.LEASE, () -> channel.lease(name));
    }

    @Override
    public ClusterSnapshot clusterSnapshot() {
        return observe(StoreOperation.CLUSTER, channel::clusterSnapshot);
    }

    @Override
    public ClusterSnapshot clusterSnapshot(String lease) {
        return observe(StoreOperation.CLUSTER, () -> channel.clusterSnapshot(lease));
    }

    @Override
    public void purge() {
        observe(StoreOperation.PURGE, () -> {
            channel.purge();
            return true;
        });
    }

    @Override
    public boolean keepsHistory() {
        return channel.keepsHistory();
    }

    @Override
    public List<HistoryEvent> history(HistoryQuery query) {
        return observe(StoreOperation.HISTORY, () -> channel.history(query));
    }

    @Override
    public boolean trimHistory() {
        return observe(StoreOperation.TRIM_HISTORY, channel::trimHistory);
    }

    private <T> T observe(StoreOperation operation, Supplier<T> request) {
        long start = clock.nanoTime();
        boolean success = false;
        try {
            T answer = request.get();
            success = true;
            return answer;
        } finally {
            boolean succeeded = success;
            Duration time = Duration.ofNanos(clock.nanoTime() - start);
            observers.tell(to -> to.onOperation(operation, succeeded, time));
        }
    }

    @Override
    public void idle() {
        channel.idle();
    }

    @Override
    public void close() {
        channel.close();
    }
}
