package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskSession;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The desk as the clerk and the workers share it: one at a time, for a short time, and with nothing slow meanwhile. */
final class SharedDesk<T> {

    /** Trust may return without a word, so that it has to be looked at. */
    private static final long LONGEST_REST = 1_000_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition batchReady = lock.newCondition();
    private final Condition clerkNeeded = lock.newCondition();
    private final Desk<T> desk;
    private final TaskSession session;
    private final Clock clock;
    private int idleWorkers;
    private boolean clerkRests;

    SharedDesk(Desk<T> desk, TaskSession session, Clock clock) {
        this.desk = desk;
        this.session = session;
        this.clock = clock;
    }

    /** Does something with the desk, and wakes who has something to do because of it. */
    <R> R call(Function<Desk<T>, R> action) {
        lock.lock();
        try {
            R result = action.apply(desk);
            signal();
            return result;
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        if (idleWorkers > 0) {
            int wanted = desk.isClosing() ? idleWorkers : Math.min(idleWorkers, desk.readyBatches(now()));
            for (int i = 0; i < wanted; i++) {
                batchReady.signal();
            }
        }
        if (clerkRests && (desk.isClosing() || desk.nanosUntilDue(now()) <= 0)) {
            clerkRests = false;
            clerkNeeded.signal();
        }
    }

    /** Looks at the session and does something with the desk. */
    <R> R observe(Function<Desk<T>, R> action) {
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
            return desk.take(now());
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a batch that is ready. Returns null when there is to be none any more. */
    @Nullable
    Batch<T> awaitBatch() {
        lock.lock();
        try {
            while (!desk.isClosing()) {
                Batch<T> batch = desk.take(now());
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

    /** Lets the clerk rest until there is something to do, for a second at most. */
    void rest() throws InterruptedException {
        lock.lock();
        try {
            long nanos = desk.nanosUntilDue(now());
            if (nanos > 0) {
                clerkRests = true;
                clock.await(clerkNeeded, Math.min(nanos, LONGEST_REST));
            }
        } finally {
            clerkRests = false;
            lock.unlock();
        }
    }

    long now() {
        return clock.nanoTime();
    }
}
