package io.github.dbleases.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One call and its time budget: connect, wait and execute. When the budget is used up, or when another thread ends the
 * attempt, its connection is aborted, so that any wait for the database returns with an exception.
 */
final class Attempt {

    private final Threads threads;
    private final long deadline;
    private final Future<?> alarm;
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private @Nullable Connection connection;

    Attempt(Threads threads, Duration budget) {
        this.threads = threads;
        this.deadline = System.nanoTime() + budget.toNanos();
        this.alarm = threads.watchdog.schedule(
                () -> end("The database did not answer within %d ms.".formatted(budget.toMillis())),
                budget.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** Ends the attempt, unless it is over. */
    void end(String reason) {
        Connection hanging;
        synchronized (this) {
            ended.complete(reason);
            hanging = connection;
        }
        if (hanging != null) {
            abort(hanging);
        }
    }

    /** Makes the attempt abort this connection when it is ended. */
    void guard(Connection used) {
        synchronized (this) {
            connection = used;
        }
        if (ended.isDone()) {
            abort(used);
        }
    }

    /** Records that the call is over. Its connection is no longer aborted. Returns whether the attempt had been ended. */
    boolean finish() {
        alarm.cancel(false);
        synchronized (this) {
            connection = null;
            return ended.isDone();
        }
    }

    /** Returns why the attempt was ended, or null. */
    @Nullable
    String reason() {
        return ended.getNow(null);
    }

    /** Runs an action when the attempt is ended. */
    void whenEnded(Runnable action) {
        CompletableFuture<Void> unused = ended.thenRun(action);
    }

    /** Runs a task that may hang, on another thread. */
    void runAside(Runnable task) {
        threads.helpers.execute(task);
    }

    /** Waits until the attempt is ended or the time has passed. */
    void await(Duration atMost) throws InterruptedException {
        try {
            ended.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // The time has passed.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the milliseconds that are left, at least 1. */
    int remainingMillis() {
        return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
    }

    private void abort(Connection hanging) {
        // On another thread: closing a socket may hang too, and the watchdog has other attempts to watch.
        Runnable abort = () -> {
            try {
                hanging.abort(Runnable::run);
            } catch (SQLException e) {
                // It is already broken.
            }
        };
        try {
            runAside(abort);
        } catch (Throwable noThread) {
            abort.run();
        }
    }

    /**
     * The daemon threads of a store: one that watches the time of the attempts, and helpers for calls that may hang. They end
     * by themselves soon after their last task.
     */
    static final class Threads {

        private static final long KEEP_ALIVE_MILLIS = 250;

        private final ScheduledThreadPoolExecutor watchdog;
        private final ThreadPoolExecutor helpers;

        Threads() {
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

        private static ThreadFactory named(String prefix) {
            AtomicInteger number = new AtomicInteger();
            return task -> {
                Thread thread = new Thread(task, prefix + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            };
        }
    }
}
