package io.github.dbleases.keyvalue.gcs;

import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueLeaseStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of a store on Google Cloud Storage over HTTP. */
class LeaseStoreOnHttpGcsTests extends KeyValueLeaseStoreContract {

    private static FakeGcs server;

    private final KeyValueBackend backend = onEmptyBucket();

    @BeforeAll
    static void start() {
        server = FakeGcs.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected KeyValueBackend backend() {
        return backend;
    }

    private static KeyValueBackend onEmptyBucket() {
        server.clear();
        return new GcsBackend(
                server.client(),
                new GcsBackendConfig(FakeGcs.BUCKET, GcsBackendConfig.DEFAULT_PREFIX, Duration.ofSeconds(30)));
    }
}
