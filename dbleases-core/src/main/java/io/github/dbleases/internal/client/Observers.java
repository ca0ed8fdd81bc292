package io.github.dbleases.internal.client;

import io.github.dbleases.PartitionSet;
import io.github.dbleases.spi.observation.ClientObserver;
import io.github.dbleases.spi.observation.ClientObserver.CallOutcome;
import io.github.dbleases.spi.observation.ClientObserver.HoldActivity;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the observer of a client what happens. The engine never waits: its events are queued, and dropped if too many of
 * them wait. Whatever the observer throws is logged and ends here.
 *
 * <p>An event is told when the step that it reports is complete, so that an {@code Error} in the telling leaves nothing
 * half done.
 */
final class Observers {

    private static final Logger log = LoggerFactory.getLogger(Observers.class);
    private static final int MOST_WAITING = 1_000;

    private final ClientObserver observer;
    private final ListenerQueue<ClientObserver> queue;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean failed = new AtomicBoolean();

    Observers(ClientObserver observer, Executor executor) {
        this.observer = observer;
        this.queue = new ListenerQueue<>(executor, observer);
    }

    /** Returns whether there is an observer. */
    boolean isOn() {
        return observer != ClientObserver.NONE;
    }

    /** Tells the observer later, on a thread for listeners. */
    void tell(Consumer<ClientObserver> event) {
        if (!isOn()) {
            return;
        }
        try {
            if (waiting.get() < MOST_WAITING) {
                queue.tell(to -> {
                    waiting.decrementAndGet();
                    call(event);
                });
                waiting.incrementAndGet();
            }
        } catch (Throwable dropped) {
            // An event that cannot be queued is not counted. That must not disturb the engine.
        }
    }

    /** Retries events for which there was no thread. */
    void nudge() {
        queue.nudge();
    }

    /** Begins to observe a hold, on the calling thread. */
    HoldActivity hold(String lease) {
        if (!isOn()) {
            return HoldActivity.NONE;
        }
        try {
            return new SafeHold(observer.onHold(lease));
        } catch (Throwable failure) {
            failed(failure);
            return HoldActivity.NONE;
        }
    }

    /** Tells the observer of a call that only the leader runs, on the calling thread. */
    void leaderCall(String election, CallOutcome outcome, Duration time) {
        if (isOn()) {
            call(to -> to.onLeaderCall(election, outcome, time));
        }
    }

    /** Returns a listener that is observed. */
    OwnershipListener observed(OwnershipListener listener, Clock clock) {
        return isOn() ? new ObservedListener(listener, clock) : listener;
    }

    private void call(Consumer<ClientObserver> event) {
        try {
            event.accept(observer);
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    private void failed(Throwable failure) {
        try {
            if (failed.compareAndSet(false, true)) {
                log.warn("An observer of the client failed. Further failures are logged at debug level", failure);
            } else {
                log.debug("An observer of the client failed again", failure);
            }
        } catch (Throwable unloggable) {
            // Nothing depends on the observer.
        }
    }

    private final class SafeHold implements HoldActivity {

        private final HoldActivity activity;
        private final AtomicBoolean untrusted = new AtomicBoolean();

        private SafeHold(HoldActivity activity) {
            this.activity = activity;
        }

        @Override
        public void untrusted() {
            if (untrusted.compareAndSet(false, true)) {
                call(to -> activity.untrusted());
            }
        }

        @Override
        public void overdue() {
            call(to -> activity.overdue());
        }

        @Override
        public void closed() {
            call(to -> activity.closed());
        }
    }

    /**
     * Calls the listener first and allocates nothing before that: a notification counts as delivered when it throws, and a
     * listener that was not told of a start must not be told of the stop.
     */
    private final class ObservedListener implements OwnershipListener {

        private final OwnershipListener listener;
        private final Clock clock;

        private ObservedListener(OwnershipListener listener, Clock clock) {
            this.listener = listener;
            this.clock = clock;
        }

        @Override
        public void assigned(PartitionSet partitions, Grants grants) {
            long start = clock.nanoTime();
            try {
                listener.assigned(partitions, grants);
            } finally {
                returned(ClientObserver.Callback.ASSIGNED, start);
            }
        }

        @Override
        public void revoked(PartitionSet partitions) {
            long start = clock.nanoTime();
            try {
                listener.revoked(partitions);
            } finally {
                returned(ClientObserver.Callback.REVOKED, start);
            }
        }

        @Override
        public void failed(Exception error) {
            long start = clock.nanoTime();
            try {
                listener.failed(error);
            } finally {
                returned(ClientObserver.Callback.FAILED, start);
            }
        }

        private void returned(ClientObserver.Callback callback, long start) {
            Duration time = Duration.ofNanos(clock.nanoTime() - start);
            tell(to -> to.onListenerReturned(callback, time));
        }

        @Override
        public String toString() {
            return listener.toString();
        }
    }
}
