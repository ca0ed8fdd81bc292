package io.github.dbleases.internal.client;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The environment of one client's engine: its clocks, threads and random numbers. The engine has none of its own, so
 * that a simulation can replace them.
 *
 * <p>The whole engine (timers and the requests of both loops, but not the I/O in them) runs while holding {@link
 * #monitor()}, so no two parts of it run at once. Any of these methods can throw an {@code Error}, as any code can that
 * allocates memory or starts a thread.
 */
interface Environment {

    Clock clock();

    /** The lock under which the engine runs. Outside callers take it too. */
    Object monitor();

    /** The loop on the heartbeat channel. When it has nothing to do, it waits for hints. */
    RequestLoop heartbeatLoop();

    /** The loop on the work channel. */
    RequestLoop workLoop();

    /** Runs an action after a time. */
    Timer after(Duration delay, Runnable action);

    /** Runs listeners, outside of the monitor. */
    Executor listeners();

    /** Returns whether the calling thread is running a listener. */
    boolean isListening();

    /** Returns a random number, at least 1 and below 2^53. */
    long randomId();

    /** Returns a random number, at least 0 and below 1. */
    double random();

    /** Ends all threads. Calls in progress may finish. */
    void shutdown();

    /** A scheduled action. */
    interface Timer {

        Timer NONE = () -> {};

        void cancel();
    }

    /** Runs the requests on one channel, one at a time, in the order in which they are due. */
    interface RequestLoop {

        /** Submits a request that is due after a delay. If this throws, nothing was submitted. */
        void submit(Duration delay, Request<?> request);

        /** Submits a request that runs before all others that are due. If this throws, nothing was submitted. */
        void submitFirst(Request<?> request);
    }
}
