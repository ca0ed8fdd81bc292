package io.github.dbleases;

/**
 * Keeps a partition, or a leadership, from being handed over while a piece of work is done. Close it when the work is
 * finished; closing again does nothing. May be used and closed by any thread.
 */
public interface Hold extends AutoCloseable {

    /** Returns the partition that is held; 0 for a leadership. */
    int partition();

    /** Returns the fencing token under which the partition is held. */
    long token();

    /**
     * Returns whether the session under which the partition is held is trusted at this moment, and the hold is not closed;
     * a local check. If not, another client may own the partition: stop before the next effect that others can see.
     */
    boolean isTrusted();

    @Override
    void close();

    /**
     * Work that is done while a partition is held.
     *
     * @param <E> what the work may throw; {@code RuntimeException} for a lambda expression that throws nothing else
     */
    @FunctionalInterface
    interface Work<E extends Exception> {

        /** Does the work. The hold is closed when this method returns or throws. */
        void run(Hold hold) throws E;
    }
}
