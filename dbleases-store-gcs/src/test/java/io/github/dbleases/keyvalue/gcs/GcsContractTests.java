package io.github.dbleases.keyvalue.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.contrib.nio.testing.LocalStorageHelper;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.StoreOnSettableHost;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.test.contract.BackendUnderTest;
import io.github.dbleases.test.contract.KeyValueBackendContract;
import io.github.dbleases.test.contract.LeaseStoreContract;
import io.github.dbleases.test.contract.StoreUnderTest;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The contracts of a backend and of a store: on Google Cloud Storage over HTTP, and on Google's own in-memory storage
 * with generations added to it.
 */
class GcsContractTests {

    private static FakeGcs server;

    @BeforeAll
    static void start() {
        server = FakeGcs.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static BackendUnderTest overHttp() {
        server.clear();
        return () -> backend(server.client(), FakeGcs.BUCKET);
    }

    private static BackendUnderTest inMemory() {
        GenerationalFake fake = new GenerationalFake();
        return () -> backend(fake.client(), "leases");
    }

    private static KeyValueBackend backend(Storage client, String bucket) {
        return new GcsBackend(
                client, new GcsBackendConfig(bucket, GcsBackendConfig.DEFAULT_PREFIX, Duration.ofSeconds(30)));
    }

    @Nested
    class BackendOverHttp extends KeyValueBackendContract {

        BackendOverHttp() {
            super(GcsContractTests::overHttp);
        }
    }

    @Nested
    class BackendInMemory extends KeyValueBackendContract {

        BackendInMemory() {
            super(GcsContractTests::inMemory);
        }
    }

    @Nested
    class StoreOverHttp extends LeaseStoreContract {

        StoreOverHttp() {
            super(() -> new GcsStoreUnderTest(overHttp()));
        }
    }

    @Nested
    class StoreInMemory extends LeaseStoreContract {

        StoreInMemory() {
            super(() -> new GcsStoreUnderTest(inMemory()));
        }
    }

    /** If this fails, Google's in-memory storage supports what {@link GenerationalFake} adds to it. */
    @Test
    void googlesInMemoryStorageAloneHasNoGenerationsAndNoConditions() {
        Storage storage = LocalStorageHelper.customOptions(false).getService();
        BlobInfo object = BlobInfo.newBuilder("leases", "dbleases/lease/orders").build();

        assertThat(storage.create(object, new byte[0]).getGeneration()).isNull();
        assertThat(storage.create(object, new byte[] {1}, BlobTargetOption.doesNotExist()))
                .isNotNull();
        assertThat(storage.readAllBytes(object.getBlobId())).containsExactly(1);
    }

    private record GcsStoreUnderTest(StoreOnSettableHost settable) implements StoreUnderTest {

        private GcsStoreUnderTest(BackendUnderTest storage) {
            this(new StoreOnSettableHost(storage.open()));
        }

        @Override
        public LeaseStore store() {
            return settable.store();
        }

        @Override
        public void letExpire(long session) {
            settable.advance(Duration.ofMinutes(4));
        }
    }
}
