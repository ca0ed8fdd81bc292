package io.github.dbleases.internal.client;

import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The environment of one client's engine: its clocks, threads, channels and random numbers. The engine has none of its
 * own, so that a simulation can replace them.
 *
 * <p>The whole engine (timers and the requests of both loops, but not the I/O in them) runs while holding {@link
 * #monitor()}, so no two parts of it run at once. Any of these methods can throw an {@code Error}, as any code can that
 * allocates memory or starts a thread.
 */
interface Environment {

    Clock clock();

    /** The lock under which the engine runs. Outside callers take it too. */
    Object monitor();

    /**
     * Starts the loops, each on a thread and a channel of its own.
     *
     * @param currentSession returns the session whose hints to await, or 0 if there is none
     * @param hinted called after a hint
     */
    void start(LongSupplier currentSession, Runnable hinted);

    /**
     * Ends the threads of the loops, closes their channels and forgets the timers. Calls in progress may finish, even after
     * the next start. Requests that have not been made stay in their loop and are prepared again after the next start.
     *
     * @param closed is completed when the channels are closed
     */
    void shutdown(CompletableFuture<Void> closed);

    /** The loop on the heartbeat channel. When it has nothing to do, it waits for hints. */
    RequestLoop<HeartbeatChannel> heartbeatLoop();

    /** The loop on the work channel. */
    RequestLoop<WorkChannel> workLoop();

    /** Runs an action after a time, unless the environment is shut down before. */
    Timer after(Duration delay, Runnable action);

    /** Runs listeners, outside of the monitor, whether the environment is started or not. */
    Executor listeners();

    /** Runs observers, as {@link #listeners} runs listeners. */
    Executor observers();

    /** Returns the thread that does the work of a hold that the caller is taking. */
    default Thread workThread() {
        return Thread.currentThread();
    }

    /** Returns whether the calling thread is running a listener. */
    boolean isListening();

    /** Returns a random number, at least 1 and below 2^53. */
    long randomId();

    /** Returns a random number, at least 0 and below 1. */
    double random();

    /** A scheduled action. */
    interface Timer {

        Timer NONE = () -> {};

        void cancel();
    }

    /**
     * Runs the requests on one channel, one at a time, in the order in which they are due.
     *
     * @param <C> the channel
     */
    interface RequestLoop<C> {

        /** Submits a request that is due after a delay. If this throws, nothing was submitted. */
        void submit(Duration delay, Request<C, ?> request);

        /** Submits a request that runs before all others that are due. If this throws, nothing was submitted. */
        void submitFirst(Request<C, ?> request);
    }
}
