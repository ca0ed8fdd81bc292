package io.github.dbleases.keyvalue;

/** The contract on documents in memory. */
class MapBackendTests extends KeyValueBackendContract {

    private final MapBackend backend = new MapBackend();

    @Override
    protected KeyValueBackend backend() {
        return backend;
    }
}
