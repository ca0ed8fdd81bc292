package io.github.dbleases.internal.client;

import io.github.dbleases.internal.client.Assigner.HandOver;
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
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Hands over drained partitions, those of one lease together. A partition with an open fenced transaction is offered
 * again a little later.
 */
final class HandOverQueue {

    private static final Duration RETRY_DELAY = Duration.ofMillis(100);

    private final Environment environment;
    private final JobQueue jobs;
    private final SessionKeeper keeper;
    private final Listener listener;
    private final Map<String, LeaseBatch> batches = new HashMap<>();

    HandOverQueue(Environment environment, JobQueue jobs, SessionKeeper keeper, Listener listener) {
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
        batches.values().forEach(LeaseBatch::send);
    }

    /** Forgets everything, because the session that owned it is over. */
    void clear() {
        batches.clear();
    }

    /** The hand-overs of one lease. */
    private final class LeaseBatch {

        private final String lease;
        private final Map<Integer, HandOver> handOvers = new TreeMap<>();
        private List<HandOver> sent = List.of();
        private boolean underWay;

        private LeaseBatch(String lease) {
            this.lease = lease;
        }

        private void send() {
            if (!underWay && !handOvers.isEmpty()) {
                jobs.submit(Job.of("hand over partitions of " + lease, this::prepare, this::done));
                underWay = true;
            }
        }

        private Optional<Function<WorkChannel, Set<Integer>>> prepare() {
            Session session = keeper.session();
            if (session == null || batches.get(lease) != this) {
                underWay = false;
                return Optional.empty();
            }
            int limit = jobs.stepLimit();
            List<HandOver> sending = handOvers.values().stream().limit(limit).toList();
            boolean takesPart = listener.takesPartIn(lease);
            sent = sending;
            return Optional.of(channel -> channel.transact(
                    new TreeSet<>(Set.of(lease)),
                    transaction -> new Assigner(transaction, session.id(), limit)
                            .handOver(session.id(), lease, takesPart, sending)));
        }

        private void done(Set<Integer> kept) {
            underWay = false;
            if (batches.get(lease) != this) {
                return;
            }
            List<HandOver> given = new ArrayList<>(sent);
            given.removeIf(handOver -> kept.contains(handOver.partition()));
            listener.handedOver(lease, given);
            given.forEach(handOver -> handOvers.remove(handOver.partition(), handOver));
            if (handOvers.isEmpty()) {
                batches.remove(lease, this);
            } else if (kept.isEmpty()) {
                send();
            } else {
                environment.after(RETRY_DELAY, this::send);
            }
        }
    }
}
