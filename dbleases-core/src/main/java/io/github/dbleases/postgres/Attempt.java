package io.github.dbleases.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call and its time budget: connect, wait and execute. When the time is up, or when another thread ends it, its
 * connection is aborted, so that whatever waits for the database comes back with an exception.
 */
final class Attempt {

    private final StoreThreads threads;
    private final long deadline;
    private final Future<?> alarm;
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private @Nullable Connection connection;

    Attempt(StoreThreads threads, Duration budget) {
        this.threads = threads;
        this.deadline = System.nanoTime() + budget.toNanos();
        this.alarm = threads.after(
                budget.toNanos(), () -> end("The database did not answer within %d ms.".formatted(budget.toMillis())));
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

    /** Takes charge of the connection that the attempt uses from now on. */
    void guard(Connection used) {
        synchronized (this) {
            connection = used;
        }
        if (ended.isDone()) {
            abort(used);
        }
    }

    /** Says that the call is over: its connection is no longer aborted. Returns whether the attempt had been ended. */
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

    /** Does something when the attempt is ended. */
    void whenEnded(Runnable action) {
        CompletableFuture<Void> unused = ended.thenRun(action);
    }

    /** Waits until the attempt is ended or a time has passed. */
    void await(Duration atMost) throws InterruptedException {
        try {
            ended.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // What it waited for.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The milliseconds that are left, at least 1. */
    int remainingMillis() {
        return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
    }

    private void abort(Connection hanging) {
        // On a thread of its own: closing a socket may hang as well, and the watchdog has other attempts to watch.
        Runnable abort = () -> {
            try {
                hanging.abort(Runnable::run);
            } catch (SQLException e) {
                // It is broken already.
            }
        };
        try {
            threads.run(abort);
        } catch (Throwable noThread) {
            abort.run();
        }
    }
}
