package io.github.dbleases.client;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.client.Assigner.Outcome;
import io.github.dbleases.client.Worker.Job;
import io.github.dbleases.store.Census;
import io.github.dbleases.store.HeartbeatLine;
import io.github.dbleases.store.Renewal;
import io.github.dbleases.store.WorkLine;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of one client: connects the keeper of the session, the ownership and the caretaker. Its methods take the
 * monitor themselves and never wait for the store; what takes time is returned as a future.
 */
final class Engine implements SessionKeeper.Observer, Registry {

    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    private final LeaseClientConfig config;
    private final Environment environment;
    private final SessionKeeper keeper;
    private final Worker worker;
    private final Ownership ownership;
    private final Caretaker caretaker;
    private final SortedMap<String, JoinedLease> leases = new TreeMap<>();
    private boolean retired;
    private @Nullable Closing closing;

    Engine(LeaseClientConfig config, Environment environment, HeartbeatLine heartbeats, WorkLine work) {
        this.config = config;
        this.environment = environment;
        this.keeper = new SessionKeeper(config, environment, heartbeats, this);
        this.worker = new Worker(config.timing(), environment, work);
        this.ownership = new Ownership(environment, worker, keeper, this);
        this.caretaker = new Caretaker(config, environment, worker, keeper, ownership::refresh);
    }

    <T> T exclusively(Supplier<T> action) {
        synchronized (environment.monitor()) {
            return action.get();
        }
    }

    Duration drainTimeout() {
        return config.drainTimeout();
    }

    /** Returns the id of the current session, 0 if there is none. */
    long currentSession() {
        return exclusively(() -> {
            Session session = keeper.session();
            return session == null ? 0L : session.id();
        });
    }

    SessionKeeper keeper() {
        return keeper;
    }

    void start() {
        exclusively(() -> {
            keeper.start();
            return null;
        });
    }

    /** Something may have changed for this client. */
    void hinted() {
        exclusively(() -> {
            ownership.refresh();
            return null;
        });
    }

    /**
     * Joins a lease, or finds it among those that this client takes part in.
     *
     * @return the lease, once it has been joined or refused
     */
    Joining join(LeaseSpec spec) {
        return exclusively(() -> {
            requireOpen();
            JoinedLease known = leases.get(spec.name());
            if (known == null) {
                Portfolio portfolio = new Portfolio(environment.listeners(), keeper.isTrusted());
                JoinedLease lease = new JoinedLease(spec, this, keeper, environment.clock(), portfolio);
                leases.put(spec.name(), lease);
                submitJoin(lease);
                return new Joining(lease, lease.joined(), keeper.session() != null);
            }
            requireSame(spec, known);
            return new Joining(known, known.joined(), keeper.session() != null);
        });
    }

    /**
     * A lease that is being joined.
     *
     * @param lease the lease
     * @param outcome completes when it has been joined for the first time or refused
     * @param underWay whether there is a session in which it is being joined now
     */
    record Joining(JoinedLease lease, CompletableFuture<Void> outcome, boolean underWay) {}

    private static void requireSame(LeaseSpec spec, JoinedLease known) {
        if (known.isLeaving()) {
            throw new IllegalStateException("Lease '%s' is still being left: close the holds on it first, then join it."
                    .formatted(spec.name()));
        }
        if (known.spec().kind() != spec.kind()) {
            throw LeaseConflictException.kind(
                    spec.name(), spec.kind(), known.spec().kind());
        }
        if (known.partitions() != spec.partitions()) {
            throw LeaseConflictException.partitions(spec.name(), spec.partitions(), known.partitions());
        }
    }

    void requireOpen() {
        if (closing != null) {
            throw new IllegalStateException("Client '%s' is closed.".formatted(config.clientId()));
        }
    }

    private void submitJoin(JoinedLease lease) {
        worker.submit(Job.of(
                        "join " + lease.name(),
                        () -> joiningSession(lease)
                                .map(session -> line -> line.transact(
                                        only(lease.name()),
                                        transaction -> new Assigner(transaction).join(session.id(), lease.spec()))),
                        (Outcome outcome) -> joined(lease, outcome))
                .unless(failure -> refused(lease, failure)));
    }

    private Optional<Session> joiningSession(JoinedLease lease) {
        boolean wanted = leases.get(lease.name()) == lease && !lease.isLeaving() && !retired;
        return wanted ? Optional.ofNullable(keeper.session()) : Optional.empty();
    }

    private void joined(JoinedLease lease, Outcome outcome) {
        lease.joined().complete(null);
        caretaker.follow(lease.name(), outcome);
        ownership.refresh();
    }

