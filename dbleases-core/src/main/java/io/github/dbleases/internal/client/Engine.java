package io.github.dbleases.internal.client;

import io.github.dbleases.ClusterView;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseEventListener;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.internal.LeaseConflicts;
import io.github.dbleases.internal.client.Worker.Job;
import io.github.dbleases.spi.Census;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of one client: connects its parts. Its methods take the monitor themselves and never wait for the store; what
 * takes time is returned as a future.
 */
final class Engine implements SessionKeeper.Observer {

    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    private final LeaseClientConfig config;
    private final Environment environment;
    private final Events events;
    private final SessionKeeper keeper;
    private final Worker worker;
    private final Leases leases = new Leases();
    private final Ownership ownership;
    private final Caretaker caretaker;
    private final Membership membership;

    Engine(
            LeaseClientConfig config,
            Environment environment,
            HeartbeatChannel heartbeats,
            WorkChannel work,
            LeaseEventListener listener) {
        this.config = config;
        this.environment = environment;
        this.events = new Events(config.clientId(), listener, environment.listeners());
        this.keeper = new SessionKeeper(config, environment, heartbeats, this);
        this.worker = new Worker(config, environment, work, () -> keeper.trust().holds(environment.clock()));
        this.ownership = new Ownership(config.timing(), environment, worker, keeper, leases);
        this.caretaker = new Caretaker(config, environment, worker, keeper, ownership::refresh);
        this.membership = new Membership(worker, keeper, leases, ownership, caretaker);
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

    /** Returns how long a caller waits for work to end: not at all if it is a listener, whose own return is waited for. */
    Duration drainTimeout() {
        return environment.isListening() ? Duration.ZERO : config.drainTimeout();
    }

    SessionKeeper keeper() {
        return keeper;
    }

    /** Returns what keeps this client from doing anything but heartbeats, if something does. */
    Optional<String> problem() {
        return worker.problem();
    }

    /** Returns the id of the current session, 0 if there is none. */
    long currentSession() {
        return exclusively(() -> {
            Session session = keeper.session();
            return session == null ? 0L : session.id();
        });
    }

    Collection<JoinedLease> leases(LeaseKind kind) {
        return exclusively(() -> leases.all().stream()
                .filter(lease -> lease.spec().kind() == kind)
                .toList());
    }

    /** Returns how long a caller waits for an answer: for the attempt that is under way and for his own. */
    Duration patience() {
        return config.timing().attemptTimeout().multipliedBy(2);
    }

    void start() {
        exclusively(keeper::start);
    }

    /** Something may have changed for this client. */
    void hinted() {
        exclusively(ownership::refresh);
    }

    /** Joins a lease, or finds it among those that this client takes part in. */
    Joining join(LeaseSpec spec) {
        return exclusively(() -> {
            requireOpen();
            // Of a sharing of tasks that is being left nothing is left here: it can be joined again at once.
            leases.find(spec.name())
                    .filter(known -> known.isLeaving() && known.spec().equals(LeaseSpec.tasks(spec.name())))
                    .ifPresent(leases::left);
            JoinedLease lease = leases.find(spec.name()).orElseGet(() -> startJoining(spec));
            requireSame(spec, lease);
            return new Joining(lease, keeper.session() != null && !leases.isRetired());
        });
    }

    private JoinedLease startJoining(LeaseSpec spec) {
        JoinedLease lease = new JoinedLease(spec, this, keeper, environment);
        Portfolio portfolio = lease.portfolio();
        if (events.haveListener()) {
            portfolio.addListener(events.of(spec));
        }
        if (leases.isRetired()) {
            portfolio.sharing().close();
        }
        membership.join(lease);
        leases.add(lease);
        return lease;
    }

    private static void requireSame(LeaseSpec spec, JoinedLease known) {
        if (known.isLeaving()) {
            throw new IllegalStateException("Lease '%s' is still being left: close the holds on it first, then join it."
                    .formatted(spec.name()));
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
     * @param underWay whether there is a session in which it is joined now
     */
    record Joining(JoinedLease lease, boolean underWay) {}

    /** Stops taking part in a lease. The future completes when nothing of it is left. */
    CompletableFuture<Void> leave(JoinedLease lease) {
        exclusively(() -> membership.leave(lease));
        return lease.left();
    }

    /** Takes up no new grants from now on; what is owned stays owned until the client is closed. */
    void retire() {
        exclusively(() -> {
            leases.retire();
            leases.all().forEach(lease -> {
                lease.portfolio().sharing().close();
                membership.retire(lease);
            });
        });
    }

    /** Gives way in an election, if this client leads. */
    void resign(JoinedLease election) {
        exclusively(() -> {
            List<Owned> led = election.portfolio().all(Owned::isHeld);
            led.forEach(Owned::resign);
            ownership.give(election, led);
        });
    }

    /** Reads the cluster, or a part of it. */
    CompletableFuture<ClusterView> cluster(Function<WorkChannel, Census> read) {
        CompletableFuture<ClusterView> view = new CompletableFuture<>();
        exclusively(() -> {
            requireOpen();
            worker.submit(Job.of(
                            "read the cluster",
                            () -> !view.isDone(),
                            read,
                            census -> view.complete(ClusterViews.of(census, keeper.session())))
                    .unless(view::completeExceptionally));
        });
        return view;
    }

    /** Drains, releases and ends the session. The future completes when that is done or cannot be done. */
    CompletableFuture<Void> close() {
        return exclusively(() -> {
            Closing closing = leases.closing();
            if (closing == null) {
                closing = new Closing(config, environment, worker, keeper, leases);
                leases.close(closing);
            }
            close(closing);
            return closing.done();
        });
    }

    /** May be called again, to go on where an {@code Error} has interrupted it. */
    private void close(Closing closing) {
        for (JoinedLease lease : leases.all()) {
            lease.portfolio().sharing().close();
            ownership.give(lease, lease.portfolio().all(Owned::isHeld));
        }
        closing.start();
    }

    /** Work on partitions has stopped, and the listeners have returned from being told. Called by threads of listeners. */
    void told(JoinedLease lease, List<Owned> partitions) {
        exclusively(() -> ownership.told(lease, partitions));
    }

    /** The last hold on a partition that is gone from the view has been closed. */
    void released(JoinedLease lease, Owned owned) {
        exclusively(() -> {
            if (owned.isDrainToBeHandled()) {
                ownership.drained(lease, List.of(owned));
            }
        });
    }

    @Override
    public void opened(Session session, Renewal renewal) {
        caretaker.renewed(renewal);
        joinAll(session);
    }

    @Override
    public void renewed(Session session, Renewal renewal) {
        caretaker.renewed(renewal);
        if (session.hasNews(renewal.inbox()) || !session.isConfirmed()) {
            ownership.refresh();
        }
        joinAll(session);
    }

    private void joinAll(Session session) {
        if (!session.isJoined()) {
            leases.all().forEach(membership::join);
            membership.leaveAgain();
            session.joined();
        }
    }

    @Override
    public void reborn(Session session, boolean trustedWithoutGap) {
        if (!trustedWithoutGap) {
            ownership.loseAll();
        }
    }

    @Override
    public void ended(Session session) {
        ownership.loseAll();
        caretaker.rest();
        leases.all().stream().filter(JoinedLease::isLeaving).forEach(leases::left);
        events.sessionLost(session.id());
    }

    @Override
    public void trustLapsed() {
        leases.all().forEach(lease -> lease.portfolio().lapse());
        log.warn("Client {} trusts its session no longer; it owns nothing until the store answers", config.clientId());
        events.fenced();
    }

    @Override
    public void trustReturned() {
        leases.all().forEach(lease -> lease.portfolio().resume());
        events.restored();
    }

    @Override
    public void failed(RuntimeException failure) {
        leases.all().forEach(lease -> lease.portfolio().failed(failure));
    }

    @Override
    public void beaten() {
        events.nudge();
        membership.heal();
        ownership.heal();
        Closing closing = leases.closing();
        if (closing != null) {
            close(closing);
        }
    }
}
