package io.github.dbleases.keyvalue.gcs;

import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueLeaseStoreContract;
import java.time.Duration;

/** The contract of a store on Google's own storage in memory, which is given generations. */
class LeaseStoreOnFakeGcsTests extends KeyValueLeaseStoreContract {

    private final GenerationalFake fake = new GenerationalFake();

    @Override
    protected KeyValueBackend backend() {
        return new GcsBackend(
                fake.client(), new GcsBackendConfig("leases", GcsBackendConfig.DEFAULT_PREFIX, Duration.ofSeconds(30)));
    }
}
