package io.github.dbleases.test.contract;

import io.github.dbleases.spi.LeaseStore;

/** A store that {@link LeaseStoreContract} is checked on: empty at first, and with a clock that the test can set forward. */
public interface StoreUnderTest extends AutoCloseable {

    /** Returns the store, the same in each call. */
    LeaseStore store();

    /**
     * Makes a session expire, by more than a minute, as if it had not been renewed for its TTL of two minutes and for that
     * minute. Other sessions may expire too. A store that reads a clock gets one that this method sets forward; a database
     * gets a statement that sets the expiry back.
     */
    void letExpire(long session);

    /** Releases what the store uses. */
    @Override
    default void close() throws Exception {}
}
