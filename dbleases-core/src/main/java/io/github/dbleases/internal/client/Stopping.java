package io.github.dbleases.internal.client;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.internal.client.Environment.Timer;
import io.github.dbleases.internal.client.JobQueue.Job;
import io.github.dbleases.spi.WorkChannel;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a client: waits until all work has ended or the drain timeout has passed, then releases everything and ends
 * the session, in one transaction or, if that could take longer than an attempt, in several. Partitions that are still
 * in use are not released, nor are running tasks. In that case the session is left to expire.
 *
 * <p>It belongs to one run of the client. Once it is complete, late answers change nothing.
 */
final class Stopping {

    private static final Logger log = LoggerFactory.getLogger(Stopping.class);
    private static final int ATTEMPTS = 3;
    private static final int LEASES_AT_ONCE = 50;

    private final LeaseClientConfig config;
    private final Environment environment;
    private final JobQueue jobs;
    private final SessionKeeper keeper;
    private final List<JoinedLease> leases;
    private final Consumer<CompletableFuture<Void>> whenReleased;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private Timer timeout = Timer.NONE;
    private boolean started;
    private long drainingSinceNanos;
    private boolean releasing;
    private boolean released;
    private boolean complete;
    private int failures;

    /**
     * Prepares to stop.
     *
     * @param whenReleased ends everything else, and completes a future after that; if it throws, it is called again
     */
    Stopping(
            LeaseClientConfig config,
            Environment environment,
            JobQueue jobs,
            SessionKeeper keeper,
            Collection<JoinedLease> leases,
            Consumer<CompletableFuture<Void>> whenReleased) {
        this.config = config;
        this.environment = environment;
        this.jobs = jobs;
        this.keeper = keeper;
        this.leases = List.copyOf(leases);
        this.whenReleased = whenReleased;
    }

    /** Completes when the client has stopped. */
    CompletableFuture<Void> done() {
        return done;
    }

    /** Starts to stop, or resumes it. */
    void start() {
        resume();
        if (complete) {
            return;
        }
        long now = environment.clock().nanoTime();
        if (!started) {
            timeout = environment.after(config.drainTimeout(), this::release);
            drainingSinceNanos = now;
            started = true;
        }
        if (now - drainingSinceNanos > config.drainTimeout().toNanos()) {
            release();
        }
        drained();
    }

    /** Resumes the last step, if an {@code Error} has interrupted it. */
    void resume() {
        if (released) {
            complete();
        }
    }

    /** Releases everything if all work has ended. */
    void drained() {
        if (leases.stream().noneMatch(Stopping::isAtWork)) {
            release();
        }
    }

    private void release() {
        if (releasing || complete) {
            return;
        }
        release(leases);
        keeper.stop();
        releasing = true;
        timeout.cancel();
    }

    private void release(List<JoinedLease> rest) {
        List<JoinedLease> now = rest.subList(0, Math.min(LEASES_AT_ONCE, rest.size()));
        List<JoinedLease> later = rest.subList(now.size(), rest.size());
        jobs.submit(Job.of("release everything", () -> prepare(now, later.isEmpty()), all -> {
                    if (complete) {
                        return;
                    }
                    if (!all) {
                        release(rest);
                    } else if (later.isEmpty()) {
                        complete();
                    } else {
                        release(later);
                    }
                })
                .giveUpIf(this::isLastFailure));
    }

    private Optional<Function<WorkChannel, Boolean>> prepare(List<JoinedLease> released, boolean last) {
        Session session = keeper.session();
        if (complete || session == null) {
            complete();
            return Optional.empty();
        }
        Map<String, Set<Integer>> atWork = atWork(released);
        boolean ends = last && isNothingAtWork();
        int limit = jobs.stepLimit();
        return Optional.of(channel -> channel.transact(new TreeMap<>(atWork).navigableKeySet(), transaction -> {
            Assigner assigner = new Assigner(transaction, session.id(), limit);
            boolean all = true;
            for (Map.Entry<String, Set<Integer>> lease : atWork.entrySet()) {
                all &= assigner.release(session.id(), lease.getKey(), lease.getValue());
            }
            if (all && ends) {
                transaction.end(session.id());
            }
            return all;
        }));
    }

    private boolean isNothingAtWork() {
        Map<String, Set<Integer>> atWork =
                atWork(leases.stream().filter(Stopping::isAtWork).toList());
        if (!atWork.isEmpty()) {
            log.warn(
                    "Client {} is still working after the drain timeout and leaves its partitions and tasks to expire: {}",
                    config.clientId(),
                    atWork);
        }
        return atWork.isEmpty();
    }

    private static boolean isAtWork(JoinedLease lease) {
        return lease.ownership().taskMembership().isAtWork() || !atWork(lease).isEmpty();
    }

    private static Map<String, Set<Integer>> atWork(Collection<JoinedLease> leases) {
        return leases.stream().collect(toMap(JoinedLease::name, Stopping::atWork, (one, other) -> one, TreeMap::new));
    }

    private boolean isLastFailure(RuntimeException failure) {
        failures++;
        if (complete) {
            return true;
        }
        if (failures < ATTEMPTS) {
            return false;
        }
        log.warn("Client {} could not release its partitions and leaves them to expire", config.clientId(), failure);
        complete();
        return true;
    }

    /** Ends the run, whether everything is released or not. Can be repeated. */
    void complete() {
        if (!complete) {
            released = true;
            timeout.cancel();
            whenReleased.accept(done);
            complete = true;
        }
    }

    private static Set<Integer> atWork(JoinedLease lease) {
        return lease.ownership().all(owned -> !owned.isDrained()).stream()
                .map(OwnedPartition::partition)
                .collect(toSet());
    }
}
