package io.github.dbleases.internal.client;

import static java.util.stream.Collectors.groupingBy;

import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.Assigner.HandOver;
import io.github.dbleases.internal.client.JobQueue.Job;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.Holdings.GrantedPartition;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.spi.observation.ClientObserver.Assignment;
import io.github.dbleases.spi.observation.ClientObserver.HandOverPhase;
import io.github.dbleases.spi.observation.ClientObserver.Revocation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the client works on in line with what the store has granted to its session: takes up new grants, hands
 * over what it is asked for, and stops work on what it no longer owns.
 */
final class Reconciler implements HandOverQueue.Listener {

    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    /** For how many TTLs a client that has resigned ranks after the other candidates. */
    private static final int YIELDED_TTLS = 10;

    private final Timing timing;
    private final Environment environment;
    private final JobQueue jobs;
    private final SessionKeeper keeper;
    private final JoinedLeases leases;
    private final Observers observers;
    private final Runnable drainChanged;
    private final HandOverQueue handOverQueue;
    private final DroppedTokens dropped = new DroppedTokens();
    private final List<Runnable> beforeReading = new ArrayList<>();
    private final List<Runnable> duringReading = new ArrayList<>();
    private boolean reading;
    private boolean wanted;
    private boolean wantedAfterQuietTime;

    /**
     * Creates a reconciler.
     *
     * @param drainChanged called when the store asks the client to stand by or to take part again. What an {@code Error}
     *     interrupts there is done at the next heartbeat
     */
    Reconciler(
            Timing timing,
            Environment environment,
            JobQueue jobs,
            SessionKeeper keeper,
            JoinedLeases leases,
            Observers observers,
            Runnable drainChanged) {
        this.timing = timing;
        this.environment = environment;
        this.jobs = jobs;
        this.keeper = keeper;
        this.leases = leases;
        this.observers = observers;
        this.drainChanged = drainChanged;
        this.handOverQueue = new HandOverQueue(timing.ttl(), environment, jobs, keeper, this);
    }

    /** Reads what the session owns, and runs an action when a reading that starts from now on has been applied. */
    void refreshThen(Runnable afterwards) {
        beforeReading.add(afterwards);
        refresh();
    }

    /** Reads what the session owns, before all other work. If a reading is in progress, reads once more after it. */
    void refresh() {
        wanted = true;
        if (!reading && keeper.session() != null) {
            jobs.submitFirst(Job.of("read what the session owns", this::prepareReading, this::read));
            reading = true;
        }
    }

    private Optional<Function<WorkChannel, Reading>> prepareReading() {
        Session session = keeper.session();
        wanted = false;
        wantedAfterQuietTime = false;
        reading = session != null;
        if (reading) {
            duringReading.addAll(beforeReading);
            beforeReading.clear();
        }
        return Optional.ofNullable(session).map(of -> channel -> new Reading(of, channel.holdings(of.id())));
    }

    private void read(Reading reading) {
        this.reading = false;
        if (keeper.session() == reading.session && isUpToDate(reading.session, reading.holdings)) {
            apply(reading.session, reading.holdings);
            while (!duringReading.isEmpty()) {
                duringReading.get(0).run();
                duringReading.remove(0);
            }
        } else {
            beforeReading.addAll(duringReading);
            duringReading.clear();
        }
        if (wanted) {
            refresh();
        }
    }

    private static boolean isUpToDate(Session session, Holdings holdings) {
        if (!holdings.incarnation().equals(session.incarnation())) {
            session.forgetApplied();
            return false;
        }
        return holdings.live();
    }

    private void apply(Session session, Holdings holdings) {
        keeper.quiet().atLeast(holdings.quietFor());
        if (leases.drainRequested(holdings.drained())) {
            log.info(
                    "Session {} is asked to {}",
                    session.id(),
                    holdings.drained() ? "hand over everything and stand by" : "take part again");
            drainChanged.run();
        }
        Map<String, List<GrantedPartition>> byLease =
                holdings.partitions().stream().collect(groupingBy(GrantedPartition::lease));
        for (JoinedLease lease : leases.all()) {
            reconcile(lease, byLease.getOrDefault(lease.name(), List.of()), holdings.tokenFloor());
            share(lease, session, holdings.taskMembers().getOrDefault(lease.name(), Set.of()));
            byLease.remove(lease.name());
        }
        byLease.forEach((lease, unwanted) -> giveBack(lease, unwanted));
        if (isQuiet()) {
            wantedAfterQuietTime = true;
            environment.after(keeper.quiet().remaining().plusMillis(1), this::refresh);
        }
        session.applied(holdings.inbox());
        keeper.confirmed(session);
        if (isQuiet()) {
            Duration rest = keeper.quiet().remaining();
            observers.tell(to -> to.onQuietTime(rest));
        }
    }

