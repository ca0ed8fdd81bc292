package io.github.dbleases.internal.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one listener still has to be told, one thing after the other, on threads of an executor.
 *
 * <p>Nothing that was queued is lost: if no thread can be had at the moment, {@link #nudge()} tries again, which the engine
 * calls at every heartbeat. What a listener throws, an {@code Error} too, is logged and counts as told.
 *
 * @param <L> what listens
 */
final class ListenerQueue<L> {

    private static final Logger log = LoggerFactory.getLogger(ListenerQueue.class);

    /** So often an action is attempted before the next nudge is waited for. */
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

    /** Tells the listener something, unless it is removed before its turn comes. */
    void tell(Consumer<L> news) {
        add(() -> {
            if (!removed) {
                inform(news);
            }
            return true;
        });
    }

    /** Runs an action after the listener has returned from all that it was told before; again if the action throws. */
    void afterwards(Runnable action) {
        add(() -> {
            try {
                action.run();
                return true;
            } catch (Throwable failure) {
                report("What follows a listener's return failed and is tried again at the next heartbeat", failure);
                return false;
            }
        });
    }

    /** Tells the listener nothing more. */
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
                // It has been told nonetheless.
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
            // It is nudged again at the next heartbeat.
        }
    }

    /** Goes on with what is queued, if nothing is being done about it. */
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
                    "A listener cannot be told, because no thread could be had; it is told at a later heartbeat",
                    refused);
        }
    }

    /** Runs the next action, then the others on another thread or, if there is none, on this one. */
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
                    // This thread goes on.
                }
            }
        }
    }

    /** Says so once, and throws nothing. */
    private void report(String what, Throwable failure) {
        if (!reported) {
            try {
                log.warn("{}: {}", what, listener, failure);
                reported = true;
            } catch (Throwable unloggable) {
                // It is said at the next failure.
            }
        }
    }

    /** Something to do; returns whether it is done. */
    @FunctionalInterface
    private interface Action {

        boolean attempt();
    }
}
