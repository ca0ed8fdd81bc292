package io.github.dbleases.internal.client;

import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.concurrent.Executor;

/**
 * Tells the listeners of a lease what is owned of it, once each. What each has been told is known for itself, so that
 * telling can be repeated when it was interrupted by an {@code Error}. Used under the monitor.
 */
final class Listeners {

    private final ListenerQueues<Subscriber> queues;

    Listeners(Executor executor) {
        this.queues = new ListenerQueues<>(executor);
    }

    /**
     * Adds a listener, which is told first what is owned.
     *
     * @param owned what is owned and trusted
     */
    Registration add(OwnershipListener listener, Grants owned) {
        ListenerQueue<Subscriber> added = queues.queue(new Subscriber(listener));
        tellAssigned(added, owned);
        return queues.add(added);
    }

    /** Tells of what is owned to those who have not been told yet. */
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

    /** Tells those who have been told of partitions that these are not owned any more. */
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

    /** Runs an action after every listener has returned from what it has been told so far; at once if there is none. */
    void afterwards(Runnable action) {
        queues.afterwards(action);
    }

    /** Goes on with what could not be told. */
    void nudge() {
        queues.nudge();
    }

    /** A listener, and the partitions that it believes to be owned. */
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
