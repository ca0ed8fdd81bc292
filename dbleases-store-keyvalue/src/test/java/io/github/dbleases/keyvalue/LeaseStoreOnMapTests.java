package io.github.dbleases.keyvalue;

/** The contract of a store on documents in memory. */
class LeaseStoreOnMapTests extends KeyValueLeaseStoreContract {

    private final MapBackend backend = new MapBackend();

    @Override
    protected KeyValueBackend backend() {
        return backend;
    }
}
