package io.github.dbleases.internal.client;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.LeadershipBalancer;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.client.Assigner.Outcome;
import io.github.dbleases.internal.client.Environment.Timer;
import io.github.dbleases.internal.client.JobQueue.Job;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.spi.observation.ClientObserver.Audit;
import io.github.dbleases.spi.observation.ClientObserver.AuditedLease;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what each client does for the whole cluster: watches the neighbor's session and marks it dead when it has
 * expired, assigns partitions without an owner, balances leases, and, if its own session is the smallest, audits.
 */
final class ClusterMaintenance {

    private static final Logger log = LoggerFactory.getLogger(ClusterMaintenance.class);

    /**
     * How long to wait if a session could not be marked, because it was renewed or another client has locked its row.
     */
    private static final Duration RETRY_DELAY = Duration.ofMillis(100);

    private final LeaseClientConfig config;
    private final Environment environment;
    private final JobQueue jobs;
    private final SessionKeeper keeper;
    private final Runnable refresh;
    private final Map<String, Balancing> balancing = new HashMap<>();
    private final Observers observers;
    private final Set<Long> marking = new HashSet<>();
    private final Map<Long, Watch> watches = new HashMap<>();
    private long auditedNanos;
    private boolean auditing;

    ClusterMaintenance(
            LeaseClientConfig config,
            Environment environment,
            JobQueue jobs,
            SessionKeeper keeper,
            Runnable refresh,
            Observers observers) {
        this.config = config;
        this.environment = environment;
        this.jobs = jobs;
        this.keeper = keeper;
        this.refresh = refresh;
        this.observers = observers;
        this.auditedNanos = environment.clock().nanoTime();
    }

    /** Records the reply to a heartbeat. */
    void renewed(Renewal renewal) {
        watch(renewal.neighbor());
        long sinceAudit = environment.clock().nanoTime() - auditedNanos;
        if (renewal.smallest() && sinceAudit >= config.timing().ttl().toNanos()) {
            audit();
        }
    }

    /** Stops watching and balancing, because the client's own session is over. */
    void sessionEnded() {
        watches.values().forEach(watch -> watch.timer.cancel());
        watches.clear();
        balancing.values().forEach(next -> next.timer.cancel());
        balancing.clear();
    }

    /** Assigns the partitions without an owner, and schedules the balancing that the lease needs after that. */
    void assignOrphans(String lease) {
        assign(lease, "assign the partitions of " + lease, assigner -> assigner.assignOrphans(lease));
    }

    private void assignOrphansOf(Watch dead, String lease) {
        Function<Assigner, Outcome> step = assigner -> assigner.assignOrphansOf(dead.session.session(), lease);
        assign(lease, "assign the partitions of " + lease, step, outcome -> {
            if (outcome.granted()) {
                Duration sinceExpiry = Duration.ofNanos(environment.clock().nanoTime() - dead.expiryNanos());
                observers.tell(to -> to.onOrphansAssigned(lease, sinceExpiry));
            }
        });
    }

    /** Schedules the balancing that an outcome asks for. */
    void schedule(String lease, Outcome outcome) {
        if (outcome.more()) {
            assign(lease, "balance " + lease, assigner -> assigner.balance(lease, config.debounce()));
        } else if (!outcome.balanced()) {
            schedule(lease, outcome.notBefore().isZero() ? config.debounce() : outcome.notBefore(), 0);
        }
    }

    private void schedule(String lease, Duration wait, int postponed) {
        long now = environment.clock().nanoTime();
        Balancing next = balancing.get(lease);
        if (next == null || now - next.dueNanos > 0) {
            Timer timer = environment.after(wait, () -> balance(lease, postponed));
            balancing.put(lease, new Balancing(timer, now + wait.toNanos()));
        }
    }

    /**
     * The next balancing of a lease.
     *
     * @param dueNanos when it is due; if it is still recorded after that, an {@code Error} has interrupted it
     */
    private record Balancing(Timer timer, long dueNanos) {}

    /**
     * Balances a lease, if it needs that and no other client is about to do it. The client that changed the members last
     * comes first. All others look after it, each time after twice as long, in case that client has ended.
     *
     * @param postponed how often this has been left to another client
     */
    private void balance(String lease, int postponed) {
        balancing.remove(lease);
        jobs.submit(Job.of("balance " + lease, () -> prepareBalancing(lease), balanced -> {
            Duration notBefore = balanced.outcome.map(Outcome::notBefore).orElse(Duration.ZERO);
            if (balanced.outcome.isEmpty() || !notBefore.isZero()) {
                schedule(lease, later(notBefore, postponed), postponed + 1);
            } else {
                balanced.outcome.ifPresent(outcome -> schedule(lease, outcome));
            }
            if (balanced.looked) {
                refresh.run();
            }
        }));
    }

    /**
     * The result of an attempt to balance a lease.
     *
     * @param outcome what remains to be done, or empty if another client has locked the lease
     * @param looked whether its partitions were read, and perhaps granted to this client
     */
    private record Balanced(Optional<Outcome> outcome, boolean looked) {}

