package io.github.dbleases.test.contract;

import io.github.dbleases.keyvalue.KeyValueBackend;

/** Storage that {@link KeyValueBackendContract} tests. It is empty at first. */
@FunctionalInterface
public interface BackendUnderTest extends AutoCloseable {

    /**
     * Returns a backend on the storage, as used by one of several processes. It may return the same one again. A
     * backend that is {@link AutoCloseable} is closed at the end of the test.
     */
    KeyValueBackend open();

    /** Releases the resources of the storage. */
    @Override
    default void close() throws Exception {}
}
