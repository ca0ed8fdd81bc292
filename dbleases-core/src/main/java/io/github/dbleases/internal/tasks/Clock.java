package io.github.dbleases.internal.tasks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/** The monotonic clock of a runner. */
interface Clock {

    Clock SYSTEM = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // the caller checks again what there is to do
        public void await(Condition condition, long nanos) throws InterruptedException {
            boolean unused = condition.await(nanos, TimeUnit.NANOSECONDS);
        }
    };

    /** Returns nanoseconds of arbitrary origin. */
    long nanoTime();

    /** Waits for a signal, for at most a time; may return early. */
    void await(Condition condition, long nanos) throws InterruptedException;
}
