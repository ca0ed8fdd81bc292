package io.github.dbleases.internal.client;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseEventListener;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.WorkDeadline;
import io.github.dbleases.internal.LeaseConflicts;
import io.github.dbleases.spi.FencedPartition;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.observation.ClientObserver;
import io.github.dbleases.spi.observation.ClientObserver.Revocation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of one client, which connects the parts. Its methods take the monitor themselves and never wait for the
 * store: an operation that takes time returns a future.
 *
 * <pre>
 *              start                stop              nothing left to hand over
 *   STOPPED ----------> STARTED ----------> STOPPING ---------------------------+
 *      ^                   ^                   | start: begins again then       |
 *      |                   +-------------------+--------------------------------+
 *      +------------------------------------------------------------------------+
 * </pre>
 */
final class Engine implements SessionKeeper.Observer {

    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    private final LeaseClientConfig config;
    private final Fence fence;
    private final Environment environment;
    private final Observers observers;
    private final EventPublisher events;
    private final SessionKeeper keeper;
    private final JobQueue jobs;
    private final JoinedLeases leases = new JoinedLeases();
    private final LastFailure lastFailure = new LastFailure();
    private final Reconciler reconciler;
    private final ClusterMaintenance maintenance;
    private final Membership membership;
    private final WorkWatch workWatch;
    private final CallerRequests requests;
    private boolean started;
    private boolean closed;
    private long stateSinceMillis;
    private long lapsedNanos;
    private boolean suspended;

    /** The start that follows the stop in progress, if one was asked for. */
    private @Nullable CompletableFuture<Optional<RuntimeException>> restart;

    Engine(
            LeaseClientConfig config,
            Environment environment,
            Fence fence,
            LeaseEventListener listener,
            ClientObserver observer) {
        this.config = config;
        this.fence = fence;
        this.environment = environment;
        this.observers = new Observers(observer, environment.observers());
        this.events = new EventPublisher(config.clientId(), listener, environment.listeners());
        this.keeper = new SessionKeeper(config, environment, this, lastFailure, observers);
        this.jobs = new JobQueue(
                config, environment, () -> keeper.trust().holds(environment.clock()), lastFailure, observers);
        this.reconciler =
                new Reconciler(config.timing(), environment, jobs, keeper, leases, observers, this::drainChanged);
        this.maintenance = new ClusterMaintenance(config, environment, jobs, keeper, reconciler::refresh, observers);
        this.membership = new Membership(jobs, keeper, leases, reconciler, maintenance);
        this.workWatch = new WorkWatch(
                environment, jobs, keeper, leases, reconciler::refresh, Reconciler.yieldTime(config.timing()));
        this.requests = new CallerRequests(config.clientId(), this, jobs, keeper);
        this.stateSinceMillis = environment.clock().wallMillis();
    }

    <T> T exclusively(Supplier<T> action) {
        synchronized (environment.monitor()) {
            return action.get();
        }
    }

    void exclusively(Runnable action) {
        synchronized (environment.monitor()) {
            action.run();
        }
    }

    /**
     * Returns how long a caller waits for work to end. A listener does not wait, because the engine waits for its
     * return.
     */
    Duration drainTimeout() {
        return environment.isListening() ? Duration.ZERO : config.drainTimeout();
    }

    Observers observers() {
        return observers;
    }

    SessionKeeper keeper() {
        return keeper;
    }

    /** Returns the client's own view of its session. */
    ClientStatus status() {
        return exclusively(() -> {
            // A lapse of the trust that was not noticed yet changes the state now.
            keeper.isTrusted();
            Duration trustedFor = keeper.trust().remaining(environment.clock());
            Session session = keeper.session();
            return new ClientStatus(
                    config.clientId(),
                    session == null ? OptionalLong.empty() : OptionalLong.of(session.id()),
                    state(trustedFor),
                    Instant.ofEpochMilli(stateSinceMillis),
                    config.timing().ttl(),
                    config.timing().heartbeat(),
                    trustedFor,
                    leases.isDrained(),
                    leases.isDrainRequested(),
                    problem(),
                    lastFailure.get(),
                    workWatch.overdue());
        });
    }

    private ClientState state(Duration trustedFor) {
        if (!started) {
            return closed ? ClientState.CLOSED : ClientState.STOPPED;
        }
        if (!trustedFor.isZero()) {
            return ClientState.ACTIVE;
        }
        return keeper.hasHadSession() ? ClientState.SUSPENDED : ClientState.STARTING;
    }

