package io.github.dbleases.test;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.OwnershipLostException;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.sql.Connection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Lease} whose partitions a test grants and revokes. It owns nothing until then.
 *
 * <pre>{@code
 * FakeLease orders = new FakeLease("orders", 8);
 * orders.grant(0, 1);
 * worker.work();               // works on the partitions 0 and 1
 * orders.revoke(0);
 * worker.work();               // works on partition 1
 * }</pre>
 *
 * <p>Everything else follows the contract of {@link Lease}:
 *
 * <ul>
 *   <li>A partition that is granted again has a larger token.
 *   <li>{@link #revoke} starts a hand-over: the partition disappears from {@link #values()} at once, and its open holds
 *       stay trusted. {@link #isHandedOver} returns whether all of them have been closed.
 *   <li>{@link #suspend()} ends the trust: the lease owns nothing and trusts no hold until {@link #resume()} restores the
 *       same partitions with the same tokens.
 *   <li>{@link #loseSession()} takes everything away at once and for good, as if the session had been marked dead.
 * </ul>
 *
 * <p>Listeners are called by the thread that makes the change, before its method returns, so a test doesn't have to wait.
 * If a listener makes a change itself, listeners are notified of it after that listener has returned.
 *
 * <p>Any thread may use it.
 */
public final class FakeLease implements Lease {

    private static final Logger log = LoggerFactory.getLogger(FakeLease.class);

    private final LeaseSpec spec;
    private final FakeSession session;
    private final ReentrantLock changes = new ReentrantLock();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> untold = new ArrayDeque<>();

    /** The last grant of each partition. A revoked partition may still be held. */
    private final Map<Integer, Grant> lastGrants = new HashMap<>();

    private volatile Owned owned = new Owned(PartitionSet.empty(), Map.of());
    private volatile boolean left;

    /**
     * Creates a lease that owns nothing.
     *
     * @param name 1 to 200 characters of letters, digits, {@code . _ - : /}
     * @param partitions 1 to 100,000
     */
    public FakeLease(String name, int partitions) {
        this(LeaseSpec.partitions(name, partitions), new FakeSession("this-instance"));
    }

    FakeLease(LeaseSpec spec, FakeSession session) {
        this.spec = spec;
        this.session = session;
        session.add(this);
    }

    /** The owned partitions, whether or not the session is trusted. */
    private record Owned(PartitionSet partitions, Map<Integer, Grant> grants) {}

    /** A listener of a lease or of a leadership. */
    interface Listener {

        void gained(PartitionSet partitions, long firstToken);

        void lost(PartitionSet partitions);
    }

    /**
     * Grants partitions to this instance, each with a new token. Partitions that it already owns keep their tokens.
     *
     * @throws IllegalArgumentException if the lease has no such partition
     * @throws IllegalStateException if a partition has been revoked and is still held, or the lease has been left
     */
    public void grant(int... partitions) {
        grant(PartitionSet.of(checked(partitions)), OptionalLong.empty());
    }

    /** Grants all partitions, as if this instance were alone. */
    public void grantAll() {
        grant(IntStream.range(0, spec.partitions()).toArray());
    }

    /** Grants all partitions, except for those that were revoked and are still held. */
    void grantReleased() {
        grant(IntStream.range(0, spec.partitions()).filter(this::isHandedOver).toArray());
    }

    void grant(PartitionSet partitions, OptionalLong token) {
        change(() -> {
            if (left) {
                throw new IllegalStateException(
                        "%s has been left, so it cannot be granted partitions. Create or join a new one."
                                .formatted(this));
            }
            PartitionSet missing = partitions.minus(owned.partitions());
            missing.forEach(this::checkNotHeld);
            Map<Integer, Grant> grants = new HashMap<>(owned.grants());
            missing.forEach(partition -> {
                token.ifPresent(session::takeToken);
                Grant grant = new Grant(partition, token.orElseGet(session::nextToken));
                grants.put(partition, grant);
                lastGrants.put(partition, grant);
            });
            owned = new Owned(owned.partitions().plus(missing), Map.copyOf(grants));
        });
    }

    private void checkNotHeld(int partition) {
        if (!isReleased(partition)) {
            throw new IllegalStateException(
                    "Partition %d of '%s' has been revoked and is still held: the hand-over waits for %d holds. Close them before you grant it again."
                            .formatted(partition, name(), openHolds(partition)));
        }
    }

    /**
     * Revokes partitions, as if they were handed over to another instance. Partitions that this instance does not own are
     * ignored.
     *
     * @throws IllegalArgumentException if the lease has no such partition
     */
    public void revoke(int... partitions) {
        PartitionSet revoked = PartitionSet.of(checked(partitions));
        change(() -> keep(partition -> !revoked.contains((int) partition)));
    }

    /** Revokes all partitions. */
    public void revokeAll() {
        change(() -> keep(partition -> false));
    }

    private void keep(Predicate<Integer> kept) {
        Map<Integer, Grant> grants = new HashMap<>(owned.grants());
        grants.keySet().removeIf(kept.negate());
        owned = new Owned(
                PartitionSet.of(grants.keySet().stream().mapToInt(i -> i).toArray()), Map.copyOf(grants));
        lastGrants.forEach((partition, grant) -> {
            if (!kept.test(partition)) {
                grant.refuseHolds();
            }
        });
    }

    /**
     * Returns whether a revoked partition has been handed over: this instance does not own it, and all holds on it have
     * been closed.
     */
    public boolean isHandedOver(int partition) {
        checked(partition);
        changes.lock();
        try {
            return !owned.partitions().contains(partition) && isReleased(partition);
        } finally {
            changes.unlock();
        }
    }

    private boolean isReleased(int partition) {
        Grant last = lastGrants.get(partition);
        return last == null || owned.grants().containsValue(last) || last.isLost() || last.holds() == 0;
    }

    /** Returns the number of open holds on a partition, including those that are no longer trusted. */
    public int openHolds(int partition) {
        checked(partition);
        changes.lock();
        try {
            Grant last = lastGrants.get(partition);
            return last == null ? 0 : last.holds();
        } finally {
            changes.unlock();
        }
    }

    /**
     * Ends the trust, as if no heartbeat had succeeded before the trust deadline: nothing is owned and no hold is
     * trusted. All leases and elections of one {@link FakeLeaseClient} are suspended together.
     */
    public void suspend() {
        session.setTrusted(false);
    }

    /** Restores the trust: the same partitions are owned with the same tokens, and their open holds are trusted. */
    public void resume() {
        session.setTrusted(true);
    }

    /**
     * Ends the session, as if it had been marked dead: nothing is owned, and open holds are never trusted again. Later
     * grants belong to a new session, which is trusted.
     */
    public void loseSession() {
        session.lose();
    }

    /** Returns whether {@link #leave()} has been called. */
    public boolean isLeft() {
        return left;
    }

    void dropAll() {
        change(() -> {
            lastGrants.values().forEach(Grant::lose);
            keep(partition -> false);
        });
    }

    /** Forgets the holds that hand-overs wait for. */
    void dropRevoked() {
        change(() -> lastGrants.forEach((partition, grant) -> {
            if (!owned.grants().containsValue(grant)) {
                grant.lose();
            }
        }));
    }

    /** Returns whether a partition is granted to this instance, whether or not the session is trusted. */
    boolean isGranted(int partition) {
        return owned.partitions().contains(partition);
    }

    void tellListeners() {
        change(() -> {});
    }

    /** Makes a change, then notifies the listeners of its effect. */
    private void change(Runnable change) {
        changes.lock();
        try {
            change.run();
            Owned visible = session.isTrusted() ? owned : new Owned(PartitionSet.empty(), Map.of());
            subscriptions.forEach(subscription -> subscription.owns(visible));
            if (changes.getHoldCount() == 1) {
                for (Runnable next = untold.poll(); next != null; next = untold.poll()) {
                    next.run();
                }
            }
        } finally {
            changes.unlock();
        }
    }

    private int[] checked(int... partitions) {
        for (int partition : partitions) {
            if (partition < 0 || partition >= spec.partitions()) {
                throw new IllegalArgumentException(
                        "Lease '%s' has no partition %d: it has %d partitions, from 0 to %d. Use one of those, or create the lease with more."
                                .formatted(name(), partition, spec.partitions(), spec.partitions() - 1));
            }
        }
        return partitions;
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public int partitions() {
        return spec.partitions();
    }

    @Override
    public PartitionSet values() {
        PartitionSet partitions = owned.partitions();
        return session.isTrusted() ? partitions : PartitionSet.empty();
    }

    @Override
    public boolean owns(int partition) {
        return values().contains(partition);
    }

    @Override
    public OptionalLong token(int partition) {
        Grant grant = owned.grants().get(partition);
        return grant != null && session.isTrusted() ? OptionalLong.of(grant.token) : OptionalLong.empty();
    }

    @Override
    public Optional<Hold> tryHold(int partition) {
        Grant grant = owned.grants().get(partition);
        return grant != null && session.isTrusted() && grant.tryHold()
                ? Optional.of(new FakeHold(grant))
                : Optional.empty();
    }

    @Override
    public Registration addListener(LeaseListener listener) {
        return addListener(new Listener() {
            @Override
            public void gained(PartitionSet partitions, long firstToken) {
                listener.onAssigned(partitions);
            }

            @Override
            public void lost(PartitionSet partitions) {
                listener.onRevoked(partitions);
            }
        });
    }

    Registration addListener(Listener listener) {
        Subscription subscription = new Subscription(listener);
        change(() -> subscriptions.add(subscription));
        return () -> {
            subscription.removed = true;
            subscriptions.remove(subscription);
        };
    }

    /** Revokes all partitions and ends the membership. Does not wait for holds; see {@link #isHandedOver}. */
    @Override
    public void leave() {
        change(() -> {
            left = true;
            keep(partition -> false);
        });
        session.remove(this);
    }

    @Override
    public String toString() {
        return "Lease '%s' of %d partitions, owned: [%s]".formatted(name(), partitions(), values().toRanges());
    }

    /** A listener and the ownership that it was last notified of. */
    private final class Subscription {

        private final Listener listener;
        private Owned told = new Owned(PartitionSet.empty(), Map.of());
        private volatile boolean removed;

        private Subscription(Listener listener) {
            this.listener = listener;
        }

        private void owns(Owned now) {
            List<Integer> gone = new ArrayList<>(told.partitions());
            gone.removeIf(
                    partition -> told.grants().get(partition) == now.grants().get(partition));
            List<Integer> come = new ArrayList<>(now.partitions());
            come.removeIf(
                    partition -> told.grants().get(partition) == now.grants().get(partition));
            told = now;
            if (!gone.isEmpty()) {
                untold.add(() -> tell(() -> listener.lost(set(gone))));
            }
            if (!come.isEmpty()) {
                long token = Objects.requireNonNull(now.grants().get(come.get(0))).token;
                untold.add(() -> tell(() -> listener.gained(set(come), token)));
            }
        }

        private void tell(Runnable call) {
            if (!removed) {
                try {
                    call.run();
                } catch (RuntimeException | Error failure) {
                    log.error("A listener of '{}' has failed. The ownership is not affected.", name(), failure);
                }
            }
        }

        private static PartitionSet set(List<Integer> partitions) {
            return PartitionSet.of(partitions.stream().mapToInt(i -> i).toArray());
        }
    }

    /** One grant of a partition, and the holds on it. */
    private static final class Grant {

        private final int partition;
        private final long token;
        private int holds;
        private boolean refusesHolds;
        private volatile boolean lost;

        private Grant(int partition, long token) {
            this.partition = partition;
            this.token = token;
        }

        private synchronized boolean tryHold() {
            if (refusesHolds) {
                return false;
            }
            holds++;
            return true;
        }

        private synchronized void release() {
            holds--;
        }

        private synchronized int holds() {
            return holds;
        }

        private synchronized void refuseHolds() {
            refusesHolds = true;
        }

        private void lose() {
            refuseHolds();
            lost = true;
        }

        private boolean isLost() {
            return lost;
        }
    }

    private final class FakeHold implements Hold {

        private final Grant grant;
        private boolean closed;

        private FakeHold(Grant grant) {
            this.grant = grant;
        }

        @Override
        public int partition() {
            return grant.partition;
        }

        @Override
        public long token() {
            return grant.token;
        }

        @Override
        public synchronized boolean isTrusted() {
            return !closed && !grant.isLost() && session.isTrusted();
        }

        /** Checks the ownership that the test has set. The connection is not used. */
        @Override
        public void fence(Connection transaction) {
            if (!isTrusted()) {
                throw new OwnershipLostException(
                        name(),
                        grant.partition,
                        "This client no longer owns partition %d of '%s' with token %d. Roll the transaction back."
                                .formatted(grant.partition, name(), grant.token));
            }
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                grant.release();
            }
        }
    }
}
