package io.github.dbleases.keyvalue;

import java.time.Duration;
import java.time.Instant;

/** The machine that a store runs on: its clocks, threads and random numbers. A simulation replaces them. */
interface Host {

    /** The monotonic clock in nanoseconds, with an arbitrary origin. */
    long nanoTime();

    /** The wall clock. */
    Instant wallTime();

    /** Waits for a time. */
    void pause(Duration time) throws InterruptedException;

    /** Returns a random number that is at least 0 and less than 1. */
    double random();

    /** Returns an executor for the calls of one channel. */
    Calls calls();

    /** Runs calls that may hang, one at a time. */
    interface Calls {

        /**
         * Runs a call.
         *
         * @throws io.github.dbleases.StoreUnavailableException if the call does not return in time, or if {@link #end}
         *     is called
         */
        <T> T run(Duration budget, Call<T> call);

        /** Ends a call in progress. */
        void end();
    }

    /**
     * A call.
     *
     * @param <T> its result
     */
    @FunctionalInterface
    interface Call<T> {

        T perform();
    }
}
