package io.github.dbleases.internal.client;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.OwnershipLostException;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import io.github.dbleases.WorkDeadline;
import io.github.dbleases.internal.WorkThread;
import io.github.dbleases.spi.FencedPartition;
import io.github.dbleases.spi.observation.ClientObserver.HoldActivity;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A lease as its users see it. The methods that read look at the trust first, then at the grants, then at the clocks,
 * and grants count only in the epoch of trust to which they belong. So what they return was granted in the trusted
 * session, and was owned and trusted at one instant during the call.
 */
final class JoinedLease implements Lease {

    private final LeaseSpec spec;
    private final Engine engine;
    private final SessionKeeper keeper;
    private final Clock clock;
    private final LeaseOwnership ownership;
    private volatile CompletableFuture<Void> joined = CompletableFuture.completedFuture(null);
    private volatile CompletableFuture<Boolean> decided = CompletableFuture.completedFuture(false);
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private final JoinedLeadership leadership;
    private final JoinedTaskSession taskSession;
    private Stage stage = Stage.TAKING_PART;
    private Part part = Part.MEMBER;
    private boolean leaveRequested;
    private boolean declared;
    private final Set<OpenHold> observedHolds = ConcurrentHashMap.newKeySet();
    private final Environment environment;
    private final @Nullable WorkDeadline workDeadline;

    /** Creates the lease of a client that is not started. */
    JoinedLease(LeaseSpec spec, Engine engine, SessionKeeper keeper, Environment environment) {
        this.spec = spec;
        this.engine = engine;
        this.keeper = keeper;
        this.clock = environment.clock();
        this.environment = environment;
        this.workDeadline = engine.workDeadline(spec.name());
        this.ownership = new LeaseOwnership(
                environment.listeners(),
                keeper::epoch,
                keeper.isTrusted(),
                stopped -> engine.listenersReturned(this, stopped));
        this.leadership = new JoinedLeadership(this, engine, clock);
        this.taskSession = new JoinedTaskSession(this, engine);
    }

    LeaseSpec spec() {
        return spec;
    }

    LeaseOwnership ownership() {
        return ownership;
    }

    /** Called when the client starts: the lease will be joined with the first session. */
    void started() {
        declared = true;
        part = Part.MEMBER;
        startJoining();
    }

    /** Called when the lease is about to be joined for the first time since the start of the client. */
    void startJoining() {
        CompletableFuture<Void> joining = new CompletableFuture<>();
        decided = new CompletableFuture<>();
        joined = joining;
    }

    /** Called when the client has stopped. The lease stays, and is joined again after the next start. */
    void stopped() {
        joined.complete(null);
        decided.complete(false);
        ownership.taskMembership().reopen();
    }

    /** Returns whether the lease is older than the start of the client, which a refusal then fails as a whole. */
    boolean isDeclared() {
        return declared;
    }

    /**
     * Completes when the client has joined the lease for the first time since its start, or was refused. A caller that stops
     * waiting for it completes it.
     */
    CompletableFuture<Void> joined() {
        return joined;
    }

    /**
     * Completes with true when the client has read for the first time since its start, after it joined, what it owns of the
     * lease, and with false when it stops or leaves before.
     */
    CompletableFuture<Boolean> decided() {
        return decided;
    }

    /** Returns this lease as a leadership. */
    JoinedLeadership leadership() {
        return leadership;
    }

    /** Returns this lease as a task session. */
    JoinedTaskSession taskSession() {
        return taskSession;
    }

    /** Completes when the client has left the lease and owns nothing of it anymore. */
    CompletableFuture<Void> left() {
        return left;
    }

    boolean isLeaving() {
        return stage != Stage.TAKING_PART;
    }

    /** Returns whether the session is no longer a member and hands over what it still owns. */
    boolean isHandingOver() {
        return stage == Stage.HANDING_OVER;
    }

    void startLeaving() {
        stage = Stage.LEAVING;
        ownership.taskMembership().leave();
    }

    /** Returns whether the client is leaving this lease but has not sent the request yet. */
    boolean isLeaveToBeRequested() {
        return stage == Stage.LEAVING && !leaveRequested;
    }

    void leaveRequested() {
        leaveRequested = true;
    }

    void startHandingOver() {
        stage = Stage.HANDING_OVER;
    }

