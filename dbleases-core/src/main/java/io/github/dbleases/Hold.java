package io.github.dbleases;

/**
 * Keeps a partition from being handed over while a piece of work is done. Close it when the work is finished; closing
 * again does nothing. May be closed from any thread.
 */
public interface Hold extends AutoCloseable {

    /** Returns the partition that is held. */
    int partition();

    /** Returns the fencing token under which the partition is held. */
    long token();

    /**
     * Returns whether the session under which the partition is held is trusted at this moment, and the hold is not closed.
     * When it is not, another client may own the partition: stop before the next effect that others can see.
     */
    boolean isTrusted();

    @Override
    void close();
}