    /** Returns how long to leave the balancing to another client. */
    private Duration later(Duration atLeast, int postponed) {
        Duration most = config.timing().ttl();
        Duration wait = config.debounce().plus(RETRY_DELAY).multipliedBy(1L << Math.min(postponed, 10));
        Duration limited = wait.compareTo(most) > 0 ? most : wait;
        return atLeast.plus(Duration.ofNanos((long) (limited.toNanos() * (0.5 + environment.random() / 2))));
    }

    private Optional<Function<WorkChannel, Balanced>> prepareBalancing(String lease) {
        Session session = keeper.session();
        int limit = jobs.stepLimit();
        Duration debounce = config.debounce();
        return session == null
                ? Optional.empty()
                : Optional.of(channel -> {
                    Optional<Outcome> outlook =
                            channel.lease(lease).flatMap(state -> Assigner.outlook(state, debounce));
                    return outlook.isPresent()
                            ? new Balanced(outlook, false)
                            : new Balanced(
                                    channel.transactUnlessLocked(
                                            lease,
                                            transaction -> new Assigner(transaction, session.id(), limit)
                                                    .balance(lease, debounce)),
                                    true);
                });
    }

    private void assign(String lease, String what, Function<Assigner, Outcome> step) {
        assign(lease, what, step, outcome -> {});
    }

    private void assign(String lease, String what, Function<Assigner, Outcome> step, Consumer<Outcome> afterwards) {
        jobs.submit(Job.of(what, () -> prepareAssigning(lease, step), outcome -> {
            schedule(lease, outcome);
            refresh.run();
            afterwards.accept(outcome);
        }));
    }

    private Optional<Function<WorkChannel, Outcome>> prepareAssigning(String lease, Function<Assigner, Outcome> step) {
        Session session = keeper.session();
        return session == null
                ? Optional.empty()
                : Optional.of(channel -> transact(channel, session.id(), lease, step));
    }

    private Outcome transact(WorkChannel channel, long session, String lease, Function<Assigner, Outcome> step) {
        int limit = jobs.stepLimit();
        return channel.transact(
                new TreeSet<>(Set.of(lease)),
                (LeaseTransaction transaction) -> step.apply(new Assigner(transaction, session, limit)));
    }