    private void reconcile(JoinedLease lease, List<GrantedPartition> own, long tokenFloor) {
        Map<Integer, Long> tokens = new HashMap<>();
        own.forEach(partition -> tokens.put(partition.number(), partition.token()));
        lose(
                lease,
                lease.ownership()
                        .all(owned ->
                                !tokens.getOrDefault(owned.partition(), 0L).equals(owned.token())));

        List<OwnedPartition> taken = new ArrayList<>();
        List<OwnedPartition> asked = new ArrayList<>();
        List<GrantedPartition> unwanted = new ArrayList<>();
        for (GrantedPartition partition : own) {
            // A retired client keeps what it works on until it is stopped, and takes up nothing else.
            boolean keeps = leases.isRetired() && leases.stopping() == null;
            boolean leaves = (partition.handOver() && !keeps) || lease.isHandingOver() || leases.isDrained();
            OwnedPartition owned = lease.ownership().owned(partition.number()).orElse(null);
            if (owned != null) {
                if (owned.isActive() && leaves) {
                    asked.add(owned);
                }
            } else if (leaves || keeps || isDropped(partition) || partition.token() <= tokenFloor) {
                unwanted.add(partition);
            } else if (!isQuiet() && !lease.isLeaving() && !leases.isRetired()) {
                taken.add(new OwnedPartition(partition.number(), partition.token(), keeper.epoch()));
            }
        }
        if (!taken.isEmpty()) {
            log.debug("Taking up {} partitions of {}", taken.size(), lease.name());
            lease.ownership().take(taken);
            if (isTrusted()) {
                observeAssigned(lease, taken);
            }
        }
        handOver(lease, asked);
        giveBack(lease.name(), unwanted);
    }

    private void share(JoinedLease lease, Session session, Set<Long> members) {
        TaskMembership tasks = lease.ownership().taskMembership();
        if (members.contains(session.id())) {
            tasks.joined(session.id(), members);
            tasks.drain(leases.isDrained());
        } else if (!tasks.isDrainedIn(session.id())) {
            tasks.lose();
        }
    }

    private boolean isQuiet() {
        return !keeper.quiet().remaining().isZero();
    }

    private boolean isDropped(GrantedPartition partition) {
        return dropped.contains(partition.lease(), partition.number(), partition.token());
    }

    /** Stops work on partitions, and hands them over when they are drained. */
    void handOver(JoinedLease lease, Collection<OwnedPartition> partitions) {
        if (!partitions.isEmpty()) {
            log.debug("Handing over {} partitions of {}", partitions.size(), lease.name());
            drop(lease, partitions);
            long now = environment.clock().nanoTime();
            partitions.forEach(owned -> owned.beginPhase(now));
            lease.ownership().handOver(partitions);
            if (isTrusted()) {
                observeRevoked(lease, Revocation.HANDED_OVER, partitions.size());
            }
        }
    }

    private boolean isTrusted() {
        return keeper.trust().holds(environment.clock());
    }

    void observeAssigned(JoinedLease lease, Collection<OwnedPartition> partitions) {
        int again = (int) partitions.stream().filter(OwnedPartition::observe).count();
        observeAssigned(lease, Assignment.GRANTED, partitions.size() - again);
        observeAssigned(lease, Assignment.TRUSTED_AGAIN, again);
    }

    private void observeAssigned(JoinedLease lease, Assignment reason, int partitions) {
        if (partitions > 0) {
            observers.tell(to -> to.onAssigned(lease.name(), lease.spec().kind(), reason, partitions));
        }
    }

    void observeRevoked(JoinedLease lease, Revocation reason, int partitions) {
        if (partitions > 0) {
            observers.tell(to -> to.onRevoked(lease.name(), lease.spec().kind(), reason, partitions));
        }
    }

    private void observePhase(String lease, HandOverPhase phase, Collection<OwnedPartition> completed) {
        if (!completed.isEmpty()) {
            long now = environment.clock().nanoTime();
            List<Duration> times = completed.stream()
                    .map(owned -> Duration.ofNanos(owned.beginPhase(now)))
                    .toList();
            observers.tell(to -> to.onHandOver(lease, phase, times));
        }
    }

