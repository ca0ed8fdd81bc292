package io.github.dbleases.spring.metrics;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.TaskRunnerStatus;
import io.github.dbleases.spi.observation.ClientObserver;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meters of a client and its task runners. No meter sends a statement. Gauges read what the client knows, and everything
 * else comes from the client's events.
 *
 * <p>All meters are registered before the first event: those of the client and of configured leases and runners at the start,
 * those of other leases and of elections when they are joined. Tags are the names of leases, elections and runners, and
 * values of enumerations.
 */
final class LeaseMetrics implements ClientObserver, TaskRunnerListener {

    private static final Logger log = LoggerFactory.getLogger(LeaseMetrics.class);

    /** Leases with ever new names must not fill the registry. */
    private static final int MOST_NAMES = 2_000;

    private static final String LEASE = "lease";
    private static final String ELECTION = "election";
    private static final String RUNNER = "runner";

    private static final Audit NO_AUDIT = new Audit(0, 0, Map.of(), Duration.ZERO);

    private final MeterRegistry registry;
    private final Supplier<LeaseClient> client;
    private final Supplier<? extends Collection<TaskRunner>> runners;
    private final Map<String, NamedLease> names = new ConcurrentHashMap<>();
    private final Map<String, ElectionMeters> elections = new ConcurrentHashMap<>();
    private final Map<String, Lease> leasesByName = new ConcurrentHashMap<>();
    private final Map<String, Leadership> leadershipsByName = new ConcurrentHashMap<>();
    private final Map<String, TaskRunner> runnersByName = new ConcurrentHashMap<>();
    private final Map<String, Timer> waits = new ConcurrentHashMap<>();
    private final Map<HeartbeatOutcome, Timer> heartbeats = new EnumMap<>(HeartbeatOutcome.class);
    private final Map<Callback, Timer> listeners = new EnumMap<>(Callback.class);
    private final Map<StoreOperation, Timer> succeeded = new EnumMap<>(StoreOperation.class);
    private final Map<StoreOperation, Timer> failed = new EnumMap<>(StoreOperation.class);
    private final Counter firstSessions;
    private final Counter furtherSessions;
    private final Timer suspended;
    private final Counter clockSteps;
    private final Counter incarnationChanges;
    private final Counter audits;
    private final Clock clock;
    private volatile @Nullable LeaseClient knownClient;
    private volatile long quietUntilNanos;
    private volatile Audited audited;
    private boolean tooManyNames;

