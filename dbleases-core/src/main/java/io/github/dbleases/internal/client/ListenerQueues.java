package io.github.dbleases.internal.client;

import io.github.dbleases.Registration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The queues of several listeners. Each listener is notified in order, independently of the others. Used under the
 * monitor.
 *
 * @param <L> the type of listener
 */
final class ListenerQueues<L> {

    private final Executor executor;
    private final List<ListenerQueue<L>> queues = new CopyOnWriteArrayList<>();

    ListenerQueues(Executor executor) {
        this.executor = executor;
    }

    /** Returns a queue for a listener. The other methods ignore it until it is added. */
    ListenerQueue<L> queue(L listener) {
        return new ListenerQueue<>(executor, listener);
    }

    /** Adds a queue. If this throws, it was not added. */
    Registration add(ListenerQueue<L> queue) {
        Registration added = () -> {
            queue.remove();
            queues.remove(queue);
        };
        queues.add(queue);
        return added;
    }

    List<ListenerQueue<L>> all() {
        return queues;
    }

    void tell(Consumer<L> news) {
        queues.forEach(queue -> queue.tell(news));
    }

    void nudge() {
        for (ListenerQueue<L> queue : queues) {
            queue.nudge();
        }
    }

    /**
     * Runs an action after every listener has returned from its notifications so far, or at once if there is no
     * listener. If the action throws, it runs again. It may also run twice.
     */
    void afterwards(Runnable action) {
        List<ListenerQueue<L>> current = List.copyOf(queues);
        if (current.isEmpty()) {
            action.run();
        }
        AtomicInteger awaited = new AtomicInteger(current.size());
        current.forEach(queue -> queue.afterwards(new Return(awaited, action)));
    }

    /** The return of one listener, which counts once, however often it runs. */
    private static final class Return implements Runnable {

        private final AtomicInteger awaited;
        private final Runnable action;
        private boolean counted;

        private Return(AtomicInteger awaited, Runnable action) {
            this.awaited = awaited;
            this.action = action;
        }

        @Override
        public void run() {
            int left = counted ? awaited.get() : awaited.decrementAndGet();
            counted = true;
            if (left == 0) {
                action.run();
            }
        }
    }
}
