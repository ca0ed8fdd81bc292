package io.github.dbleases.internal.client;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.NewEvent;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A work channel on which some leases are sometimes locked, and some partitions cannot be granted, because other transactions
 * are open on them.
 * Records the sessions that are marked dead, and counts how often a whole lease is read to plan its balance.
 */
record SimWorkChannel(
        WorkChannel channel,
        Predicate<String> locked,
        Predicate<Change> fenced,
        Set<Long> deadSessions,
        AtomicInteger plans)
        implements WorkChannel {

    @Override
    public <T> T transact(SortedSet<String> leases, Work<T> work) {
        return channel.transact(leases, transaction -> work.in(new Transaction(transaction, fenced, plans)));
    }

    @Override
    public <T> Optional<T> transactUnlessLocked(String lease, Work<T> work) {
        return locked.test(lease) ? Optional.empty() : Optional.of(transact(new TreeSet<>(Set.of(lease)), work));
    }

    @Override
    public Optional<LeaseState> lease(String name) {
        return channel.lease(name);
    }

    @Override
    public Holdings holdings(long session) {
        return channel.holdings(session);
    }

    @Override
    public Optional<Neighbor> neighbor(long session) {
        return channel.neighbor(session);
    }

    @Override
    public Optional<Set<String>> markDead(MarkDeadCondition condition) {
        Optional<Set<String>> leases = channel.markDead(condition);
        leases.ifPresent(marked -> deadSessions.add(condition.session()));
        return leases;
    }

    @Override
    public ClusterSnapshot clusterSnapshot() {
        return channel.clusterSnapshot();
    }

    @Override
    public ClusterSnapshot clusterSnapshot(String lease) {
        return channel.clusterSnapshot(lease);
    }

    @Override
    public void purge() {
        channel.purge();
    }

    @Override
    public boolean keepsHistory() {
        return channel.keepsHistory();
    }

    @Override
    public List<HistoryEvent> history(HistoryQuery query) {
        return channel.history(query);
    }

    @Override
    public boolean trimHistory() {
        return channel.trimHistory();
    }

    @Override
    public void idle() {
        channel.idle();
    }

    @Override
    public void close() {
        channel.close();
    }

    private record Transaction(LeaseTransaction transaction, Predicate<Change> fenced, AtomicInteger plans)
            implements LeaseTransaction {

        @Override
        public List<Change> apply(String name, List<Change> changes) {
            return transaction.apply(
                    name, changes.stream().filter(fenced.negate()).toList());
        }

        @Override
        public boolean isLive(long session) {
            return transaction.isLive(session);
        }

        @Override
        public boolean isExpired(long session) {
            return transaction.isExpired(session);
        }

        @Override
        public void create(LeaseSpec spec) {
            transaction.create(spec);
        }

        @Override
        public Optional<LeaseState> lease(String name) {
            return transaction.lease(name);
        }

        @Override
        public void assigned(String name, Assigned assigned) {
            transaction.assigned(name, assigned);
        }

        @Override
        public Snapshot excerpt(String name, Collection<Integer> listed) {
            return transaction.excerpt(name, listed);
        }

        @Override
        public Snapshot handOvers(String name, Collection<Integer> partitions) {
            return transaction.handOvers(name, partitions);
        }

        @Override
        public boolean names(String name, long session) {
            return transaction.names(name, session);
        }

        @Override
        public void resize(String name, int partitions) {
            transaction.resize(name, partitions);
        }

        @Override
        public void remove(String name) {
            transaction.remove(name);
        }

        @Override
        public Snapshot snapshot(String name) {
            plans.incrementAndGet();
            return transaction.snapshot(name);
        }

        @Override
        public void addMember(String name, long session) {
            transaction.addMember(name, session);
        }

        @Override
        public void yieldFor(String name, long session, Duration time) {
            transaction.yieldFor(name, session, time);
        }

        @Override
        public void removeMember(String name, long session) {
            transaction.removeMember(name, session);
        }

        @Override
        public boolean membersChanged(String name) {
            return transaction.membersChanged(name);
        }

        @Override
        public void raiseInboxes(Collection<Long> sessions) {
            transaction.raiseInboxes(sessions);
        }

        @Override
        public void setDrained(long session, boolean drained) {
            transaction.setDrained(session, drained);
        }

        @Override
        public void end(long session) {
            transaction.end(session);
        }

        @Override
        public void record(long by, Collection<NewEvent> events) {
            transaction.record(by, events);
        }
    }
}