    /** Returns what this client has requested for this lease since it was drained or resumed. */
    Part part() {
        return part;
    }

    void part(Part requested) {
        part = requested;
    }

    /**
     * Returns whether the end of the membership has been requested because the client is drained. Only then is it renewed when
     * the client is resumed, so nothing else may end it: an {@code Error} can keep a drain from reaching this lease.
     */
    boolean isStandingBy() {
        return part == Part.DRAINING || part == Part.STANDING_BY;
    }

    /** The part that a client has in a lease, by what it has requested. */
    enum Part {
        /** The session is a member, or has been asked to become one. */
        MEMBER,
        /** The client is drained. The session is being asked to end its membership. */
        DRAINING,
        /** The client is drained. The session is no member, or has been asked to end its membership. */
        STANDING_BY,
        /** The client was drained and has been resumed. The session has been asked to become a member again. */
        RETURNING
    }

    private enum Stage {
        TAKING_PART,
        LEAVING,
        HANDING_OVER
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
        return trusted().partitions();
    }

    @Override
    public boolean owns(int partition) {
        return trusted().partitions().contains(partition);
    }

    @Override
    public OptionalLong token(int partition) {
        return trusted().token(partition);
    }

    private Grants trusted() {
        Trust trust = keeper.trust();
        Grants grants = ownership.grants();
        return trust.holds(grants.epoch(), clock) ? grants : Grants.NONE;
    }

    /**
     * Returns the session that is a member of the tasks lease, if it is trusted. Checked in the order of {@link
     * #trusted()}.
     */
    OptionalLong trustedSession() {
        Trust trust = keeper.trust();
        TaskMembership.Current current = ownership.taskMembership().current();
        return trust.holds(current.epoch(), clock) ? OptionalLong.of(current.session()) : OptionalLong.empty();
    }

    @Override
    public Optional<Hold> tryHold(int partition) {
        // As in trusted(), but the hold is taken before the clocks are read, so that a hand-over waits for it from then
        // on.
        Trust trust = keeper.trust();
        OwnedPartition owned = ownership.grants().owned(partition);
        if (owned == null) {
            return Optional.empty();
        }
        OpenHold hold = new OpenHold(this, owned);
        Optional<Hold> taken = Optional.of(hold);
        if (!owned.tryHold()) {
            return Optional.empty();
        }
        boolean granted = false;
        try {
            if (trust.holds(owned.epoch(), clock)) {
                if (engine.observers().isOn()) {
                    hold.observe(engine.observers().hold(name()));
                }
                if (workDeadline != null) {
                    hold.watch(clock.nanoTime(), environment.workThread());
                }
                granted = true;
            }
        } finally {
            if (!granted) {
                hold.close();
            }
        }
        return granted ? taken : Optional.empty();
    }

    /** Returns how long work may hold a partition, or null if there is no limit. */
    @Nullable
    WorkDeadline workDeadline() {
        return workDeadline;
    }

    /** Returns the open holds that have exceeded the deadline. */
    List<OpenHold> overdueHolds() {
        WorkDeadline deadline = workDeadline;
        if (deadline == null || observedHolds.isEmpty()) {
            return List.of();
        }
        long now = clock.nanoTime();
        long limit = deadline.limit().toNanos();
        return observedHolds.stream()
                .filter(hold -> hold.open == 1 && hold.watched && now - hold.sinceNanos > limit)
                .sorted(Comparator.comparingInt(OpenHold::partition))
                .toList();
    }

    /** Reports the open holds that are no longer trusted, once each. */
    void holdsUntrusted() {
        for (OpenHold hold : observedHolds) {
            hold.reportUntrusted();
        }
    }

    @Override
    public Registration addListener(LeaseListener listener) {
        return addListener(new OwnershipListener.OfLease(listener));
    }

    Registration addListener(OwnershipListener listener) {
        OwnershipListener observed = engine.observers().observed(listener, clock);
        return engine.exclusively(() -> ownership.addListener(observed));
    }

    @Override
    public void leave() {
        Waiting.atMost(engine.drainTimeout(), engine.leave(this));
    }

    @Override
    public String toString() {
        return "Lease '%s' of %d partitions, owned: [%s]".formatted(name(), partitions(), values().toRanges());
    }

    /** A hold that counts until it is closed. */
    static final class OpenHold implements Hold, WorkThread {

