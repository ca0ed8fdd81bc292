package io.github.dbleases.internal.tasks;

import io.github.dbleases.internal.TaskSession;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state of a runner as its threads share it: one at a time, for a short time, with nothing slow meanwhile. Whoever has
 * something to do because of a change is woken.
 */
final class SharedState<T> {

    /** Trust may return without a word, so that it has to be looked at. */
    private static final long LONGEST_REST = 1_000_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition batchReady = lock.newCondition();
    private final Condition loopNeeded = lock.newCondition();
    private final Condition changed = lock.newCondition();
    private final RunnerState<T> state;
    private final TaskSession session;
    private final Clock clock;
    private int idleWorkers;
    private int drains;
    private boolean loopRests;

    SharedState(RunnerState<T> state, TaskSession session, Clock clock) {
        this.state = state;
        this.session = session;
        this.clock = clock;
    }

    <R> R call(Function<RunnerState<T>, R> action) {
        lock.lock();
        try {
            R result = action.apply(state);
            signal();
            return result;
        } finally {
            lock.unlock();
        }
    }

    void change(Consumer<RunnerState<T>> action) {
        lock.lock();
        try {
            action.accept(state);
            signal();
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        if (idleWorkers > 0) {
            int wanted = state.isClosing() ? idleWorkers : Math.min(idleWorkers, state.readyBatches());
            for (int i = 0; i < wanted; i++) {
                batchReady.signal();
            }
        }
        if (loopRests && (state.isClosing() || state.nanosUntilDue(now()) <= 0)) {
            loopRests = false;
            loopNeeded.signal();
        }
        if (drains > 0) {
            changed.signalAll();
        }
    }

    /** Looks at the session and does something with the state. */
    <R> R observe(Function<RunnerState<T>, R> action) {
        return call(observed -> {
            observed.observe(session.id(), now());
            return action.apply(observed);
        });
    }

    /** Returns whether tasks of a session may be worked on now. A local check without the lock. */
    boolean isTrusted(long id) {
        OptionalLong trusted = session.id();
        return trusted.isPresent() && trusted.getAsLong() == id;
    }

    /** Takes a batch that is ready, or returns null if there is none. */
    @Nullable
    Batch<T> take() {
        lock.lock();
        try {
            return taken();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Batch<T> taken() {
        Batch<T> batch = state.take(now());
        if (batch != null) {
            signal();
        }
        return batch;
    }

    /** Waits for a batch that is ready. Returns null when there will be none any more. */
    @Nullable
    Batch<T> awaitBatch() {
        lock.lock();
        try {
            while (!state.isClosing()) {
                Batch<T> batch = taken();
                if (batch != null) {
                    return batch;
                }
                idleWorkers++;
                try {
                    batchReady.awaitUninterruptibly();
                } finally {
                    idleWorkers--;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Lets the loop rest until there is something to do, at most for a second. */
    void rest() throws InterruptedException {
        lock.lock();
        try {
            long nanos = state.nanosUntilDue(now());
            if (nanos > 0) {
                loopRests = true;
                clock.await(loopNeeded, Math.min(nanos, LONGEST_REST));
            }
        } finally {
            loopRests = false;
            lock.unlock();
        }
    }

    /** Waits until nothing can be claimed and nothing is held. */
    boolean drain(long nanosAtMost) throws InterruptedException {
        lock.lock();
        drains++;
        try {
            long mark = state.mark(now());
            signal();
            long end = System.nanoTime() + nanosAtMost;
            while (!state.isDrained(mark)) {
                long left = end - System.nanoTime();
                if (left <= 0 || state.isClosing()) {
                    return false;
                }
                long unused = changed.awaitNanos(left);
            }
            return true;
        } finally {
            drains--;
            lock.unlock();
        }
    }

    long now() {
        return clock.nanoTime();
    }
}
