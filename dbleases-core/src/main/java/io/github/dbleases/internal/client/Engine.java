package io.github.dbleases.internal.client;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.HistoryUnavailableException;
import io.github.dbleases.LeaseAdministration;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseEventListener;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.OperationRefusedException;
import io.github.dbleases.internal.LeaseConflicts;
import io.github.dbleases.internal.client.JobQueue.Job;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.FencedPartition;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.WorkChannel;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of one client, which connects the parts. Its methods take the monitor themselves and never wait for the
 * store: an operation that takes time returns a future.
 */
final class Engine implements SessionKeeper.Observer {

    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    private final LeaseClientConfig config;
    private final Fence fence;
    private final boolean keepsHistory;
    private final Environment environment;
    private final EventPublisher events;
    private final SessionKeeper keeper;
    private final JobQueue jobs;
    private final JoinedLeases leases = new JoinedLeases();
    private final LastFailure lastFailure = new LastFailure();
    private final Reconciler reconciler;
    private final ClusterMaintenance maintenance;
    private final Membership membership;
    private long stateSinceMillis;

    Engine(
            LeaseClientConfig config,
            Environment environment,
            HeartbeatChannel heartbeats,
            WorkChannel work,
            Fence fence,
            LeaseEventListener listener) {
        this.config = config;
        this.fence = fence;
        this.keepsHistory = work.keepsHistory();
        this.environment = environment;
        this.events = new EventPublisher(config.clientId(), listener, environment.listeners());
        this.keeper = new SessionKeeper(config, environment, heartbeats, this, lastFailure);
        this.jobs =
                new JobQueue(config, environment, work, () -> keeper.trust().holds(environment.clock()), lastFailure);
        this.reconciler = new Reconciler(config.timing(), environment, jobs, keeper, leases);
        this.maintenance = new ClusterMaintenance(config, environment, jobs, keeper, reconciler::refresh);
        this.membership = new Membership(jobs, keeper, leases, reconciler, maintenance);
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

    SessionKeeper keeper() {
        return keeper;
    }

    /** Returns the client's own view of its session. */
    ClientStatus status() {
        return exclusively(() -> {
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
                    problem(),
                    lastFailure.get());
        });
    }

    private ClientState state(Duration trustedFor) {
        if (!trustedFor.isZero()) {
            return ClientState.ACTIVE;
        }
        return keeper.hasHadSession() ? ClientState.SUSPENDED : ClientState.STARTING;
    }

