package io.github.dbleases.internal.tasks;

import io.github.dbleases.internal.TaskSession;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state of a runner as its threads share it: one thread at a time, for a short time, and never during anything slow. A
 * change wakes the threads that have something to do because of it.
 */
final class SharedState<T> {

    /** Trust can return without a notification, so the loop looks at least this often. */
    private static final long LONGEST_WAIT = 1_000_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition batchReady = lock.newCondition();
    private final Condition loopNeeded = lock.newCondition();
    private final Condition changed = lock.newCondition();
    private final RunnerState<T> state;
    private final TaskSession session;
    private final Clock clock;
    private int idleWorkers;
    private int drains;
    private boolean loopWaits;

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
        if (loopWaits && (state.isClosing() || state.nanosUntilDue(now()) <= 0)) {
            loopWaits = false;
            loopNeeded.signal();
        }
        if (drains > 0) {
            changed.signalAll();
        }
    }

    /** Reads the session into the state, and then calls an action. */
    <R> R observe(Function<RunnerState<T>, R> action) {
        return call(observed -> {
            observed.observe(session.id(), session.isDrained(), now());
            return action.apply(observed);
        });
    }

    /** Returns whether tasks of a session may begin now. A local check without the lock. */
    boolean isTrusted(long id) {
        OptionalLong trusted = session.id();
        return trusted.isPresent() && trusted.getAsLong() == id;
    }

    /** Takes a ready batch, or returns null if there is none. */
    @Nullable
    Batch<T> take() {
        lock.lock();
        try {
            return takeLocked();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Batch<T> takeLocked() {
        Batch<T> batch = state.take(now());
        if (batch != null) {
            signal();
        }
        return batch;
    }

    /** Waits for a ready batch. Returns null when the runner is closing. */
    @Nullable
    Batch<T> awaitBatch() {
        lock.lock();
        try {
            while (!state.isClosing()) {
                Batch<T> batch = takeLocked();
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

    /** Waits until the queue loop has something to do, for at most a second. */
    void awaitDue() throws InterruptedException {
        lock.lock();
        try {
            long nanos = state.nanosUntilDue(now());
            if (nanos > 0) {
                loopWaits = true;
                clock.await(loopNeeded, Math.min(nanos, LONGEST_WAIT));
            }
        } finally {
            loopWaits = false;
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
