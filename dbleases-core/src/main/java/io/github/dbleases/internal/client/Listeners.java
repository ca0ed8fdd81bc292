package io.github.dbleases.internal.client;

import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.concurrent.Executor;

/**
 * Notifies the listeners of a lease of assigned and revoked partitions, once each. It records what each listener has
 * been told, so that a notification can be repeated after an {@code Error}. Used under the monitor.
 */
final class Listeners {

    private final ListenerQueues<Subscriber> queues;

    Listeners(Executor executor) {
        this.queues = new ListenerQueues<>(executor);
    }

    /** Adds a listener, which has not been told of any partition. If this throws, it was not added. */
    Registration add(OwnershipListener listener) {
        return queues.add(queues.queue(new Subscriber(listener)));
    }

    /** Tells the listeners of the partitions that are owned, as far as they have not been told yet. */
    void assigned(Grants owned) {
        for (ListenerQueue<Subscriber> queue : queues.all()) {
            tellAssigned(queue, owned);
        }
    }

    private static void tellAssigned(ListenerQueue<Subscriber> queue, Grants owned) {
        Subscriber subscriber = queue.listener();
        PartitionSet news = owned.partitions().minus(subscriber.told);
        PartitionSet all = subscriber.told.plus(news);
        if (!news.isEmpty()) {
            queue.tell(to -> to.listener.assigned(news, owned));
            subscriber.told = all;
        }
    }

    /** Tells the listeners that partitions are no longer owned, as far as they were told that they are. */
    void revoked(PartitionSet partitions) {
        for (ListenerQueue<Subscriber> queue : queues.all()) {
            tellRevoked(queue, partitions);
        }
    }

    void revokeAll() {
        for (ListenerQueue<Subscriber> queue : queues.all()) {
            tellRevoked(queue, queue.listener().told);
        }
    }

    private static void tellRevoked(ListenerQueue<Subscriber> queue, PartitionSet partitions) {
        Subscriber subscriber = queue.listener();
        PartitionSet rest = subscriber.told.minus(partitions);
        PartitionSet gone = subscriber.told.minus(rest);
        if (!gone.isEmpty()) {
            queue.tell(to -> to.listener.revoked(gone));
            subscriber.told = rest;
        }
    }

    void failed(Exception error) {
        queues.tell(to -> to.listener.failed(error));
    }

    /**
     * Runs an action after every listener has returned from its notifications so far, or at once if there is no
     * listener.
     */
    void afterwards(Runnable action) {
        queues.afterwards(action);
    }

    /** Retries notifications that failed. */
    void nudge() {
        queues.nudge();
    }

    /** A listener, and the partitions that it was told are owned. */
    private static final class Subscriber {

        private final OwnershipListener listener;
        private PartitionSet told = PartitionSet.empty();

        private Subscriber(OwnershipListener listener) {
            this.listener = listener;
        }

        @Override
        public String toString() {
            return listener.toString();
        }
    }
}