    private Optional<String> problem() {
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

    Collection<JoinedLease> leases(LeaseKind kind) {
        return exclusively(() -> leases.all().stream()
                .filter(lease -> lease.spec().kind() == kind)
                .toList());
    }

    /**
     * Returns how long a caller waits for an answer of the store: for the attempt in progress, and then for its own.
     */
    Duration answerTimeout() {
        return config.timing().attemptTimeout().multipliedBy(2);
    }

    void start() {
        exclusively(keeper::start);
    }

    /** Called when something may have changed for this client. */
    void hinted() {
        exclusively(reconciler::refresh);
    }

    /** Joins a lease, or returns it if this client has joined it already. */
    Joining join(LeaseSpec spec) {
        return exclusively(() -> {
            requireOpen();
            // A task membership that is leaving keeps no state, so the lease can be joined again at once.
            leases.find(spec.name())
                    .filter(known -> known.isLeaving() && known.spec().equals(LeaseSpec.tasks(spec.name())))
                    .ifPresent(leases::left);
            JoinedLease lease = leases.find(spec.name()).orElseGet(() -> startJoining(spec));
            requireSame(spec, lease);
            return new Joining(lease, keeper.session() != null && !leases.isRetired() && !leases.isDrained());
        });
    }

    private JoinedLease startJoining(LeaseSpec spec) {
        JoinedLease lease = new JoinedLease(spec, this, keeper, environment);
        LeaseOwnership ownership = lease.ownership();
        if (events.hasListener()) {
            ownership.addListener(events.of(spec));
        }
        if (leases.isRetired()) {
            ownership.taskMembership().close();
        }
        ownership.taskMembership().drain(leases.isDrained());
        membership.join(lease);
        leases.add(lease);
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
        if (leases.closing() != null) {
            throw new IllegalStateException("Client '%s' is closed.".formatted(config.clientId()));
        }
    }

    /**
     * A lease that is being joined.
     *
     * @param lease the lease
     * @param underWay whether the client is joining it now, in its current session
     */
    record Joining(JoinedLease lease, boolean underWay) {}

    /** Leaves a lease. The future completes when the client owns nothing of it anymore. */
    CompletableFuture<Void> leave(JoinedLease lease) {
        exclusively(() -> membership.leave(lease));
        return lease.left();
    }

    /** Takes up no new grants from now on. The client keeps what it owns until it is closed. */
    void retire() {
        exclusively(() -> {
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

    /** Resigns from an election, if this client leads it. */
    void resign(JoinedLease election) {
        exclusively(() -> {
            List<OwnedPartition> led = election.ownership().all(OwnedPartition::isActive);
            led.forEach(OwnedPartition::resign);
            reconciler.handOver(election, led);
        });
    }

    /** Reads the cluster, or a part of it. */
    CompletableFuture<ClusterView> cluster(Function<WorkChannel, ClusterSnapshot> read) {
        CompletableFuture<ClusterView> view = new CompletableFuture<>();
        exclusively(() -> {
            requireOpen();
            jobs.submit(Job.of(
                            "read the cluster",
                            () -> !view.isDone(),
                            read,
                            cluster -> view.complete(ClusterViews.of(cluster, keeper.session())))
                    .giveUpIf(view::completeExceptionally));
        });
        return view;
    }

    /**
     * Makes a request of {@link LeaseAdministration} to the store, once. It is not repeated if it fails, because a person
     * waits for it and can ask again.
     */
    <T> CompletableFuture<T> request(String what, BiFunction<WorkChannel, Long, T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        exclusively(() -> {
            requireOpen();
            jobs.submit(Job.<Optional<T>>of(
                            what,
                            () -> {
                                Session session = keeper.session();
                                long by = session == null ? 0 : session.id();
                                return answer.isDone()
                                        ? Optional.empty()
                                        : Optional.of(channel -> attempt(channel, by, call, answer));
                            },
                            done -> done.ifPresent(answer::complete))
                    .giveUpIf(answer::completeExceptionally));
        });
        return answer;
    }

    /** A refusal is an answer, and no failure of the store. */
    private static <T> Optional<T> attempt(
            WorkChannel channel, long by, BiFunction<WorkChannel, Long, T> call, CompletableFuture<T> answer) {
        try {
            return Optional.of(call.apply(channel, by));
        } catch (OperationRefusedException refused) {
            answer.completeExceptionally(refused);
            return Optional.empty();
        }
    }

    /** Returns how many partitions one transaction may write. */
    int stepLimit() {
        return exclusively(jobs::stepLimit);
    }

    boolean balancesLeaderships() {
        return config.balanceLeaderships();
    }

    /** Returns for how long a leader that has resigned ranks after the other candidates. */
    Duration yieldTime() {
        return Reconciler.yieldTime(config.timing());
    }

    /**
     * Reads the history.
     *
     * @throws HistoryUnavailableException if the store keeps none
     */
    CompletableFuture<List<HistoryEvent>> history(HistoryQuery query) {
        if (!keepsHistory) {
            throw new HistoryUnavailableException(
                    "There is no history: the store keeps none, or it is switched off.",
                    "Keep the leases in PostgreSQL, and set the retention of the history to more than zero.");
        }
        CompletableFuture<List<HistoryEvent>> events = new CompletableFuture<>();
        exclusively(() -> {
            requireOpen();
            jobs.submit(Job.of(
                            "read the history",
                            () -> !events.isDone(),
                            channel -> channel.history(query),
                            events::complete)
                    .giveUpIf(events::completeExceptionally));
        });
        return events;
    }

    /**
     * Drains, releases everything, and ends the session. The future completes when that has been done or has failed.
     */
    CompletableFuture<Void> close() {
        return exclusively(() -> {
            Closing closing = leases.closing();
            if (closing == null) {
                closing = new Closing(config, environment, jobs, keeper, leases);
                leases.close(closing);
            }
            close(closing);
            return closing.done();
        });
    }

    /** Starts or resumes closing. May be called again, to continue after an {@code Error}. */
    private void close(Closing closing) {
        for (JoinedLease lease : leases.all()) {
            lease.ownership().taskMembership().close();
            reconciler.handOver(lease, lease.ownership().all(OwnedPartition::isActive));
        }
        closing.start();
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
        events.sessionLost(session.id());
    }

    @Override
    public void trustLapsed() {
        stateChanged();
        leases.all().forEach(lease -> lease.ownership().lapse());
        log.warn("Client {} no longer trusts its session and owns nothing until the store answers", config.clientId());
        events.fenced();
    }

    @Override
    public void trustReturned() {
        stateChanged();
        leases.all().forEach(lease -> lease.ownership().resume());
        events.restored();
    }

    @Override
    public void failed(RuntimeException failure) {
        leases.all().forEach(lease -> lease.ownership().failed(failure));
    }

    @Override
    public void heartbeatAttempted() {
        events.nudge();
        membership.heal();
        reconciler.heal();
        Closing closing = leases.closing();
        if (closing != null) {
            close(closing);
        }
    }
}
