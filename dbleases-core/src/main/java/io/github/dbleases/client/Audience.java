package io.github.dbleases.client;

import io.github.dbleases.Registration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Listeners that are told the same, each one in order and apart from the others. Used under the monitor.
 *
 * @param <L> what listens
 */
final class Audience<L> {

    private final Executor executor;
    private final List<Seat> seats = new CopyOnWriteArrayList<>();

    Audience(Executor executor) {
        this.executor = executor;
    }

    Registration add(L listener) {
        return add(new Seat(listener));
    }

    /** Adds a listener that is told something first. */
    Registration add(L listener, Consumer<L> first) {
        Seat added = new Seat(listener);
        added.tell(first);
        return add(added);
    }

    private Registration add(Seat added) {
        seats.add(added);
        return () -> {
            added.left = true;
            seats.remove(added);
        };
    }

    void tell(Consumer<L> news) {
        seats.forEach(seat -> seat.tell(news));
    }

    /** Runs an action after every listener has returned from what it has been told so far; at once if there is none. */
    void afterwards(Runnable action) {
        List<Seat> current = List.copyOf(seats);
        if (current.isEmpty()) {
            action.run();
        }
        AtomicInteger left = new AtomicInteger(current.size());
        current.forEach(seat -> seat.queue.add(() -> {
            if (left.decrementAndGet() == 0) {
                action.run();
            }
        }));
    }

    /** A listener and what it still has to be told. */
    private final class Seat {

        private final L listener;
        private final SerialQueue queue;
        private volatile boolean left;

        private Seat(L listener) {
            this.listener = listener;
            this.queue = new SerialQueue(executor, listener);
        }

        private void tell(Consumer<L> news) {
            queue.add(() -> {
                if (!left) {
                    news.accept(listener);
                }
            });
        }
    }
}
