package io.github.dbleases.test.contract;

import io.github.dbleases.keyvalue.KeyValueBackend;

/** A storage that {@link KeyValueBackendContract} is checked on, which is empty at first. */
@FunctionalInterface
public interface BackendUnderTest extends AutoCloseable {

    /**
     * Returns a backend on the storage, as one of several processes has it. It may return the same one again. A backend that
     * is {@link AutoCloseable} is closed at the end of the test.
     */
    KeyValueBackend open();

    /** Releases what the storage uses. */
    @Override
    default void close() throws Exception {}
}
