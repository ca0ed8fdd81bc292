package io.github.dbleases.internal.client;

import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.concurrent.Executor;

/**
 * Tells the listeners of a lease what is owned of it, once each. What each has been told is known for itself, so that
 * telling can be repeated when it was interrupted by an {@code Error}. Used under the monitor.
 */
final class Listeners {

    private final ListenerQueues<Informed> queues;

    Listeners(Executor executor) {
        this.queues = new ListenerQueues<>(executor);
    }

    /**
     * Adds a listener, which is told first what is owned.
     *
     * @param owned what is owned and trusted
     */
    Registration add(OwnershipListener listener, Grants owned) {
        ListenerQueue<Informed> added = queues.queue(new Informed(listener));
        tellAssigned(added, owned);
        return queues.add(added);
    }

    /** Tells of what is owned to those who have not been told yet. */
    void assigned(Grants owned) {
        for (ListenerQueue<Informed> queue : queues.all()) {
            tellAssigned(queue, owned);
        }
    }

    private static void tellAssigned(ListenerQueue<Informed> queue, Grants owned) {
        Informed informed = queue.listener();
        PartitionSet news = owned.partitions().minus(informed.told);
        PartitionSet all = informed.told.plus(news);
        if (!news.isEmpty()) {
            queue.tell(to -> to.listener.assigned(news, owned));
            informed.told = all;
        }
    }

    /** Tells those who have been told of partitions that these are not owned any more. */
    void revoked(PartitionSet partitions) {
        for (ListenerQueue<Informed> queue : queues.all()) {
            tellRevoked(queue, partitions);
        }
    }

    void revokeAll() {
        for (ListenerQueue<Informed> queue : queues.all()) {
            tellRevoked(queue, queue.listener().told);
        }
    }

    private static void tellRevoked(ListenerQueue<Informed> queue, PartitionSet partitions) {
        Informed informed = queue.listener();
        PartitionSet rest = informed.told.minus(partitions);
        PartitionSet gone = informed.told.minus(rest);
        if (!gone.isEmpty()) {
            queue.tell(to -> to.listener.revoked(gone));
            informed.told = rest;
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
    private static final class Informed {

        private final OwnershipListener listener;
        private PartitionSet told = PartitionSet.empty();

        private Informed(OwnershipListener listener) {
            this.listener = listener;
        }

        @Override
        public String toString() {
            return listener.toString();
        }
    }
}