    private void lose(JoinedLease lease, Collection<OwnedPartition> partitions) {
        if (!partitions.isEmpty()) {
            int active = isTrusted()
                    ? (int) partitions.stream().filter(OwnedPartition::isActive).count()
                    : 0;
            drop(lease, partitions);
            lease.ownership().lose(partitions);
            lease.holdsUntrusted();
            observeRevoked(lease, Revocation.LOST, active);
        }
    }

    /** Drops everything: the session is over, or a failover may have granted it to another session. */
    void loseAll() {
        handOverQueue.clear();
        leases.all().forEach(this::loseAll);
    }

    /** Drops everything of a lease. */
    void loseAll(JoinedLease lease) {
        drop(lease, lease.ownership().all(owned -> true));
        lease.ownership().loseAll();
        lease.ownership().taskMembership().lose();
    }

    /** Resumes what an {@code Error} or a lack of threads has interrupted. */
    void heal() {
        if (wanted || (wantedAfterQuietTime && !isQuiet())) {
            refresh();
        }
        leases.all().forEach(lease -> drained(lease, lease.ownership().heal()));
        handOverQueue.heal();
        dropped.keep(lease -> leases.find(lease).isPresent() || handOverQueue.hasPartitionsOf(lease));
    }

    private void drop(JoinedLease lease, Collection<OwnedPartition> partitions) {
        partitions.forEach(owned -> dropped.drop(lease.name(), owned.partition(), owned.token()));
    }

    /** Called when the listeners have returned from {@code revoked}. */
    void listenersReturned(JoinedLease lease, Collection<OwnedPartition> partitions) {
        partitions.forEach(OwnedPartition::listenersDone);
        drained(
                lease,
                partitions.stream().filter(OwnedPartition::isDrainToBeHandled).toList());
    }

    /** Hands over or forgets drained partitions. */
    void drained(JoinedLease lease, Collection<OwnedPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        List<HandOver> handOvers = new ArrayList<>();
        List<OwnedPartition> handedOver = new ArrayList<>();
        for (OwnedPartition owned : partitions) {
            if (owned.isHandingOver()) {
                HandOver handOver = handOver(lease.name(), owned.partition(), owned.token());
                handOvers.add(owned.isResigned() ? handOver.resigned(yieldTime(timing)) : handOver);
                handedOver.add(owned);
            } else {
                lease.ownership().forget(owned);
                refresh();
            }
        }
        if (!handOvers.isEmpty() && leases.stopping() == null) {
            handOverQueue.add(lease.name(), handOvers);
        }
        leases.drained(lease);
        partitions.forEach(OwnedPartition::drainHandled);
        observePhase(lease.name(), HandOverPhase.DRAIN, handedOver);
    }

    /** Returns for how long a leader that has resigned ranks after the other candidates. */
    static Duration yieldTime(Timing timing) {
        return timing.ttl().multipliedBy(YIELDED_TTLS);
    }

    /** Gives back partitions that the session owns but that this client does not work on. */
    private void giveBack(String lease, Collection<GrantedPartition> unwanted) {
        unwanted.forEach(partition -> dropped.drop(lease, partition.number(), partition.token()));
        if (!unwanted.isEmpty()) {
            handOverQueue.add(
                    lease,
                    unwanted.stream()
                            .map(partition -> handOver(lease, partition.number(), partition.token()))
                            .toList());
        }
    }

    private HandOver handOver(String lease, int partition, long token) {
        return new HandOver(partition, token, dropped.highest(lease, partition));
    }

    @Override
    public boolean takesPartIn(String name) {
        return !leases.isRetired()
                && leases.find(name)
                        .filter(lease -> !lease.isLeaving() && !lease.isStandingBy())
                        .isPresent();
    }

    @Override
    public void handedOver(String name, Collection<HandOver> handOvers) {
        leases.find(name).ifPresent(lease -> {
            List<OwnedPartition> given = new ArrayList<>();
            for (HandOver handOver : handOvers) {
                lease.ownership()
                        .owned(handOver.partition())
                        .filter(owned -> owned.isHandingOver() && owned.token() == handOver.token())
                        .ifPresent(given::add);
            }
            given.forEach(lease.ownership()::forget);
            leases.drained(lease);
            observePhase(name, HandOverPhase.TRANSFER, given);
        });
    }

    /** What a session owns according to the store. */
    private record Reading(Session session, Holdings holdings) {}
}
