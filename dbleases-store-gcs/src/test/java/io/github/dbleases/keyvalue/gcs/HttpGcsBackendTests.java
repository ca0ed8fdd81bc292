package io.github.dbleases.keyvalue.gcs;

import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueBackendContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The contract over HTTP. */
class HttpGcsBackendTests extends KeyValueBackendContract {

    private static final GcsBackendConfig CONFIG =
            new GcsBackendConfig(FakeGcs.BUCKET, GcsBackendConfig.DEFAULT_PREFIX, Duration.ofSeconds(30));

    private static FakeGcs server;
    private static KeyValueBackend one;
    private static KeyValueBackend two;

    @BeforeAll
    static void start() {
        server = FakeGcs.start();
        one = new GcsBackend(server.client(), CONFIG);
        two = new GcsBackend(server.client(), CONFIG);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void clear() {
        server.clear();
    }

    @Override
    protected KeyValueBackend backend() {
        return one;
    }

    @Override
    protected KeyValueBackend another() {
        return two;
    }
}