    private Optional<String> problem() {
        if (!started) {
            return Optional.empty();
        }
        return keeper.isFailing()
                ? lastFailure.get().map(failure -> "The store cannot be reached: " + failure.message())
                : jobs.problem();
    }

    private void stateChanged() {
        stateSinceMillis = environment.clock().wallMillis();
    }

    /** Returns the id of the current session, or 0 if there is none. */
    long currentSession() {
        return exclusively(() -> {
            Session session = keeper.session();
            return session == null ? 0L : session.id();
        });
    }

    /** Makes a transaction of the application depend on a grant; the connection is the caller's, and so is the waiting. */
    boolean fence(Connection transaction, FencedPartition granted) throws SQLException {
        return fence.lock(transaction, granted);
    }

    /** The fence of the store, see {@link LeaseStore#fence}. */
    @FunctionalInterface
    interface Fence {

        boolean lock(Connection transaction, FencedPartition granted) throws SQLException;
    }

    Collection<JoinedLease> leases() {
        return exclusively(leases::all);
    }

    /** Returns the leases that the client had when it was started. */
    Collection<JoinedLease> declaredLeases() {
        return exclusively(
                () -> leases.all().stream().filter(JoinedLease::isDeclared).toList());
    }

    Collection<JoinedLease> leases(LeaseKind kind) {
        return leases().stream().filter(lease -> lease.spec().kind() == kind).toList();
    }

    /**
     * Returns how long a caller waits for an answer of the store: for the attempt in progress, and then for its own.
     */
    Duration answerTimeout() {
        return config.timing().attemptTimeout().multipliedBy(2);
    }

    /** Returns whether there are threads, and perhaps a session: from a start until the stop after it is complete. */
    boolean isStarted() {
        return started;
    }

    /** Returns whether a stop is in progress. */
    boolean isStopping() {
        return exclusively(() -> leases.stopping() != null);
    }

    /** Returns whether a lease that is joined now is joined at once. */
    boolean isJoining() {
        return exclusively(() -> keeper.session() != null && !leases.isRetired() && !leases.isDrained());
    }

    /**
     * Starts, once the stop in progress is complete if there is one. Does nothing if the client is started.
     *
     * @return completes when the first attempt to open a session has ended, see {@link SessionKeeper#start}
     * @throws IllegalStateException if the client is closed
     */
    CompletableFuture<Optional<RuntimeException>> start() {
        return exclusively(() -> {
            requireOpen();
            Stopping stopping = leases.stopping();
            if (stopping != null) {
                CompletableFuture<Optional<RuntimeException>> next =
                        restart != null ? restart : new CompletableFuture<>();
                restart = next;
                stopping.resume();
                return next;
            }
            if (!started) {
                start(new CompletableFuture<>());
            }
            return keeper.firstAttempt();
        });
    }

    private void start(CompletableFuture<Optional<RuntimeException>> attempted) {
        try {
            leases.all().forEach(JoinedLease::started);
            jobs.restart();
            membership.restart();
            environment.start(this::currentSession, this::hinted);
            keeper.start(attempted);
            stateChanged();
            started = true;
        } catch (Throwable failure) {
            environment.shutdown(new CompletableFuture<>());
            leases.all().forEach(JoinedLease::stopped);
            throw failure;
        }
    }

    /** Called when something may have changed for this client. */
    void hinted() {
        exclusively(reconciler::refresh);
    }

    /** Joins a lease, or returns it if this client has joined it already. */
    Joining join(LeaseSpec spec) {
        return join(List.of(spec)).get(0);
    }

    /** Joins leases, and returns those that this client has joined already as they are. */
    List<Joining> join(Collection<LeaseSpec> specs) {
        return exclusively(() -> {
            requireOpen();
            specs.forEach(this::requireJoinable);
            List<Joining> all = new ArrayList<>();
            for (LeaseSpec spec : specs) {
                Optional<JoinedLease> known = leases.find(spec.name());
                all.add(new Joining(known.orElseGet(() -> prepareJoining(spec)), known.isEmpty()));
            }
            List<JoinedLease> started =
                    all.stream().filter(Joining::isNew).map(Joining::lease).toList();
            membership.join(started);
            started.forEach(leases::add);
            started.forEach(lease ->
                    observers.tell(to -> to.onJoined(lease.name(), lease.spec().kind())));
            return all;
        });
    }

