package io.github.dbleases.internal.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues the notifications of one listener, and delivers them one at a time on threads of an executor.
 *
 * <p>No notification is lost. If no thread is available, {@link #nudge()} tries again, which the engine calls at every
 * heartbeat. If a listener throws, even an {@code Error}, the failure is logged and the notification counts as
 * delivered.
 *
 * @param <L> the type of listener
 */
final class ListenerQueue<L> {

    private static final Logger log = LoggerFactory.getLogger(ListenerQueue.class);

    /** How often an action is attempted before it waits for the next nudge. */
    private static final int ATTEMPTS = 10;

    private final Executor executor;
    private final L listener;
    private final Deque<Action> actions = new ArrayDeque<>();
    private final Runnable next = this::runNext;
    private boolean running;
    private boolean reported;
    private volatile boolean removed;

    ListenerQueue(Executor executor, L listener) {
        this.executor = executor;
        this.listener = listener;
    }

    L listener() {
        return listener;
    }

    /** Queues a notification. It is skipped if the listener has been removed by then. */
    void tell(Consumer<L> news) {
        add(() -> {
            if (!removed) {
                inform(news);
            }
            return true;
        });
    }

    /** Queues an action that runs after all earlier notifications have been delivered. If it throws, it runs again. */
    void afterwards(Runnable action) {
        add(() -> {
            try {
                action.run();
                return true;
            } catch (Throwable failure) {
                report("An action after a listener's return failed and is tried again at the next heartbeat", failure);
                return false;
            }
        });
    }

    /** Removes the listener. It gets no more notifications. */
    void remove() {
        removed = true;
    }

    private void inform(Consumer<L> news) {
        try {
            news.accept(listener);
        } catch (Throwable failure) {
            try {
                log.error("Listener {} failed", listener, failure);
            } catch (Throwable unloggable) {
                // The notification counts as delivered nevertheless.
            }
        }
    }

    /** If this throws, nothing was queued. */
    private void add(Action action) {
        synchronized (actions) {
            actions.add(action);
        }
        try {
            nudge();
        } catch (Throwable failure) {
            // The next heartbeat nudges it again.
        }
    }

    /** Starts to work through the queue, unless a thread is doing so already. */
    void nudge() {
        synchronized (actions) {
            if (running || actions.isEmpty()) {
                return;
            }
            running = true;
        }
        try {
            executor.execute(next);
        } catch (Throwable refused) {
            synchronized (actions) {
                running = false;
            }
            report(
                    "A listener cannot be notified without a free thread; it will be notified at a later heartbeat",
                    refused);
        }
    }

    /** Runs the next action. Continues with the others on another thread or, if none is available, on this one. */
    private void runNext() {
        boolean more = true;
        while (more) {
            Action action;
            synchronized (actions) {
                action = actions.element();
            }
            boolean done = false;
            for (int attempts = 0; !done && attempts < ATTEMPTS; attempts++) {
                try {
                    done = action.attempt();
                } catch (Throwable failure) {
                    // It is attempted again.
                }
            }
            synchronized (actions) {
                if (done) {
                    actions.remove();
                }
                more = done && !actions.isEmpty();
                running = more;
            }
            if (more) {
                try {
                    executor.execute(next);
                    return;
                } catch (Throwable refused) {
                    // This thread continues.
                }
            }
        }
    }

    /** Logs a problem once, and throws nothing. */
    private void report(String what, Throwable failure) {
        if (!reported) {
            try {
                log.warn("{}: {}", what, listener, failure);
                reported = true;
            } catch (Throwable unloggable) {
                // The next failure is logged.
            }
        }
    }

    /** An action in the queue, which returns whether it is done. */
    @FunctionalInterface
    private interface Action {

        boolean attempt();
    }
}
