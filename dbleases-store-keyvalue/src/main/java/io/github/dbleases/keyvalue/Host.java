package io.github.dbleases.keyvalue;

import java.time.Duration;
import java.time.Instant;

/** The machine of a store: its clocks, its threads and its randomness. A simulation gives it others. */
interface Host {

    /** The monotonic clock in nanoseconds, of arbitrary origin. */
    long nanoTime();

    /** The wall clock. */
    Instant wallTime();

    /** Waits for a time. */
    void pause(Duration time) throws InterruptedException;

    /** Returns a random number from 0 below 1. */
    double random();

    /** Returns an executor for the calls of one channel. */
    Calls calls();

    /** Runs calls that may hang, one at a time. */
    interface Calls {

        /**
         * Runs a call.
         *
         * @throws io.github.dbleases.StoreUnavailableException if it has no result in time, or the calls are ended
         */
        <T> T run(Duration budget, Call<T> call);

        /** Ends a call that is under way. */
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
