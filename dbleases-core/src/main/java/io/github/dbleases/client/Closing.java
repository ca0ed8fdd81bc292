package io.github.dbleases.client;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.client.Environment.Timer;
import io.github.dbleases.client.Worker.Job;
import io.github.dbleases.store.WorkLine;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a client: waits until work has ended everywhere or the drain timeout has passed, then releases everything and
 * ends the session in one transaction, or in several if there are so many leases that one could outlast an attempt.
 * Partitions still at work are not released, and tasks at work not freed: then the session is left to expire.
 */
final class Closing {

    private static final Logger log = LoggerFactory.getLogger(Closing.class);
    private static final int ATTEMPTS = 3;
    private static final int LEASES_AT_ONCE = 50;

    private final LeaseClientConfig config;
    private final Environment environment;
    private final Worker worker;
    private final SessionKeeper keeper;
    private final List<JoinedLease> leases;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private Timer timeout = Timer.NONE;
    private boolean releasing;
    private int failures;

    Closing(
            LeaseClientConfig config,
            Environment environment,
            Worker worker,
            SessionKeeper keeper,
            Collection<JoinedLease> leases) {
        this.config = config;
        this.environment = environment;
        this.worker = worker;
        this.keeper = keeper;
        this.leases = List.copyOf(leases);
    }

    CompletableFuture<Void> done() {
        return done;
    }

    void start() {
        drained();
        if (!releasing) {
            timeout = environment.after(config.drainTimeout(), this::release);
        }
    }

    /** Takes note that work on some partitions has ended. */
    void drained() {
        if (leases.stream().noneMatch(Closing::isAtWork)) {
            release();
        }
    }

    private void release() {
        if (releasing) {
            return;
        }
        releasing = true;
        timeout.cancel();
        keeper.stop();
        release(leases);
    }

    private void release(List<JoinedLease> rest) {
        List<JoinedLease> now = rest.subList(0, Math.min(LEASES_AT_ONCE, rest.size()));
        List<JoinedLease> later = rest.subList(now.size(), rest.size());
        Runnable next = later.isEmpty() ? () -> done.complete(null) : () -> release(later);
        worker.submit(Job.of("release everything", () -> prepare(now, later.isEmpty()), released -> next.run())
                .unless(this::isLastFailure));
    }

    private Optional<Function<WorkLine, Boolean>> prepare(List<JoinedLease> released, boolean last) {
        Session session = keeper.session();
        if (session == null) {
            done.complete(null);
            return Optional.empty();
        }
        Map<String, Set<Integer>> atWork = atWork(released);
        boolean ends = last && isNothingAtWork();
        return Optional.of(line -> line.transact(new TreeMap<>(atWork).navigableKeySet(), transaction -> {
            Assigner assigner = new Assigner(transaction);
            atWork.forEach((lease, partitions) -> assigner.release(session.id(), lease, partitions));
            if (ends) {
                transaction.end(session.id());
            }
            return ends;
        }));
    }

    private boolean isNothingAtWork() {
        Map<String, Set<Integer>> atWork =
                atWork(leases.stream().filter(Closing::isAtWork).toList());
        if (!atWork.isEmpty()) {
            log.warn(
                    "Client {} still works on partitions or tasks after the drain timeout; they are left to expire: {}",
                    config.clientId(),
                    atWork);
        }
        return atWork.isEmpty();
    }

    private static boolean isAtWork(JoinedLease lease) {
        return lease.portfolio().sharing().isAtWork() || !atWork(lease).isEmpty();
    }

    private static Map<String, Set<Integer>> atWork(Collection<JoinedLease> leases) {
        return leases.stream().collect(toMap(JoinedLease::name, Closing::atWork, (one, other) -> one, TreeMap::new));
    }

    private boolean isLastFailure(RuntimeException failure) {
        failures++;
        if (failures < ATTEMPTS) {
            return false;
        }
        log.warn("Client {} could not release its partitions; they are left to expire", config.clientId(), failure);
        done.complete(null);
        return true;
    }

    private static Set<Integer> atWork(JoinedLease lease) {
        return lease.portfolio().all(owned -> !owned.isDrained()).stream()
                .map(Owned::partition)
                .collect(toSet());
    }
}