    /**
     * Watches the neighbor. If a new session has become the neighbor, the previous one is watched a little longer. The new
     * session may not mark any session dead for that time, and if sessions kept opening one after another, an expired
     * session would otherwise stay unmarked.
     */
    private void watch(Optional<Neighbor> neighbor) {
        long now = environment.clock().nanoTime();
        neighbor.ifPresent(watched -> {
            Watch replaced = watches.put(watched.session(), new Watch(watched, now));
            if (replaced != null) {
                replaced.timer.cancel();
            }
        });
        watches.values().removeIf(watch -> {
            boolean over = neighbor.isEmpty() || now - watch.readNanos > watch.longest();
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

    private void markDead(Neighbor expired) {
        Session session = keeper.session();
        if (session == null
                || marking.contains(expired.session())
                || markDeadCondition(session, expired).isEmpty()) {
            return;
        }
        jobs.submit(Job.of(
                        "mark session " + expired.session() + " dead",
                        () -> prepareMarking(session, expired),
                        leases -> marked(session, expired.session(), leases))
                .giveUpIf(failure -> {
                    marking.remove(expired.session());
                    audit();
                    return true;
                }));
        marking.add(expired.session());
    }

    private Optional<MarkDeadCondition> markDeadCondition(Session session, Neighbor expired) {
        return session.guard()
                .markDeadCondition(expired, environment.clock().nanoTime())
                .map(condition -> condition.by(session.id()));
    }

    private Optional<Function<WorkChannel, Optional<Set<String>>>> prepareMarking(Session session, Neighbor expired) {
        Optional<MarkDeadCondition> condition =
                keeper.session() == session ? markDeadCondition(session, expired) : Optional.empty();
        if (condition.isEmpty()) {
            marking.remove(expired.session());
        }
        return condition.map(given -> channel -> channel.markDead(given));
    }

    private void marked(Session session, long dead, Optional<Set<String>> leases) {
        marking.remove(dead);
        Watch watched = watches.remove(dead);
        if (leases.isPresent()) {
            log.info("Session {} has expired and was marked dead; it was part of {}", dead, leases.get());
            if (watched == null) {
                leases.get().forEach(this::assignOrphans);
            } else {
                leases.get().forEach(lease -> assignOrphansOf(watched, lease));
            }
            lookAtNext(session);
        } else {
            environment.after(RETRY_DELAY, () -> lookAtNext(session));
        }
    }

    private void lookAtNext(Session session) {
        jobs.submit(Job.of(
                "look at the next session",
                () -> keeper.session() == session,
                channel -> channel.neighbor(session.id()),
                this::watch));
    }

    private void audit() {
        if (!auditing) {
            jobs.submit(
                    Job.of("audit", () -> auditing = keeper.session() != null, ClusterMaintenance::read, this::audited)
                            .giveUpIf(failure -> {
                                auditing = false;
                                return true;
                            }));
            auditing = true;
        }
    }

    private static Reading read(WorkChannel channel) {
        ClusterSnapshot cluster = channel.clusterSnapshot();
        if (cluster.sessions().stream().anyMatch(session -> !session.live())) {
            channel.purge();
        }
        return new Reading(cluster, trimHistory(channel));
    }

    /** Deletes old events. A failure must not keep the audit from the work that the cluster depends on. */
    private static boolean trimHistory(WorkChannel channel) {
        try {
            return channel.trimHistory();
        } catch (DbLeasesException failed) {
            log.warn("Could not delete old events of the history; the next audit tries again: {}", failed.getMessage());
            return false;
        }
    }

    /** Continues to delete events, in jobs of their own, so that other work does not wait for long. */
    private void trimHistory() {
        jobs.submit(
                Job.of("delete old events", () -> keeper.session() != null, ClusterMaintenance::trimHistory, more -> {
                    if (more) {
                        trimHistory();
                    }
                }));
    }

    private void audited(Reading reading) {
        ClusterSnapshot cluster = reading.cluster;
        auditing = false;
        auditedNanos = environment.clock().nanoTime();
        cluster.sessions().stream()
                .filter(ClusterSnapshot.Session::live)
                .map(session -> new Neighbor(session.id(), session.expiresIn(), session.ttl(), session.grace()))
                .filter(session -> session.markableIn().isNegative())
                .forEach(this::markDead);
        for (ClusterSnapshot.Lease lease : cluster.leases()) {
            String name = lease.snapshot().lease();
            if (!lease.deadMembers().isEmpty()
                    || !Balancer.assign(lease.snapshot(), Scope.ORPHANS)
                            .changes()
                            .isEmpty()) {
                assignOrphans(name);
            } else if (!Balancer.assign(lease.snapshot(), Scope.ALL).changes().isEmpty()) {
                assign(name, "balance " + name, assigner -> assigner.balanceAnew(name, config.debounce()));
            }
        }
        if (config.balanceLeaderships()) {
            balanceLeaderships(cluster);
        }
        if (reading.oldEventsLeft) {
            trimHistory();
        }
        if (observers.isOn()) {
            Audit audit = summary(cluster);
            observers.tell(to -> to.onAudit(audit));
        }
    }

    private Audit summary(ClusterSnapshot cluster) {
        List<ClusterSnapshot.Session> live = cluster.sessions().stream()
                .filter(ClusterSnapshot.Session::live)
                .toList();
        int expired = (int) live.stream()
                .filter(session -> session.expiresIn().isNegative())
                .count();
        Map<String, AuditedLease> leases = new HashMap<>();
        cluster.leases().forEach(lease -> leases.put(lease.snapshot().lease(), summary(lease.snapshot())));
        return new Audit(live.size(), expired, leases, config.timing().ttl().multipliedBy(3));
    }

    private static AuditedLease summary(Snapshot lease) {
        int unassigned = 0;
        int moving = 0;
        for (Snapshot.Partition partition : lease.partitions()) {
            if (!partition.ownerLive()) {
                unassigned++;
            } else if (partition.pending() != Snapshot.NO_SESSION) {
                moving++;
            }
        }
        boolean balanced = unassigned + moving == 0
                && Balancer.assign(lease, Scope.ALL).changes().isEmpty();
        long weights =
                lease.members().stream().mapToLong(Snapshot.Member::weight).sum();
        double quota = weights == 0 ? 0 : (double) lease.partitions().size() / weights;
        return new AuditedLease(unassigned, moving, balanced, quota);
    }

    private void balanceLeaderships(ClusterSnapshot cluster) {
        List<Snapshot> elections = cluster.leases().stream()
                .map(ClusterSnapshot.Lease::snapshot)
                .filter(lease -> lease.kind() == LeaseKind.LEADER)
                .toList();
        LeadershipBalancer.plan(elections)
                .forEach(name -> assign(name, "relieve the leader of " + name, assigner -> assigner.relieve(name)));
    }

    /**
     * What an audit has read.
     *
     * @param oldEventsLeft whether the history has more events to delete
     */
    private record Reading(ClusterSnapshot cluster, boolean oldEventsLeft) {}

    /** A watched session, as it was last read. */
    private static final class Watch {

        private final Neighbor session;
        private final long readNanos;
        private Timer timer = Timer.NONE;

        private Watch(Neighbor session, long readNanos) {
            this.session = session;
            this.readNanos = readNanos;
        }

        private long markableNanos() {
            return readNanos + session.markableIn().plusMillis(1).toNanos();
        }

        private long expiryNanos() {
            return readNanos + session.expiresIn().toNanos();
        }

        /** Returns for how many nanoseconds the session is watched after the last reply that reported it. */
        private long longest() {
            return session.ttl().plus(session.grace()).multipliedBy(2).toNanos();
        }
    }
}