    /**
     * Registers the meters of a client.
     *
     * @param client returns the client, which may not exist yet
     * @param runners returns the task runners, which may not exist yet
     */
    LeaseMetrics(
            MeterRegistry registry, Supplier<LeaseClient> client, Supplier<? extends Collection<TaskRunner>> runners) {
        this.registry = registry;
        this.clock = registry.config().clock();
        this.quietUntilNanos = clock.monotonicTime();
        this.audited = new Audited(NO_AUDIT, clock.monotonicTime());
        this.client = client;
        this.runners = runners;
        for (ClientState state : ClientState.values()) {
            gauge("session.state", "Whether the client is in this state", status -> status.state() == state ? 1 : 0)
                    .tag("state", word(state))
                    .register(registry);
        }
        gauge("session.trust.remaining", "Time until the trust deadline", status -> seconds(status.trustedFor()))
                .baseUnit("seconds")
                .register(registry);
        gauge("session.drained", "Whether the client is drained and stands by", status -> status.drained() ? 1 : 0)
                .register(registry);
        gauge("quiet.remaining", "Time for which no grants are taken up after a failover", status -> quietRemaining())
                .baseUnit("seconds")
                .register(registry);
        String opened = "Sessions that were opened";
        firstSessions = counter("session.opened", opened, "reason", "start");
        furtherSessions = counter("session.opened", opened, "reason", "over");
        suspended = timer("session.suspended", "Times for which the session was not trusted");
        clockSteps = counter("clock.step", "Steps of a clock that were noticed", "clock", "store");
        incarnationChanges =
                counter("incarnation.changes", "Failovers and restores of the store that this instance has noticed");
        for (HeartbeatOutcome outcome : HeartbeatOutcome.values()) {
            heartbeats.put(
                    outcome, timer("heartbeat", "Attempts to open or renew the session", "outcome", word(outcome)));
        }
        for (Callback callback : Callback.values()) {
            listeners.put(callback, timer("listener", "Calls of listeners", "callback", word(callback)));
        }
        for (StoreOperation operation : StoreOperation.values()) {
            succeeded.put(operation, operation(operation, "success"));
            failed.put(operation, operation(operation, "error"));
        }
        audits = counter("cluster.audits", "Audits of the cluster by this instance");
        audit("cluster.sessions", "Live sessions, 0 unless this instance audits", Audit::sessions);
        audit(
                "cluster.sessions.expired",
                "Sessions that have expired and are not marked dead yet, 0 unless this instance audits",
                Audit::expired);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private Gauge.Builder<LeaseMetrics> gauge(String name, String description, ToDoubleFunction<ClientStatus> value) {
        return Gauge.builder(
                        "dbleases." + name,
                        this,
                        self -> value.applyAsDouble(self.client().status()))
                .description(description);
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder("dbleases." + name)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private Timer timer(String name, String description, String... tags) {
        return Timer.builder("dbleases." + name)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private Timer operation(StoreOperation operation, String outcome) {
        return timer(
                "store.operation",
                "Requests to the store except for heartbeats",
                "operation",
                word(operation),
                "outcome",
                outcome);
    }

    private void audit(String name, String description, ToDoubleFunction<Audit> value) {
        Gauge.builder("dbleases." + name, this, self -> value.applyAsDouble(self.lastAudit()))
                .description(description)
                .register(registry);
    }

    private double quietRemaining() {
        return Math.max(0, quietUntilNanos - clock.monotonicTime()) / 1e9;
    }

    // ---- Leases, elections and runners

    /** Registers the meters of a lease of partitions. */
    void registerLease(String lease) {
        named(lease, LeaseKind.PARTITIONS);
    }

    /** Registers the meters of a runner. */
    void registerRunner(String runner) {
        tasks(runner, "completed", TaskRunnerStatus::completed);
        tasks(runner, "failed", TaskRunnerStatus::failed);
        tasks(runner, "retried", TaskRunnerStatus::retried);
        tasks(runner, "given-up", TaskRunnerStatus::givenUp);
        tasks(runner, "lost", TaskRunnerStatus::lost);
        tasksNow(runner, "held", "Tasks that the runner holds", TaskRunnerStatus::held);
        tasksNow(runner, "running", "Tasks in progress", TaskRunnerStatus::running);
        taskGauge(
                        runner,
                        "oldest.age",
                        "How long the oldest task has been due that the runner knows",
                        status -> seconds(status.oldestAge()))
                .baseUnit("seconds")
                .register(registry);
        waits.put(runner, timer("tasks.wait", "Times from when tasks were due until they began", RUNNER, runner));
    }

    private void tasks(String runner, String outcome, ToDoubleFunction<TaskRunnerStatus> value) {
        FunctionCounter.builder("dbleases.tasks", this, self -> value.applyAsDouble(self.status(runner)))
                .description("Outcomes of tasks")
                .tags(RUNNER, runner, "outcome", outcome)
                .register(registry);
    }

    private void tasksNow(String runner, String name, String description, ToDoubleFunction<TaskRunnerStatus> value) {
        taskGauge(runner, name, description, value).register(registry);
    }

    private Gauge.Builder<LeaseMetrics> taskGauge(
            String runner, String name, String description, ToDoubleFunction<TaskRunnerStatus> value) {
        return Gauge.builder("dbleases.tasks." + name, this, self -> value.applyAsDouble(self.status(runner)))
                .description(description)
                .tag(RUNNER, runner);
    }

    private TaskRunnerStatus status(String runner) {
        TaskRunner found = find(runnersByName, runner, runners, TaskRunner::name);
        return found == null ? TaskRunnerStatus.IDLE : found.status();
    }

    private double owned(String lease) {
        Lease found = find(leasesByName, lease, () -> client().leases(), Lease::name);
        return found == null ? 0 : found.values().size();
    }

    private double leads(String election) {
        Leadership found = find(leadershipsByName, election, () -> client().leaderships(), Leadership::name);
        return found != null && found.isLeader() ? 1 : 0;
    }

    /** Returns the client, and looks for it only once: a bean factory takes long to find it, for each lease in each scrape. */
    private LeaseClient client() {
        LeaseClient known = knownClient;
        if (known == null) {
            known = client.get();
            knownClient = known;
        }
        return known;
    }

    /** Looks all names up at once, so that a scrape of many leases does not search for each of them. */
    private static <T> @Nullable T find(
            Map<String, T> known,
            String name,
            Supplier<? extends Collection<? extends T>> all,
            Function<T, String> nameOf) {
        T found = known.get(name);
        if (found == null) {
            all.get().forEach(one -> known.put(nameOf.apply(one), one));
            found = known.get(name);
        }
        return found;
    }

    private @Nullable NamedLease named(String name, LeaseKind kind) {
        NamedLease found = names.get(name);
        return found != null ? found : register(name, kind);
    }

    private synchronized @Nullable NamedLease register(String name, LeaseKind kind) {
        if (names.size() >= MOST_NAMES) {
            if (!tooManyNames) {
                tooManyNames = true;
                log.warn("There are meters for {} leases. Further leases, such as {}, get none", MOST_NAMES, name);
            }
            return null;
        }
        return names.computeIfAbsent(name, absent -> new NamedLease(name, kind));
    }

    /** The meters of a lease of partitions, or of an election. */
    private final class NamedLease {

        private final Map<HandOverPhase, Timer> handOvers = new EnumMap<>(HandOverPhase.class);
        private final Map<Revocation, Counter> revoked = new EnumMap<>(Revocation.class);
        private final Timer vacantAfterHandOver;
        private final Timer vacantAfterExpiry;
        private final Timer holds;
        private final LongTaskTimer openHolds;
        private final Counter untrusted;
        private final Counter overdue;
        private final AtomicInteger overdueNow = new AtomicInteger();
        private final @Nullable Counter assigned;

        private NamedLease(String name, LeaseKind kind) {
            for (HandOverPhase phase : HandOverPhase.values()) {
                handOvers.put(
                        phase,
                        timer("handover", "Phases of hand-overs by this instance", LEASE, name, "phase", word(phase)));
            }
            String vacancy = "Times for which a partition had no owner, as seen by the instance that has assigned it";
            vacantAfterHandOver = timer("vacancy", vacancy, LEASE, name, "cause", "hand-over");
            vacantAfterExpiry = timer("vacancy", vacancy, LEASE, name, "cause", "expiry");
            holds = timer("hold", "Holds that were closed", LEASE, name);
            openHolds = LongTaskTimer.builder("dbleases.hold.active")
                    .description("Holds that are open")
                    .tag(LEASE, name)
                    .register(registry);
            untrusted = counter("hold.untrusted", "Holds that outlived the trust or the ownership", LEASE, name);
            overdue = counter("hold.overdue", "Holds that exceeded the work deadline", LEASE, name);
            Gauge.builder("dbleases.hold.overdue.active", overdueNow, AtomicInteger::get)
                    .description("Holds that are open for longer than the work deadline")
                    .tag(LEASE, name)
                    .register(registry);
            cluster(name, "partitions.unassigned", "Partitions without an owner", AuditedLease::unassigned);
            cluster(name, "partitions.moving", "Partitions that are being handed over", AuditedLease::moving);
            cluster(name, "balanced", "Whether every member has its fair share", lease -> lease.balanced() ? 1 : 0);
            assigned = kind == LeaseKind.PARTITIONS
                    ? counter("partitions.assigned", "Partitions that have come to be owned", LEASE, name)
                    : null;
            if (kind == LeaseKind.PARTITIONS) {
                cluster(name, "partitions.quota", "Fair share of an instance of weight 1", AuditedLease::quota);
                Gauge.builder("dbleases.partitions.owned", LeaseMetrics.this, self -> self.owned(name))
                        .description("Partitions that this instance owns and trusts")
                        .tag(LEASE, name)
                        .register(registry);
                for (Revocation reason : Revocation.values()) {
                    revoked.put(
                            reason,
                            counter(
                                    "partitions.revoked",
                                    "Partitions that are no longer owned or trusted",
                                    LEASE,
                                    name,
                                    "reason",
                                    word(reason)));
                }
            }
        }

        private void cluster(String lease, String name, String description, ToDoubleFunction<AuditedLease> value) {
            Gauge.builder("dbleases.cluster." + name, LeaseMetrics.this, self -> self.audited(lease, value))
                    .description(description + ", 0 unless this instance audits")
                    .tag(LEASE, lease)
                    .register(registry);
        }

        private void handedOver(HandOverPhase phase, List<Duration> times) {
            Timer phaseTimer = handOvers.get(phase);
            for (Duration time : times) {
                if (phaseTimer != null) {
                    phaseTimer.record(time);
                }
                if (phase == HandOverPhase.TRANSFER) {
                    vacantAfterHandOver.record(time);
                }
            }
        }
    }

    /** The meters that only an election has. */
    private final class ElectionMeters {

        private final Counter changes;
        private final Map<CallOutcome, Timer> calls = new EnumMap<>(CallOutcome.class);

        private ElectionMeters(String election) {
            Gauge.builder("dbleases.leader", LeaseMetrics.this, self -> self.leads(election))
                    .description("Whether this instance leads")
                    .tag(ELECTION, election)
                    .register(registry);
            changes = counter("leader.changes", "Elections of this instance", ELECTION, election);
            for (CallOutcome outcome : CallOutcome.values()) {
                calls.put(
                        outcome,
                        timer(
                                "leader.call",
                                "Calls that only the leader runs",
                                ELECTION,
                                election,
                                "outcome",
                                word(outcome)));
            }
        }
    }

    private @Nullable ElectionMeters election(String name) {
        return named(name, LeaseKind.LEADER) == null
                ? null
                : elections.computeIfAbsent(name, absent -> new ElectionMeters(name));
    }

    private double audited(String lease, ToDoubleFunction<AuditedLease> value) {
        AuditedLease found = lastAudit().leases().get(lease);
        return found == null ? 0 : value.applyAsDouble(found);
    }

    /** An audit, which another instance may have repeated after a time. */
    private record Audited(Audit audit, long atNanos) {}

    private Audit lastAudit() {
        Audited last = audited;
        return clock.monotonicTime() - last.atNanos < last.audit.validFor().toNanos() ? last.audit : NO_AUDIT;
    }

    // ---- Events

    @Override
    public void onJoined(String lease, LeaseKind kind) {
        leasesByName.remove(lease);
        leadershipsByName.remove(lease);
        if (kind == LeaseKind.PARTITIONS) {
            registerLease(lease);
        } else if (kind == LeaseKind.LEADER) {
            ElectionMeters unused = election(lease);
        }
    }

    @Override
    public void onHeartbeat(HeartbeatOutcome outcome, Duration time) {
        record(heartbeats.get(outcome), time);
    }

    private static void record(@Nullable Timer timer, Duration time) {
        if (timer != null) {
            timer.record(time);
        }
    }

    @Override
    public void onSessionOpened(boolean first) {
        (first ? firstSessions : furtherSessions).increment();
    }

    @Override
    public void onTrustReturned(Duration time) {
        suspended.record(time);
    }

    @Override
    public void onClockStep() {
        clockSteps.increment();
    }

    @Override
    public void onIncarnationChanged() {
        incarnationChanges.increment();
    }

    @Override
    public void onQuietTime(Duration rest) {
        quietUntilNanos = clock.monotonicTime() + rest.toNanos();
    }

    @Override
    public void onAssigned(String lease, LeaseKind kind, Assignment reason, int partitions) {
        if (kind == LeaseKind.LEADER) {
            ElectionMeters election = election(lease);
            if (election != null && reason == Assignment.GRANTED) {
                election.changes.increment();
            }
        } else {
            NamedLease named = named(lease, kind);
            if (named != null && named.assigned != null) {
                named.assigned.increment(partitions);
            }
        }
    }

    @Override
    public void onRevoked(String lease, LeaseKind kind, Revocation reason, int partitions) {
        NamedLease named = named(lease, kind);
        Counter revoked = named == null ? null : named.revoked.get(reason);
        if (revoked != null) {
            revoked.increment(partitions);
        }
    }

    @Override
    public void onHandOver(String lease, HandOverPhase phase, List<Duration> times) {
        NamedLease named = names.get(lease);
        if (named != null) {
            named.handedOver(phase, times);
        }
    }

    @Override
    public void onOrphansAssigned(String lease, Duration sinceExpiry) {
        NamedLease named = names.get(lease);
        if (named != null) {
            named.vacantAfterExpiry.record(sinceExpiry);
        }
    }

    @Override
    public HoldActivity onHold(String lease) {
        NamedLease named = names.get(lease);
        return named == null ? HoldActivity.NONE : new TimedHold(named, clock);
    }

    private static final class TimedHold implements HoldActivity {

        private final NamedLease lease;
        private final LongTaskTimer.Sample open;
        private final Clock clock;
        private final long start;
        private final AtomicBoolean countsAsOverdue = new AtomicBoolean();
        private volatile boolean closed;

        private TimedHold(NamedLease lease, Clock clock) {
            this.lease = lease;
            this.clock = clock;
            this.start = clock.monotonicTime();
            this.open = lease.openHolds.start();
        }

        @Override
        public void untrusted() {
            lease.untrusted.increment();
        }

        @Override
        public void overdue() {
            lease.overdue.increment();
            lease.overdueNow.incrementAndGet();
            countsAsOverdue.set(true);
            if (closed) {
                endOverdue();
            }
        }

        /** The hold can be closed at the same time as it is reported. */
        private void endOverdue() {
            if (countsAsOverdue.compareAndSet(true, false)) {
                lease.overdueNow.decrementAndGet();
            }
        }

        @Override
        public void closed() {
            closed = true;
            endOverdue();
            open.stop();
            lease.holds.record(Duration.ofNanos(clock.monotonicTime() - start));
        }
    }

    @Override
    public void onListenerReturned(Callback callback, Duration time) {
        record(listeners.get(callback), time);
    }

    @Override
    public void onLeaderCall(String election, CallOutcome outcome, Duration time) {
        ElectionMeters meters = elections.get(election);
        if (meters != null) {
            record(meters.calls.get(outcome), time);
        }
    }

    @Override
    public void onOperation(StoreOperation operation, boolean success, Duration time) {
        record((success ? succeeded : failed).get(operation), time);
    }

    @Override
    public void onBegin(TaskRunner runner, List<Duration> due) {
        Timer wait = waits.get(runner.name());
        if (wait != null) {
            due.forEach(wait::record);
        }
    }

    @Override
    public void onAudit(Audit audit) {
        audits.increment();
        audited = new Audited(audit, clock.monotonicTime());
    }
}
