package io.github.dbleases.client;

import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listeners of a lease, each one in order and apart from the others. Used under the monitor. */
final class Listeners {

    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    private final Executor executor;
    private final List<Queue> queues = new CopyOnWriteArrayList<>();
    private PartitionSet told = PartitionSet.empty();

    Listeners(Executor executor) {
        this.executor = executor;
    }

    Registration add(LeaseListener listener) {
        Queue queue = new Queue(listener);
        if (!told.isEmpty()) {
            queue.assigned(told);
        }
        queues.add(queue);
        return () -> {
            queue.removed = true;
            queues.remove(queue);
        };
    }

    void assigned(PartitionSet partitions) {
        PartitionSet news = partitions.minus(told);
        told = told.plus(news);
        if (!news.isEmpty()) {
            queues.forEach(queue -> queue.assigned(news));
        }
    }

    void revoked(PartitionSet partitions) {
        PartitionSet gone = told.minus(told.minus(partitions));
        told = told.minus(gone);
        if (!gone.isEmpty()) {
            queues.forEach(queue -> queue.revoked(gone));
        }
    }

    void revokeAll() {
        revoked(told);
    }

    /** Runs an action after every listener has returned from what it has been told so far; at once if there is none. */
    void afterwards(Runnable action) {
        List<Queue> current = List.copyOf(queues);
        if (current.isEmpty()) {
            action.run();
        }
        AtomicInteger left = new AtomicInteger(current.size());
        current.forEach(queue -> queue.enqueue(() -> {
            if (left.decrementAndGet() == 0) {
                action.run();
            }
        }));
    }

    private final class Queue {

        private final LeaseListener listener;
        private CompletableFuture<Void> tail = CompletableFuture.completedFuture(null);
        private volatile boolean removed;

        private Queue(LeaseListener listener) {
            this.listener = listener;
        }

        private void assigned(PartitionSet partitions) {
            tell(() -> listener.onAssigned(partitions));
        }

        private void revoked(PartitionSet partitions) {
            tell(() -> listener.onRevoked(partitions));
        }

        private void tell(Runnable call) {
            enqueue(() -> {
                if (!removed) {
                    call.run();
                }
            });
        }

        private void enqueue(Runnable action) {
            tail = tail.thenRunAsync(() -> guarded(action), executor);
        }

        private void guarded(Runnable action) {
            try {
                action.run();
            } catch (Throwable failure) {
                log.error("Listener {} failed", listener, failure);
            }
        }
    }
}
