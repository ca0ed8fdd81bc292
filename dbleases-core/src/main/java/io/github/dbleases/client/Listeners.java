package io.github.dbleases.client;

import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Tells the listeners of a lease, each one in order and apart from the others. Used under the monitor. */
final class Listeners {

    private final Executor executor;
    private final List<Told> listeners = new CopyOnWriteArrayList<>();
    private PartitionSet told = PartitionSet.empty();

    Listeners(Executor executor) {
        this.executor = executor;
    }

    /**
     * Adds a listener, which is told first what the others have been told.
     *
     * @param grants what is owned
     */
    Registration add(OwnershipListener listener, Grants grants) {
        Told added = new Told(listener);
        if (!told.isEmpty()) {
            PartitionSet partitions = told;
            added.tell(to -> to.assigned(partitions, grants));
        }
        listeners.add(added);
        return () -> {
            added.removed = true;
            listeners.remove(added);
        };
    }

    /** Tells of those of the partitions that are owned of which the listeners have not been told. */
    void assigned(Grants grants) {
        PartitionSet news = grants.partitions().minus(told);
        told = told.plus(news);
        if (!news.isEmpty()) {
            tell(listener -> listener.assigned(news, grants));
        }
    }

    void revoked(PartitionSet partitions) {
        PartitionSet gone = told.minus(told.minus(partitions));
        told = told.minus(gone);
        if (!gone.isEmpty()) {
            tell(listener -> listener.revoked(gone));
        }
    }

    void revokeAll() {
        revoked(told);
    }

    void failed(Exception error) {
        tell(listener -> listener.failed(error));
    }

    private void tell(Consumer<OwnershipListener> news) {
        listeners.forEach(listener -> listener.tell(news));
    }

    /** Runs an action after every listener has returned from what it has been told so far; at once if there is none. */
    void afterwards(Runnable action) {
        List<Told> current = List.copyOf(listeners);
        if (current.isEmpty()) {
            action.run();
        }
        AtomicInteger left = new AtomicInteger(current.size());
        current.forEach(listener -> listener.queue.add(() -> {
            if (left.decrementAndGet() == 0) {
                action.run();
            }
        }));
    }

    /** A listener and what it still has to be told. */
    private final class Told {

        private final OwnershipListener listener;
        private final SerialQueue queue;
        private volatile boolean removed;

        private Told(OwnershipListener listener) {
            this.listener = listener;
            this.queue = new SerialQueue(executor, listener);
        }

        private void tell(Consumer<OwnershipListener> news) {
            queue.add(() -> {
                if (!removed) {
                    news.accept(listener);
                }
            });
        }
    }
}
