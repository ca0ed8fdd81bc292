package io.github.dbleases.spring.leader;

import io.github.dbleases.ClusterView;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.Registration;
import io.github.dbleases.StoreUnavailableException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits at the start of an application until it is known who leads each election: this instance, or another one that is
 * alive.
 *
 * <p>After a crash, the row of an election still names the session of the instance that crashed. This instance may mark
 * that session dead only one TTL after it has opened its own, and is elected then. Nothing in the row distinguishes a leader
 * that has crashed from one that is alive: in both cases its session expires later, or has expired because the database's
 * clock was set. So a leader counts as alive once it has renewed its session, which takes one heartbeat.
 */
final class StartWait {

    private static final Logger log = LoggerFactory.getLogger(StartWait.class);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);

    private final LeaseClient client;
    private final Duration atMost;
    private final Duration longestPause;
    private final long end;
    private final Map<Long, Long> firstExpiry = new HashMap<>();
    private final Set<Long> alive = new HashSet<>();
    private boolean told;

    /**
     * Starts the clock.
     *
     * @param atMost the longest time, for all elections together
     */
    StartWait(LeaseClient client, Duration atMost) {
        this.client = client;
        this.atMost = atMost;
        this.longestPause = client.status().heartbeat().dividedBy(4).plus(SHORTEST_PAUSE);
        this.end = System.nanoTime() + atMost.toNanos();
    }

    void await(Collection<Leadership> elections) {
        elections.forEach(this::await);
    }

    private void await(Leadership election) {
        if (!election.awaitOutcome(rest())) {
            log.warn(
                    "After {} ms it is not known whether this instance leads '{}'. The application starts; its calls are "
                            + "skipped until then.",
                    atMost.toMillis(),
                    election.name());
            return;
        }
        CountDownLatch elected = new CountDownLatch(1);
        try (Registration registration = election.addListener(new LeadershipListener() {
            @Override
            public void onElected(long token) {
                elected.countDown();
            }
        })) {
            awaitLeader(election, elected);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitLeader(Leadership election, CountDownLatch elected) throws InterruptedException {
        Duration pause = SHORTEST_PAUSE;
        while (!election.isLeader()) {
            Optional<String> doubt = doubt(election);
            if (doubt.isEmpty()) {
                return;
            }
            if (rest().isZero()) {
                log.warn(
                        "After {} ms {}. The application starts; calls for '{}' are skipped until a leader is elected.",
                        atMost.toMillis(),
                        doubt.get(),
                        election.name());
                return;
            }
            elected.await(Math.min(pause.toNanos(), rest().toNanos()), TimeUnit.NANOSECONDS);
            pause = shorter(pause.multipliedBy(2), longestPause);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Returns why the leader may be dead, empty if it is alive. */
    private Optional<String> doubt(Leadership election) {
        long asked = System.nanoTime();
        ClusterView view;
        try {
            view = client.cluster(election.name());
        } catch (StoreUnavailableException unavailable) {
            return Optional.of("it cannot be read who leads '%s'".formatted(election.name()));
        }
        observe(view, asked, System.nanoTime());
        Optional<ClusterView.SessionView> leader = leader(election.name(), view);
        if (leader.isEmpty()) {
            return Optional.of("'%s' has no leader".formatted(election.name()));
        }
        ClusterView.SessionView session = leader.get();
        if (session.self() || alive.contains(session.session())) {
            return session.self()
                    ? Optional.of("this instance has not taken up the leadership of '%s'".formatted(election.name()))
                    : Optional.empty();
        }
        tell(election.name(), session);
        return Optional.of("the leader of '%s', client %s, has not renewed its session %d"
                .formatted(election.name(), session.client(), session.session()));
    }

    /** Each time is rounded such that a slow answer never looks like a renewal. */
    private void observe(ClusterView view, long asked, long answered) {
        for (ClusterView.SessionView session : view.sessions()) {
            long expiresIn = session.expiresIn().toNanos();
            Long first = firstExpiry.putIfAbsent(session.session(), answered + expiresIn);
            if (first != null && asked + expiresIn - first > 0) {
                alive.add(session.session());
            }
        }
    }

    private static Optional<ClusterView.SessionView> leader(String election, ClusterView view) {
        return Optional.ofNullable(view.leases().get(election)).stream()
                .flatMap(lease -> lease.partitions().stream())
                .flatMap(partition -> view.sessions().stream()
                        .filter(session -> Long.valueOf(session.session()).equals(partition.session())))
                .findAny();
    }

    /** Only a leader that has expired is logged. The next heartbeat shows whether any other one renews its session. */
    private void tell(String election, ClusterView.SessionView leader) {
        if (!told && leader.expiresIn().isNegative()) {
            told = true;
            log.info(
                    "Client {}, the leader of '{}', has not renewed its session {}, which has expired. The start waits for at "
                            + "most {} ms until it is marked dead, so that the first runs of jobs are not skipped.",
                    leader.client(),
                    election,
                    leader.session(),
                    atMost.toMillis());
        }
    }

    private Duration rest() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }
}