        private static final AtomicIntegerFieldUpdater<OpenHold> OPEN =
                AtomicIntegerFieldUpdater.newUpdater(OpenHold.class, "open");

        private final JoinedLease lease;
        private final OwnedPartition owned;
        private volatile int open = 1;
        private HoldActivity activity = HoldActivity.NONE;
        private volatile boolean watched;
        private long sinceNanos;
        private @Nullable Thread thread;
        private boolean interrupted;

        /** Set by the engine once it has reported that the hold has exceeded its deadline. */
        private boolean reported;

        OpenHold(JoinedLease lease, OwnedPartition owned) {
            this.lease = lease;
            this.owned = owned;
        }

        private void observe(HoldActivity observed) {
            activity = observed;
            lease.observedHolds.add(this);
        }

        private void watch(long nowNanos, Thread by) {
            sinceNanos = nowNanos;
            thread = by;
            watched = true;
            lease.observedHolds.add(this);
        }

        OwnedPartition owned() {
            return owned;
        }

        boolean isReported() {
            return reported;
        }

        void reported() {
            activity.overdue();
            reported = true;
        }

        Duration heldFor() {
            return Duration.ofNanos(lease.clock.nanoTime() - sinceNanos);
        }

        /** Returns the thread that does the work, or null if none does. */
        synchronized @Nullable Thread thread() {
            return thread;
        }

        @Override
        public synchronized void worksIn(@Nullable Thread next) {
            takeInterruptBack();
            thread = next;
        }

        /** Interrupts the thread that does the work, unless the hold is closed. An interrupt by another one counts as well. */
        synchronized void interruptWork() {
            Thread worker = thread;
            if (open == 1 && worker != null && !interrupted && !worker.isInterrupted()) {
                interrupted = true;
                worker.interrupt();
            }
        }

        /** Takes the interrupt back if this thread has not noticed it, so that it does not disturb what the thread does next. */
        private synchronized void takeInterruptBack() {
            if (interrupted && thread == Thread.currentThread()) {
                interrupted = false;
                Thread.interrupted();
            }
        }

        private void reportUntrusted() {
            if (open == 1 && !isTrusted()) {
                activity.untrusted();
            }
        }

        @Override
        public int partition() {
            return owned.partition();
        }

        @Override
        public long token() {
            return owned.token();
        }

        @Override
        public boolean isTrusted() {
            return open == 1 && isOwnershipTrusted();
        }

        private boolean isOwnershipTrusted() {
            Trust trust = lease.keeper.trust();
            return trust.holds(owned.epoch(), lease.clock) && !owned.isLost();
        }

        @Override
        public void fence(Connection transaction) throws SQLException {
            // The session is read before the epoch is compared: then it is the one in which the partition was granted.
            long session = lease.engine.currentSession();
            if (!isTrusted()) {
                throw lost(open == 1 ? "the session is not trusted any more" : "the hold is closed");
            }
            FencedPartition granted = new FencedPartition(lease.name(), owned.partition(), session, owned.token());
            if (!lease.engine.fence(transaction, granted)) {
                throw lost("another session owns it, or the transaction looks at a time before it was granted");
            }
        }

        private OwnershipLostException lost(String reason) {
            boolean leader = lease.spec().kind() == LeaseKind.LEADER;
            String what = leader
                    ? "This client does not lead '%s'".formatted(lease.name())
                    : "This client does not own partition %d of lease '%s'".formatted(owned.partition(), lease.name());
            return new OwnershipLostException(
                    lease.name(),
                    owned.partition(),
                    "%s with the token %d any more: %s. Roll the transaction back."
                            .formatted(what, owned.token(), reason));
        }

        @Override
        public void close() {
            if (OPEN.compareAndSet(this, 1, 0)) {
                try {
                    if (owned.release()) {
                        lease.engine.lastHoldClosed(lease, owned);
                    }
                } finally {
                    if (watched) {
                        lease.observedHolds.remove(this);
                        takeInterruptBack();
                    }
                    if (activity != HoldActivity.NONE) {
                        endObservation();
                    }
                }
            }
        }

        private void endObservation() {
            lease.observedHolds.remove(this);
            if (!isOwnershipTrusted()) {
                activity.untrusted();
            }
            activity.closed();
        }
    }
}
