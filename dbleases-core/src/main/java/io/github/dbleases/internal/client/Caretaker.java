package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.LeadershipBalance;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.client.Assigner.Outcome;
import io.github.dbleases.internal.client.Environment.Timer;
import io.github.dbleases.internal.client.Worker.Job;
import io.github.dbleases.spi.Census;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.Neighbour;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.Warrant;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after what concerns all clients: watches the session before the own one and marks it dead when it has expired,
 * gives out what has no owner, puts the balance right, and, when the own session is the smallest, audits.
 */
final class Caretaker {

    private static final Logger log = LoggerFactory.getLogger(Caretaker.class);

    /** How long to wait when a session could not be marked: it has renewed, or somebody else is at its row. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final LeaseClientConfig config;
    private final Environment environment;
    private final Worker worker;
    private final SessionKeeper keeper;
    private final Runnable refresh;
    private final Map<String, Timer> balancing = new HashMap<>();
    private final Set<Long> marking = new HashSet<>();
    private final Map<Long, Watch> watches = new HashMap<>();
    private long auditedNanos;
    private boolean auditing;

    Caretaker(
            LeaseClientConfig config, Environment environment, Worker worker, SessionKeeper keeper, Runnable refresh) {
        this.config = config;
        this.environment = environment;
        this.worker = worker;
        this.keeper = keeper;
        this.refresh = refresh;
        this.auditedNanos = environment.clock().nanoTime();
    }

    /** Records the reply to a heartbeat. */
    void renewed(Renewal renewal) {
        watch(renewal.neighbour());
        long sinceAudit = environment.clock().nanoTime() - auditedNanos;
        if (renewal.smallest() && sinceAudit >= config.timing().ttl().toNanos()) {
            audit();
        }
    }

    /** The own session is over: it watches no other. */
    void rest() {
        watches.values().forEach(watch -> watch.timer.cancel());
        watches.clear();
        balancing.values().forEach(Timer::cancel);
        balancing.clear();
    }

    /** Gives out what has no owner, and takes care that the balance is put right later. */
    void assignOrphans(String lease) {
        settle(lease, "give out the partitions of " + lease, assigner -> assigner.assignOrphans(lease));
    }

    /** Takes care that the balance is put right if an outcome asks for it. */
    void follow(String lease, Outcome outcome) {
        if (outcome.more()) {
            balance(lease);
        } else if (!outcome.balanced()) {
            Duration wait = outcome.notBefore().isZero() ? config.debounce() : outcome.notBefore();
            balancing.computeIfAbsent(lease, name -> environment.after(wait, () -> balance(name)));
        }
    }

    private void balance(String lease) {
        balancing.remove(lease);
        settle(lease, "balance " + lease, assigner -> assigner.balance(lease, config.debounce()));
    }

    private void settle(String lease, String what, Function<Assigner, Outcome> step) {
        worker.submit(Job.of(what, () -> keeper.session() != null, line -> transact(line, lease, step), outcome -> {
            follow(lease, outcome);
            refresh.run();
        }));
    }

    private Outcome transact(WorkChannel line, String lease, Function<Assigner, Outcome> step) {
        int limit = worker.stepLimit();
        return line.transact(
                new TreeSet<>(Set.of(lease)),
                (LeaseTransaction transaction) -> step.apply(new Assigner(transaction, limit)));
    }

    /**
     * Watches the session before the own one. If a session has come between, the one watched until now is watched a
     * little longer: a newcomer may mark no session dead for as long as that, and with newcomers that follow each other
     * closely a session that has expired would otherwise stay.
     */
    private void watch(Optional<Neighbour> neighbour) {
        long now = environment.clock().nanoTime();
        neighbour.ifPresent(watched -> {
            Watch replaced = watches.put(watched.session(), new Watch(watched, now));
            if (replaced != null) {
                replaced.timer.cancel();
            }
        });
        watches.values().removeIf(watch -> {
            boolean over = neighbour.isEmpty() || now - watch.readNanos > watch.longest();
            if (over) {
                watch.timer.cancel();
            }
            return over;
        });
        watches.values().forEach(watch -> {
            watch.timer.cancel();
            long wait = Math.max(0, watch.markableNanos() - now);
            watch.timer = environment.after(Duration.ofNanos(wait), () -> markDead(watch.session));
        });
    }

