package io.github.dbleases.keyvalue;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Waits instead of listening, because a key-value store sends no notifications. */
final class Quiet {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private long ends;

    /** Waits for a time, or until another thread ends the wait. */
    void await(Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long before = ends;
            long rest = atMost.toNanos();
            while (rest > 0 && ends == before) {
                rest = ended.awaitNanos(rest);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the current wait. */
    void end() {
        lock.lock();
        try {
            ends++;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
