package io.github.dbleases.internal.client;

/**
 * The two clocks of the machine. Both are needed, because the monotonic clock stands still while a virtual machine is
 * paused.
 */
interface Clock {

    Clock SYSTEM = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }
    };

    /** The monotonic clock in nanoseconds, from an arbitrary origin. */
    long nanoTime();

    /** The wall clock in milliseconds since 1970. */
    long wallMillis();
}