    private void markDead(Neighbour expired) {
        Session session = keeper.session();
        if (session == null
                || marking.contains(expired.session())
                || warrant(session, expired).isEmpty()) {
            return;
        }
        worker.submit(Job.of(
                        "mark session " + expired.session() + " dead",
                        () -> prepareMarking(session, expired),
                        leases -> marked(session, expired.session(), leases))
                .unless(failure -> {
                    marking.remove(expired.session());
                    audit();
                    return true;
                }));
        marking.add(expired.session());
    }

    private Optional<Warrant> warrant(Session session, Neighbour expired) {
        return session.guard().warrant(expired, environment.clock().nanoTime());
    }

    private Optional<Function<WorkChannel, Optional<Set<String>>>> prepareMarking(Session session, Neighbour expired) {
        Optional<Warrant> warrant = keeper.session() == session ? warrant(session, expired) : Optional.empty();
        if (warrant.isEmpty()) {
            marking.remove(expired.session());
        }
        return warrant.map(given -> line -> line.markDead(given));
    }

    private void marked(Session session, long dead, Optional<Set<String>> leases) {
        marking.remove(dead);
        watches.remove(dead);
        if (leases.isPresent()) {
            log.info("Session {} has expired and is marked dead; it took part in {}", dead, leases.get());
            leases.get().forEach(this::assignOrphans);
            lookAtNext(session);
        } else {
            environment.after(PATIENCE, () -> lookAtNext(session));
        }
    }

    private void lookAtNext(Session session) {
        worker.submit(Job.of(
                "look at the next session",
                () -> keeper.session() == session,
                line -> line.neighbour(session.id()),
                this::watch));
    }

    private void audit() {
        if (!auditing) {
            worker.submit(Job.of("audit", () -> auditing = keeper.session() != null, this::census, this::audited)
                    .unless(failure -> {
                        auditing = false;
                        return true;
                    }));
            auditing = true;
        }
    }

    private Census census(WorkChannel line) {
        Census census = line.census();
        if (census.sessions().stream().anyMatch(session -> !session.live())) {
            line.purge();
        }
        return census;
    }

    private void audited(Census census) {
        auditing = false;
        auditedNanos = environment.clock().nanoTime();
        census.sessions().stream()
                .filter(Census.Session::live)
                .map(session -> new Neighbour(session.id(), session.expiresIn(), session.ttl(), session.grace()))
                .filter(session -> session.markableIn().isNegative())
                .forEach(this::markDead);
        for (Census.Lease lease : census.leases()) {
            String name = lease.snapshot().lease();
            if (!lease.deadMembers().isEmpty()
                    || !Balancer.assign(lease.snapshot(), Scope.ORPHANS)
                            .changes()
                            .isEmpty()) {
                assignOrphans(name);
            } else if (!Balancer.assign(lease.snapshot(), Scope.ALL).changes().isEmpty()) {
                follow(name, Outcome.UNBALANCED);
            }
        }
        if (config.balanceLeaderships()) {
            balanceLeaderships(census);
        }
    }

    private void balanceLeaderships(Census census) {
        List<Snapshot> elections = census.leases().stream()
                .map(Census.Lease::snapshot)
                .filter(lease -> lease.kind() == LeaseKind.LEADER)
                .toList();
        LeadershipBalance.plan(elections)
                .forEach(name -> settle(name, "relieve the leader of " + name, assigner -> assigner.relieve(name)));
    }

    /** A session that is watched, as it was read. */
    private static final class Watch {

        private final Neighbour session;
        private final long readNanos;
        private Timer timer = Timer.NONE;

        private Watch(Neighbour session, long readNanos) {
            this.session = session;
            this.readNanos = readNanos;
        }

        private long markableNanos() {
            return readNanos + session.markableIn().plusMillis(1).toNanos();
        }

        /** Returns for how many nanoseconds it is watched although no heartbeat reports it. */
        private long longest() {
            return session.ttl().plus(session.grace()).multipliedBy(2).toNanos();
        }
    }
}
