package io.github.dbleases.internal.client;

import io.github.dbleases.ClientStatus.OverdueWork;
import io.github.dbleases.HistoryEvent;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.WorkDeadline;
import io.github.dbleases.WorkDeadline.Action;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.client.JobQueue.Job;
import io.github.dbleases.internal.client.JoinedLease.OpenHold;
import io.github.dbleases.spi.NewEvent;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds work that holds a partition or a leadership for longer than its deadline. It looks at each heartbeat, and has neither
 * a thread nor a timer. It reports each hold once and, if that is configured, gives the partition up: the store asks this
 * client to hand it over to another one, and the hand-over waits for the hold as every other one does.
 *
 * <p>A hold counts as reported when every step is done, so what an {@code Error} interrupts is repeated at the next heartbeat.
 */
final class WorkWatch {

    private static final Logger log = LoggerFactory.getLogger(WorkWatch.class);

    /** A lease can have thousands of partitions, so not every hold has its own stack trace in the log. */
    private static final int MOST_TRACES = 10;

    private static final int MOST_SHOWN = 100;

    /** Each partition that is given up plans the whole lease several times, while the lease is locked. */
    private static final int PLANNED_AT_ONCE = 20_000;

    private static final int MOST_GIVEN_UP_AT_ONCE = 20;

    private final Environment environment;
    private final JobQueue jobs;
    private final SessionKeeper keeper;
    private final JoinedLeases leases;
    private final Runnable refresh;
    private final Duration yieldTime;

    /**
     * Creates a watch.
     *
     * @param refresh reads what the session owns
     * @param yieldTime for how long a leader that gives up ranks after the other candidates
     */
    WorkWatch(
            Environment environment,
            JobQueue jobs,
            SessionKeeper keeper,
            JoinedLeases leases,
            Runnable refresh,
            Duration yieldTime) {
        this.environment = environment;
        this.jobs = jobs;
        this.keeper = keeper;
        this.leases = leases;
        this.refresh = refresh;
        this.yieldTime = yieldTime;
    }

    /** Reports the holds that have exceeded their deadlines since the last time. */
    void check() {
        for (JoinedLease lease : leases.all()) {
            WorkDeadline deadline = lease.workDeadline();
            if (deadline != null) {
                List<OpenHold> overdue = lease.overdueHolds().stream()
                        .filter(hold -> !hold.isReported())
                        .toList();
                if (!overdue.isEmpty()) {
                    report(lease, deadline, overdue);
                }
            }
        }
    }

    /** Returns what is overdue now. */
    List<OverdueWork> overdue() {
        List<OverdueWork> overdue = new ArrayList<>();
        for (JoinedLease lease : leases.all()) {
            lease.overdueHolds().stream()
                    .filter(OpenHold::isReported)
                    .limit(MOST_SHOWN - overdue.size())
                    .forEach(hold -> overdue.add(
                            new OverdueWork(lease.name(), hold.partition(), hold.heldFor(), threadName(hold))));
        }
        return overdue;
    }

    private void report(JoinedLease lease, WorkDeadline deadline, List<OpenHold> overdue) {
        boolean givesUp = deadline.action() == Action.GIVE_UP;
        // A thread is looked at and interrupted by a thread for listeners: either can take time.
        try {
            environment.listeners().execute(() -> {
                log(lease, deadline, overdue);
                if (givesUp) {
                    overdue.forEach(OpenHold::interruptWork);
                }
            });
        } catch (RejectedExecutionException noThread) {
            return;
        }
        Session session = keeper.session();
        if (session != null) {
            String detail = detail(deadline, overdue);
            jobs.submit(Job.of(
                    "record overdue work of " + lease.name(),
                    () -> prepareRecording(session, lease.name(), overdue, detail),
                    recorded -> {}));
            if (givesUp) {
                giveUp(session, lease, overdue);
            }
        }
        overdue.forEach(OpenHold::reported);
    }

