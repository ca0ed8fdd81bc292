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
 * <p>Everything else is as the contract of {@link Lease} has it:
 *
 * <ul>
 *   <li>A partition that is granted again has a larger token.
 *   <li>{@link #revoke} begins a hand-over: the partition is gone from {@link #values()} at once, and its open holds stay
 *       trusted. {@link #isHandedOver} tells whether all of them have been closed.
 *   <li>{@link #suspend()} ends the trust: nothing is owned and no hold is trusted, until {@link #resume()} brings the same
 *       partitions back with the same tokens.
 *   <li>{@link #loseSession()} takes everything at once and for good, as when the session has been marked dead.
 * </ul>
 *
 * <p>Listeners are called by the thread that makes the change, before its method returns; so a test need not wait. A change
 * that a listener makes is told after the call in which it was made.
 *
 * <p>May be used by any thread.
 */
public final class FakeLease implements Lease {

    private static final Logger log = LoggerFactory.getLogger(FakeLease.class);

    private final LeaseSpec spec;
    private final FakeSession session;
    private final ReentrantLock changes = new ReentrantLock();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> untold = new ArrayDeque<>();

    /** The last grant of each partition that was ever granted; what is revoked may still be held. */
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

    /** What is owned, whether or not the session is trusted. */
    private record Owned(PartitionSet partitions, Map<Integer, Grant> grants) {}

    /** A listener of a lease or of a leadership. */
    interface Listener {

        void gained(PartitionSet partitions, long firstToken);

        void lost(PartitionSet partitions);
    }

    /**
     * Grants partitions to this instance, each with a new token. Partitions that it owns already stay as they are.
     *
     * @throws IllegalArgumentException if the lease has no such partition
     * @throws IllegalStateException if a partition has been revoked and is still held, or the lease has been left
     */
    public void grant(int... partitions) {
        grant(PartitionSet.of(checked(partitions)), OptionalLong.empty());
    }

    /** Grants all partitions, as to an instance that is alone. */
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
                        "%s has been left, so nothing can be granted in it. Create or join a new one.".formatted(this));
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
     * Revokes partitions, as when they are handed over to another instance. Partitions that this instance does not own are
     * left out.
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
     * Returns whether a partition that was revoked has been handed over: this instance does not own it, and all holds on it
     * have been closed.
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

    /** Returns how many holds are open on a partition, those that are not trusted any more included. */
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
     * Ends the trust, as when the heartbeats have failed until the trust deadline: nothing is owned and no hold is trusted.
     * All leases and elections of one {@link FakeLeaseClient} have their trust in common.
     */
    public void suspend() {
        session.setTrusted(false);
    }

    /** Lets the trust return: the same partitions are owned with the same tokens, and their open holds are trusted. */
    public void resume() {
        session.setTrusted(true);
    }

    /**
     * Ends the session, as when it was marked dead: everything is gone, and no open hold is trusted ever again. What is
     * granted from then on is granted in a new session, which is trusted.
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

    /** Forgets holds that a hand-over waits for. */
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

    /** Makes a change, then tells the listeners what it has changed for them. */
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
                        "Lease '%s' has no partition %d: it has %d, from 0 to %d. Use one of those, or more partitions."
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

    /** Revokes all partitions and ends the membership. Does not wait for holds: {@link #isHandedOver} tells of each. */
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

    /** A listener, and what it has been told that is owned. */
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
                    log.error("A listener of '{}' has failed. That changes nothing of what is owned.", name(), failure);
                }
            }
        }

        private static PartitionSet set(List<Integer> partitions) {
            return PartitionSet.of(partitions.stream().mapToInt(i -> i).toArray());
        }
    }

    /** A partition from one grant to its end, and the holds on it. */
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

        /** Checks what the test says about the ownership; the connection is not used. */
        @Override
        public void fence(Connection transaction) {
            if (!isTrusted()) {
                throw new OwnershipLostException(
                        name(),
                        grant.partition,
                        "This client does not own partition %d of '%s' with the token %d any more. Roll the transaction back."
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