    private void requireJoinable(LeaseSpec spec) {
        // A task membership that is leaving keeps no state, so the lease can be joined again at once.
        leases.find(spec.name())
                .filter(known -> known.isLeaving() && known.spec().equals(LeaseSpec.tasks(spec.name())))
                .ifPresent(leases::left);
        leases.find(spec.name()).ifPresent(known -> requireSame(spec, known));
    }

    /**
     * A lease that is being joined.
     *
     * @param lease the lease
     * @param isNew whether the client did not know it before
     */
    record Joining(JoinedLease lease, boolean isNew) {}

    private JoinedLease prepareJoining(LeaseSpec spec) {
        JoinedLease lease = new JoinedLease(spec, this, keeper, environment);
        LeaseOwnership ownership = lease.ownership();
        if (events.hasListener()) {
            ownership.addListener(events.of(spec));
        }
        if (started) {
            lease.startJoining();
        }
        if (leases.isRetired()) {
            ownership.taskMembership().close();
        }
        ownership.taskMembership().drain(leases.isDrained());
        return lease;
    }

    private static void requireSame(LeaseSpec spec, JoinedLease known) {
        if (known.isLeaving()) {
            throw new IllegalStateException(
                    "Lease '%s' is still being left. Close its holds before you join it again.".formatted(spec.name()));
        }
        LeaseConflicts.requireSame(spec, known.spec());
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("Client '%s' is closed.".formatted(config.clientId()));
        }
    }

    /** Leaves a lease. The future completes when the client owns nothing of it anymore. */
    CompletableFuture<Void> leave(JoinedLease lease) {
        exclusively(() -> membership.leave(lease));
        return lease.left();
    }

    /** Takes up no new grants from now on. The client keeps what it owns until it is stopped. */
    void retire() {
        exclusively(() -> {
            if (!started) {
                return;
            }
            leases.retire();
            leases.all().forEach(lease -> {
                lease.ownership().taskMembership().close();
                membership.retire(lease);
            });
        });
    }

    /** Hands everything over and stands by, or takes part again. */
    void drain(boolean standBy) {
        exclusively(() -> {
            leases.drain(standBy);
            membership.followDrain();
        });
    }

    /** Called when the store asks the client to stand by or to take part again. */
    private void drainChanged() {
        membership.followDrain();
    }

    @Override
    public boolean beginsDrained() {
        return leases.isDrainRequested();
    }

    /** Resigns from an election, if this client leads it. */
    void resign(JoinedLease election) {
        exclusively(() -> {
            List<OwnedPartition> led = election.ownership().all(OwnedPartition::isActive);
            led.forEach(OwnedPartition::resign);
            reconciler.handOver(election, led);
        });
    }

    /** Returns the requests to the store for which callers wait. */
    CallerRequests requests() {
        return requests;
    }

    /** Returns how many partitions one transaction may write. */
    int stepLimit() {
        return exclusively(jobs::stepLimit);
    }

    /** Returns how long work may hold a partition of a lease, or null if there is no limit. */
    @Nullable
    WorkDeadline workDeadline(String lease) {
        return config.workDeadlines().get(lease);
    }

    boolean balancesLeaderships() {
        return config.balanceLeaderships();
    }

    /** Returns for how long a leader that has resigned ranks after the other candidates. */
    Duration yieldTime() {
        return Reconciler.yieldTime(config.timing());
    }

    /**
     * Drains, releases everything, and ends the session. The leases stay, and are joined again after the next start.
     *
     * @return the stop in progress, or empty if the client is not started
     */
    Optional<Stopping> stop() {
        return exclusively(() -> {
            if (restart != null) {
                restart.complete(Optional.empty());
                restart = null;
            }
            Stopping stopping = leases.stopping();
            if (stopping == null && started) {
                stopping = new Stopping(config, environment, jobs, keeper, leases.all(), this::stopped);
                leases.stop(stopping);
            }
            if (stopping != null) {
                stop(stopping);
            }
            return Optional.ofNullable(stopping);
        });
    }

    /** Stops for good, and leaves all leases. */
    Optional<Stopping> close() {
        return exclusively(() -> {
            boolean wasClosed = closed;
            closed = true;
            Optional<Stopping> stopping = stop();
            if (stopping.isEmpty() && !wasClosed) {
                stateChanged();
                leases.all().forEach(leases::left);
            }
            return stopping;
        });
    }

    /** Starts or resumes to stop. May be called again, to continue after an {@code Error}. */
    private void stop(Stopping stopping) {
        for (JoinedLease lease : leases.all()) {
            lease.ownership().taskMembership().close();
            reconciler.handOver(lease, lease.ownership().all(OwnedPartition::isActive));
        }
        stopping.start();
    }

    /**
     * Called when nothing is left to hand over, or the client no longer waits for that. First ends the trust in everything
     * that was granted. May be called again, to continue after an {@code Error}.
     */
    private void stopped(CompletableFuture<Void> done) {
        keeper.end();
        for (JoinedLease lease : leases.all()) {
            if (closed || lease.isLeaving()) {
                leases.left(lease);
            } else {
                lease.stopped();
            }
        }
        stateChanged();
        environment.shutdown(done);
        // Nothing would resume what follows, so it must not fail.
        started = false;
        leases.stopped();
        CompletableFuture<Optional<RuntimeException>> again = restart;
        restart = null;
        if (again != null) {
            try {
                start(again);
            } catch (Throwable failure) {
                again.completeExceptionally(failure);
            }
        }
    }

    /** Called by listener threads when the listeners have returned from {@code revoked}, so their work has stopped. */
    void listenersReturned(JoinedLease lease, List<OwnedPartition> partitions) {
        exclusively(() -> reconciler.listenersReturned(lease, partitions));
    }

    /** Called when the last hold on a partition that has left the view is closed. */
    void lastHoldClosed(JoinedLease lease, OwnedPartition owned) {
        exclusively(() -> {
            if (owned.isDrainToBeHandled()) {
                reconciler.drained(lease, List.of(owned));
            }
        });
    }

    @Override
    public void opened(Session session, Renewal renewal) {
        maintenance.renewed(renewal);
        if (leases.isDrained()) {
            // A new session is no member of any lease.
            session.joined();
        }
        joinAll(session);
    }

    @Override
    public void renewed(Session session, Renewal renewal) {
        maintenance.renewed(renewal);
        if (session.hasNews(renewal.inbox()) || !session.isConfirmed()) {
            reconciler.refresh();
        }
        joinAll(session);
    }

    private void joinAll(Session session) {
        if (!session.isJoined()) {
            membership.joinAll();
            membership.leaveAgain();
            session.joined();
        }
    }

    @Override
    public void incarnationChanged(Session session, boolean trustedWithoutGap) {
        if (!trustedWithoutGap) {
            reconciler.loseAll();
        }
    }

    @Override
    public void ended(Session session) {
        reconciler.loseAll();
        maintenance.sessionEnded();
        leases.all().stream().filter(JoinedLease::isLeaving).forEach(leases::left);
        if (keeper.isRunning()) {
            events.sessionLost(session.id());
        }
    }

    @Override
    public void trustLapsed() {
        stateChanged();
        leases.all().forEach(lease -> lease.ownership().lapse());
        if (!keeper.isRunning()) {
            return;
        }
        Duration overdue = keeper.trust().overdue(environment.clock());
        if (!suspended) {
            suspended = true;
            lapsedNanos = environment.clock().nanoTime() - overdue.toNanos();
            leases.all().forEach(lease -> {
                lease.holdsUntrusted();
                reconciler.observeRevoked(
                        lease, Revocation.SUSPENDED, lease.ownership().grants().size());
            });
        }
        if (overdue.compareTo(config.timing().margin()) > 0) {
            log.warn(
                    "Client {} no longer trusts its session and owns nothing until the store answers. It noticed this {} ms after"
                            + " the trust deadline, because the process was paused or had no processor",
                    config.clientId(),
                    overdue.toMillis());
        } else {
            log.warn(
                    "Client {} no longer trusts its session and owns nothing until the store answers",
                    config.clientId());
        }
        events.fenced();
    }

    @Override
    public void trustReturned() {
        stateChanged();
        leases.all().forEach(lease -> lease.ownership().resume());
        if (suspended) {
            suspended = false;
            Duration time = Duration.ofNanos(environment.clock().nanoTime() - lapsedNanos);
            observers.tell(to -> to.onTrustReturned(time));
            leases.all()
                    .forEach(lease ->
                            reconciler.observeAssigned(lease, lease.ownership().inView()));
        }
        events.restored();
    }

    @Override
    public void failed(RuntimeException failure) {
        leases.all().forEach(lease -> lease.ownership().failed(failure));
    }

    @Override
    public void heartbeatAttempted() {
        events.nudge();
        observers.nudge();
        membership.heal();
        reconciler.heal();
        workWatch.check();
        Stopping stopping = leases.stopping();
        if (stopping != null) {
            stop(stopping);
        }
    }
}
