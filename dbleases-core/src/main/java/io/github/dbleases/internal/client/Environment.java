package io.github.dbleases.internal.client;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Where the engine of one client runs: its clocks, threads and randomness. The engine has none of its own, so that a
 * simulation can give it others.
 *
 * <p>Everything that the engine does (timers, the requests of both loops, but not the I/O in them) runs while holding
 * {@link #monitor()}, so no two parts of it run at once. Any of these methods may throw an {@code Error}, as anything may
 * that allocates or starts a thread.
 */
interface Environment {

    Clock clock();

    /** The lock under which the engine runs; callers from outside take it too. */
    Object monitor();

    /** The loop of the heartbeats. When it has nothing to do it waits for hints. */
    RequestLoop heartbeatLoop();

    /** The loop of all other work. */
    RequestLoop workLoop();

    /** Runs an action after a time. */
    Timer after(Duration delay, Runnable action);

    /** Runs listeners, outside of the monitor. */
    Executor listeners();

    /** Returns whether the calling thread runs a listener at this moment. */
    boolean isListening();

    /** Returns a random number from 1 below 2^53. */
    long randomId();

    /** Returns a random number from 0 below 1. */
    double random();

    /** Ends all threads; what is under way may end by itself. */
    void shutdown();

    /** An action that is to come. */
    interface Timer {

        Timer NONE = () -> {};

        void cancel();
    }

    /** One line to the store, used by one request at a time, in the order in which they fall due. */
    interface RequestLoop {

        /** Submits a request that falls due after a time. If it throws, nothing was submitted. */
        void submit(Duration delay, Request<?> request);

        /** Submits a request that comes before all others that are due. If it throws, nothing was submitted. */
        void submitFirst(Request<?> request);
    }
}
