package io.github.dbleases.test.contract;

import io.github.dbleases.spi.LeaseStore;

/** A store that {@link LeaseStoreContract} tests. It is empty at first, and a test can move its clock forward. */
public interface StoreUnderTest extends AutoCloseable {

    /** Returns the store, the same in each call. */
    LeaseStore store();

    /**
     * Makes a session expire by more than a minute, as if it had not been renewed for its TTL of two minutes and
     * another minute. Other sessions may expire too. If the store reads a clock, give it one that this method moves
     * forward. For a database, run a statement that sets the expiry back.
     */
    void letExpire(long session);

    /** Releases the resources of the store. */
    @Override
    default void close() throws Exception {}
}
