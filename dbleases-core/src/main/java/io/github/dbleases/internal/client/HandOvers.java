package io.github.dbleases.internal.client;

import io.github.dbleases.internal.client.Assigner.Gift;
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
 * Gives away partitions on which work has ended, those of one lease together. A partition on which a fenced transaction is
 * still open is offered again a little later.
 */
final class HandOvers {

    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final Environment environment;
    private final JobQueue jobs;
    private final SessionKeeper keeper;
    private final Listener listener;
    private final Map<String, Batch> batches = new HashMap<>();

    HandOvers(Environment environment, JobQueue jobs, SessionKeeper keeper, Listener listener) {
        this.environment = environment;
        this.jobs = jobs;
        this.keeper = keeper;
        this.listener = listener;
    }

    /** Knows what the client takes part in, and is told what was given away. */
    interface Listener {

        boolean takesPartIn(String lease);

        void handedOver(String lease, Collection<Gift> gifts);
    }

    void add(String lease, Collection<Gift> gifts) {
        Batch batch = batches.computeIfAbsent(lease, Batch::new);
        gifts.forEach(gift -> batch.gifts.put(gift.partition(), gift));
        batch.send();
    }

    boolean hasPartitionsOf(String lease) {
        return batches.containsKey(lease);
    }

    /** Goes on with what an {@code Error} has interrupted. */
    void heal() {
        batches.values().forEach(Batch::send);
    }

    /** Forgets everything, because the session in which it was owned is over. */
    void clear() {
        batches.clear();
    }

    /** What is to be given away of one lease. */
    private final class Batch {

        private final String lease;
        private final Map<Integer, Gift> gifts = new TreeMap<>();
        private List<Gift> sent = List.of();
        private boolean underWay;

        private Batch(String lease) {
            this.lease = lease;
        }

        private void send() {
            if (!underWay && !gifts.isEmpty()) {
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
            List<Gift> sending = gifts.values().stream().limit(limit).toList();
            boolean takesPart = listener.takesPartIn(lease);
            sent = sending;
            return Optional.of(line -> line.transact(
                    new TreeSet<>(Set.of(lease)),
                    transaction -> new Assigner(transaction, limit).handOver(session.id(), lease, takesPart, sending)));
        }

        private void done(Set<Integer> kept) {
            underWay = false;
            if (batches.get(lease) != this) {
                return;
            }
            List<Gift> given = new ArrayList<>(sent);
            given.removeIf(gift -> kept.contains(gift.partition()));
            listener.handedOver(lease, given);
            given.forEach(gift -> gifts.remove(gift.partition(), gift));
            if (gifts.isEmpty()) {
                batches.remove(lease, this);
            } else if (kept.isEmpty()) {
                send();
            } else {
                environment.after(PATIENCE, this::send);
            }
        }
    }
}
