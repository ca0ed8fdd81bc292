package io.github.dbleases.keyvalue.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.contrib.nio.testing.LocalStorageHelper;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueBackendContract;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The contract on Google's own storage in memory, which is given generations. */
class FakeGcsBackendTests extends KeyValueBackendContract {

    private final GenerationalFake fake = new GenerationalFake();
    private final KeyValueBackend one = onFake();
    private final KeyValueBackend two = onFake();

    private KeyValueBackend onFake() {
        return new GcsBackend(
                fake.client(), new GcsBackendConfig("leases", GcsBackendConfig.DEFAULT_PREFIX, Duration.ofSeconds(30)));
    }

    @Override
    protected KeyValueBackend backend() {
        return one;
    }

    @Override
    protected KeyValueBackend another() {
        return two;
    }

    /** When this fails, Google's storage in memory has learned what {@link GenerationalFake} adds to it. */
    @Test
    void theStorageInMemoryAloneKnowsNeitherGenerationsNorConditions() {
        Storage storage = LocalStorageHelper.customOptions(false).getService();
        BlobInfo object = BlobInfo.newBuilder("leases", "dbleases/lease/orders").build();

        assertThat(storage.create(object, new byte[0]).getGeneration()).isNull();
        assertThat(storage.create(object, new byte[] {1}, BlobTargetOption.doesNotExist()))
                .isNotNull();
        assertThat(storage.readAllBytes(object.getBlobId())).containsExactly(1);
    }
}
