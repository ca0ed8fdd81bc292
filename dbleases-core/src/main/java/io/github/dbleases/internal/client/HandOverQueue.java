package io.github.dbleases.internal.client;

import io.github.dbleases.internal.Backoff;
import io.github.dbleases.internal.client.Assigner.HandOver;
import io.github.dbleases.internal.client.Environment.Timer;
import io.github.dbleases.internal.client.JobQueue.Job;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Hands over drained partitions, those of one lease together. A partition with an open fenced transaction is offered
 * again a little later. If another client has locked the lease, all of them are: hundreds of clients that hand over at the
 * same time would wait in a queue for longer than an attempt, and begin again at its end.
 */
final class HandOverQueue {

    private static final Duration RETRY_DELAY = Duration.ofMillis(100);
    private static final Duration FIRST_POSTPONEMENT = Duration.ofMillis(10);

    private final Duration longestPostponement;
    private final Environment environment;
    private final JobQueue jobs;
    private final SessionKeeper keeper;
    private final Listener listener;
    private final Map<String, LeaseBatch> batches = new HashMap<>();

    /**
     * Creates a queue without hand-overs.
     *
     * @param longestPostponement the longest time between two attempts to lock a lease
     */
    HandOverQueue(
            Duration longestPostponement,
            Environment environment,
            JobQueue jobs,
            SessionKeeper keeper,
            Listener listener) {
        this.longestPostponement = longestPostponement;
        this.environment = environment;
        this.jobs = jobs;
        this.keeper = keeper;
        this.listener = listener;
    }

    /** Knows the leases of the client, and is notified of hand-overs that are done. */
    interface Listener {

        boolean takesPartIn(String lease);

        void handedOver(String lease, Collection<HandOver> handOvers);
    }

    void add(String lease, Collection<HandOver> handOvers) {
        LeaseBatch batch = batches.computeIfAbsent(lease, LeaseBatch::new);
        handOvers.forEach(handOver -> batch.handOvers.put(handOver.partition(), handOver));
        batch.send();
    }

    boolean hasPartitionsOf(String lease) {
        return batches.containsKey(lease);
    }

    /** Resumes what an {@code Error} has interrupted. */
    void heal() {
        batches.values().forEach(LeaseBatch::heal);
    }

    /** Forgets everything, because the session that owned it is over. */
    void clear() {
        batches.clear();
    }

    /** The hand-overs of one lease. */
    private final class LeaseBatch {

        private final String lease;
        private final Map<Integer, HandOver> handOvers = new TreeMap<>();
        private final Backoff postponement;
        private List<HandOver> sent = List.of();
        private Timer retry = Timer.NONE;
        private long retryNanos;
        private boolean underWay;

        private LeaseBatch(String lease) {
            this.lease = lease;
            this.retryNanos = environment.clock().nanoTime();
            this.postponement = Backoff.upTo(FIRST_POSTPONEMENT, longestPostponement, environment::random);
        }

        private void send() {
            if (!underWay && !handOvers.isEmpty()) {
                jobs.submit(Job.of("hand over partitions of " + lease, this::prepare, this::done));
                underWay = true;
            }
        }

        private Optional<Function<WorkChannel, Optional<Set<Integer>>>> prepare() {
            Session session = keeper.session();
            if (session == null || batches.get(lease) != this) {
                underWay = false;
                return Optional.empty();
            }
            int limit = jobs.stepLimit();
            List<HandOver> sending = handOvers.values().stream().limit(limit).toList();
            boolean takesPart = listener.takesPartIn(lease);
            sent = sending;
            return Optional.of(channel -> channel.transactUnlessLocked(
                    lease,
                    transaction -> new Assigner(transaction, session.id(), limit)
                            .handOver(session.id(), lease, takesPart, sending)));
        }

        private void done(Optional<Set<Integer>> kept) {
            underWay = false;
            if (batches.get(lease) != this) {
                return;
            }
            kept.ifPresentOrElse(this::done, () -> sendAfter(postponement.next()));
        }

        private void done(Set<Integer> kept) {
            postponement.reset();
            List<HandOver> given = new ArrayList<>(sent);
            given.removeIf(handOver -> kept.contains(handOver.partition()));
            listener.handedOver(lease, given);
            given.forEach(handOver -> handOvers.remove(handOver.partition(), handOver));
            if (handOvers.isEmpty()) {
                batches.remove(lease, this);
            } else if (kept.isEmpty()) {
                send();
            } else {
                sendAfter(RETRY_DELAY);
            }
        }

        private void sendAfter(Duration delay) {
            retry.cancel();
            retryNanos = environment.clock().nanoTime() + delay.toNanos();
            retry = environment.after(delay, this::send);
        }

        /** Sends what an {@code Error} has kept from being sent. */
        private void heal() {
            if (environment.clock().nanoTime() - retryNanos > 0) {
                send();
            }
        }
    }
}