    private boolean refused(JoinedLease lease, RuntimeException failure) {
        if (!(failure instanceof LeaseConflictException)) {
            return false;
        }
        if (lease.joined().completeExceptionally(failure)) {
            leases.remove(lease.name(), lease);
        } else {
            environment.after(config.timing().ttl(), () -> submitJoin(lease));
        }
        return true;
    }

    /** Stops taking part in a lease. The future completes when nothing of it is left. */
    CompletableFuture<Void> leave(JoinedLease lease) {
        return exclusively(() -> {
            if (!lease.isLeaving() && leases.get(lease.name()) == lease) {
                lease.startLeaving();
                submitLeave(lease);
            }
            return lease.left();
        });
    }

    private void submitLeave(JoinedLease lease) {
        Session session = keeper.session();
        if (session == null) {
            left(lease);
            return;
        }
        worker.submit(Job.of(
                "leave " + lease.name(),
                () -> keeper.session() == session,
                line -> line.transact(only(lease.name()), transaction -> {
                    new Assigner(transaction).leave(session.id(), lease.name());
                    return true;
                }),
                done -> {
                    ownership.give(lease, lease.portfolio().all(Owned::isHeld));
                    lease.startGiving();
                    drained(lease);
                }));
    }

    private void left(JoinedLease lease) {
        leases.remove(lease.name(), lease);
        lease.left().complete(null);
        ownership.refresh();
    }

    /** Takes up no new grants from now on; what is owned stays owned until the client is closed. */
    void retire() {
        exclusively(() -> {
            retired = true;
            leases.values().forEach(this::submitRetirement);
            return null;
        });
    }

    private void submitRetirement(JoinedLease lease) {
        worker.submit(Job.of(
                "take part no more in " + lease.name(),
                () -> closing == null
                        ? Optional.ofNullable(keeper.session())
                                .map(session -> line -> line.transact(only(lease.name()), transaction -> {
                                    transaction.removeMember(lease.name(), session.id());
                                    return true;
                                }))
                        : Optional.empty(),
                done -> {}));
    }

    /** Reads everything. */
    CompletableFuture<Census> census() {
        CompletableFuture<Census> census = new CompletableFuture<>();
        Function<WorkLine, Census> read = WorkLine::census;
        exclusively(() -> {
            requireOpen();
            worker.submit(Job.of("read the cluster", () -> !census.isDone(), read, census::complete)
                    .unless(failure -> census.completeExceptionally(failure)));
            return null;
        });
        return census;
    }

    /** Drains, releases and ends the session. The future completes when that is done or cannot be done. */
    CompletableFuture<Void> close() {
        return exclusively(() -> {
            Closing started = closing;
            if (started == null) {
                retired = true;
                started = new Closing(config, environment, worker, keeper, leases.values());
                closing = started;
                leases.values()
                        .forEach(
                                lease -> ownership.give(lease, lease.portfolio().all(Owned::isHeld)));
                started.start();
            }
            return started.done();
        });
    }

    void drained(JoinedLease lease, Owned owned) {
        if (owned.isDrained()) {
            ownership.drained(lease, List.of(owned));
        }
    }

    @Override
    public Collection<JoinedLease> leases() {
        return List.copyOf(leases.values());
    }

    @Override
    public Optional<JoinedLease> find(String name) {
        return Optional.ofNullable(leases.get(name));
    }

    @Override
    public boolean isRetired() {
        return retired;
    }

    @Override
    public boolean isClosing() {
        return closing != null;
    }

    @Override
    public void drained(JoinedLease lease) {
        if (lease.isGiving() && lease.portfolio().isEmpty()) {
            left(lease);
        }
        if (closing != null) {
            closing.drained();
        }
    }

    @Override
    public void opened(Session session, Renewal renewal) {
        caretaker.renewed(renewal);
        leases.values().forEach(this::submitJoin);
    }

    @Override
    public void renewed(Session session, Renewal renewal) {
        caretaker.renewed(renewal);
        if (session.hasNews(renewal.inbox()) || !session.isConfirmed()) {
            ownership.refresh();
        }
    }

    @Override
    public void reborn(Session session, boolean trustedWithoutGap) {
        if (!trustedWithoutGap) {
            ownership.loseAll();
        }
        session.forgetApplied();
        leases.values().forEach(this::submitJoin);
    }

    @Override
    public void ended(Session session) {
        ownership.loseAll();
        caretaker.rest();
        leases().stream().filter(JoinedLease::isLeaving).forEach(this::left);
    }

    @Override
    public void trustLapsed() {
        log.warn("Client {} trusts its session no longer; it owns nothing until the store answers", config.clientId());
        leases.values().forEach(lease -> lease.portfolio().lapse());
    }

    @Override
    public void trustReturned() {
        leases.values().forEach(lease -> lease.portfolio().resume());
    }

    private static SortedSet<String> only(String lease) {
        return new TreeSet<>(Set.of(lease));
    }
}
