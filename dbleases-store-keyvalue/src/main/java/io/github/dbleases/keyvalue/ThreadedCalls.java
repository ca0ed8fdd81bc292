package io.github.dbleases.keyvalue;

import io.github.dbleases.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls on a separate thread, so that the caller returns in time even if the storage hangs. An overdue call is
 * interrupted. If it still hangs, for example because a file server is gone, later calls wait for it within their own
 * time budgets. So at most one thread hangs.
 */
final class ThreadedCalls implements Host.Calls {

    /** Longer than most heartbeat intervals, so that a heartbeat rarely has to start a thread. */
    private static final long KEEP_ALIVE_SECONDS = 5;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final ThreadPoolExecutor thread;
    private @Nullable FutureTask<?> current;

    ThreadedCalls() {
        thread = new ThreadPoolExecutor(
                1, 1, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), ThreadedCalls::daemon);
        thread.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable task) {
        Thread daemon = new Thread(task, "dbleases-storage-" + NUMBER.incrementAndGet());
        daemon.setDaemon(true);
        return daemon;
    }

    @Override
    public <T> T run(Duration budget, Host.Call<T> call) {
        FutureTask<T> future = start(call);
        try {
            return future.get(budget.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException overdue) {
            throw new StoreUnavailableException(
                    "The storage did not answer within %d ms".formatted(budget.toMillis()), overdue);
        } catch (CancellationException ended) {
            throw new StoreUnavailableException("The channel was closed during the call", ended);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("The call was interrupted", interrupted);
        } catch (ExecutionException failed) {
            throw rethrow(failed.getCause());
        } finally {
            future.cancel(true);
            thread.remove(future);
        }
    }

    private synchronized <T> FutureTask<T> start(Host.Call<T> call) {
        FutureTask<T> future = new FutureTask<>(call::perform);
        current = future;
        thread.execute(future);
        return future;
    }

    private static RuntimeException rethrow(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException exception) {
            return exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(failure);
    }

    @Override
    public synchronized void end() {
        if (current != null) {
            current.cancel(true);
        }
    }
}