    private static void log(JoinedLease lease, WorkDeadline deadline, List<OpenHold> overdue) {
        String consequence = deadline.action() == Action.GIVE_UP ? ", which is interrupted and hands over" : "";
        for (OpenHold hold : overdue.subList(0, Math.min(overdue.size(), MOST_TRACES))) {
            log.warn(
                    "{} has been held for {} ms, longer than its work deadline of {} ms, by thread {}{}:{}",
                    name(lease, hold),
                    hold.heldFor().toMillis(),
                    deadline.limit().toMillis(),
                    threadName(hold),
                    consequence,
                    trace(hold));
        }
        if (overdue.size() > MOST_TRACES) {
            log.warn(
                    "{} further partitions of {} have been held for longer than the work deadline",
                    overdue.size() - MOST_TRACES,
                    lease.name());
        }
    }

    private static String name(JoinedLease lease, OpenHold hold) {
        return lease.spec().kind() == LeaseKind.LEADER
                ? "The leadership of " + lease.name()
                : "Partition %d of %s".formatted(hold.partition(), lease.name());
    }

    private static String threadName(OpenHold hold) {
        Thread thread = hold.thread();
        return thread == null ? "(none)" : thread.getName();
    }

    private static String trace(OpenHold hold) {
        Thread thread = hold.thread();
        StringBuilder trace = new StringBuilder();
        if (thread != null) {
            for (StackTraceElement element : thread.getStackTrace()) {
                trace.append(System.lineSeparator()).append("\tat ").append(element);
            }
        }
        return trace.toString();
    }

    private static String detail(WorkDeadline deadline, List<OpenHold> overdue) {
        String first = "held for longer than %s by thread %s".formatted(deadline.limit(), threadName(overdue.get(0)));
        return overdue.size() == 1 ? first : "%s and %d others".formatted(first, overdue.size() - 1);
    }

    private Optional<Function<WorkChannel, Boolean>> prepareRecording(
            Session session, String lease, List<OpenHold> overdue, String detail) {
        return keeper.session() != session
                ? Optional.empty()
                : Optional.of(channel -> channel.keepsHistory()
                        && channel.transact(new TreeSet<>(), transaction -> {
                            transaction.record(
                                    session.id(),
                                    List.of(new NewEvent(
                                            HistoryEvent.Type.WORK_OVERDUE,
                                            lease,
                                            PartitionSet.of(overdue.stream()
                                                    .mapToInt(OpenHold::partition)
                                                    .toArray()),
                                            session.id(),
                                            Snapshot.NO_SESSION,
                                            Snapshot.NO_SESSION,
                                            null,
                                            null,
                                            detail)));
                            return true;
                        }));
    }

    /**
     * Gives up partitions, in steps that each fit into an attempt. Also what is no longer held: the interrupt may have ended
     * the work.
     */
    private void giveUp(Session session, JoinedLease lease, List<OpenHold> overdue) {
        int step = Math.max(1, Math.min(MOST_GIVEN_UP_AT_ONCE, PLANNED_AT_ONCE / lease.partitions()));
        List<OpenHold> now = overdue.subList(0, Math.min(step, overdue.size()));
        List<OpenHold> later = overdue.subList(now.size(), overdue.size());
        jobs.submit(Job.of(
                "give up overdue partitions of " + lease.name(), () -> prepareGivingUp(session, lease, now), kept -> {
                    if (!kept.isEmpty()) {
                        log.warn(
                                "No other client can take over {} of {}, whose work is overdue, so this client keeps it",
                                kept,
                                lease.name());
                    }
                    refresh.run();
                    if (!later.isEmpty()) {
                        giveUp(session, lease, later);
                    }
                }));
    }

    private Optional<Function<WorkChannel, Set<Integer>>> prepareGivingUp(
            Session session, JoinedLease lease, List<OpenHold> overdue) {
        Map<Integer, Long> tokens = new HashMap<>();
        overdue.stream()
                .filter(hold -> hold.owned().isActive())
                .forEach(hold -> tokens.put(hold.partition(), hold.token()));
        int limit = jobs.stepLimit();
        return keeper.session() != session
                ? Optional.empty()
                : Optional.of(channel -> tokens.isEmpty()
                        ? Set.of()
                        : channel.transact(
                                new TreeSet<>(Set.of(lease.name())),
                                transaction -> new Assigner(transaction, session.id(), limit)
                                        .giveUp(session.id(), lease.name(), tokens, yieldTime)));
    }
}
