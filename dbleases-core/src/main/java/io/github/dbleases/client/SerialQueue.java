package io.github.dbleases.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs actions one after the other on threads of an executor; one that throws is logged. Used under the monitor. */
final class SerialQueue {

    private static final Logger log = LoggerFactory.getLogger(SerialQueue.class);

    private final Executor executor;
    private final Object listener;
    private CompletableFuture<Void> tail = CompletableFuture.completedFuture(null);

    /** Runs the actions in which a listener is told something. */
    SerialQueue(Executor executor, Object listener) {
        this.executor = executor;
        this.listener = listener;
    }

    void add(Runnable action) {
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
