package io.github.dbleases.postgres;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The daemon threads of a store: one that watches the time of the attempts, and helpers for calls that may hang. They end
 * by themselves soon after there is nothing left to do.
 */
final class StoreThreads {

    private static final long KEEP_ALIVE_MILLIS = 250;

    private final ScheduledThreadPoolExecutor watchdog;
    private final ThreadPoolExecutor helpers;

    StoreThreads() {
        watchdog = new ScheduledThreadPoolExecutor(1, named("dbleases-watchdog-"));
        watchdog.setKeepAliveTime(KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS);
        watchdog.allowCoreThreadTimeOut(true);
        watchdog.setRemoveOnCancelPolicy(true);
        helpers = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                KEEP_ALIVE_MILLIS,
                TimeUnit.MILLISECONDS,
                new SynchronousQueue<>(),
                named("dbleases-connect-"));
    }

    /** Runs something short after a time, unless it is cancelled before. */
    Future<?> after(long nanos, Runnable task) {
        return watchdog.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    /** Runs something that may hang. */
    void run(Runnable task) {
        helpers.execute(task);
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
