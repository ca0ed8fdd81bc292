package io.github.dbleases.keyvalue.gcs;

import com.google.cloud.ServiceOptions;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.HttpStorageOptions;
import com.google.cloud.storage.Storage;
import java.time.Duration;

/**
 * Creates a client that makes a single, short attempt for each request. By default, the client library retries for 50
 * seconds and does not say which attempt was answered.
 */
final class BoundedStorage {

    private BoundedStorage() {}

    static Storage of(Storage storage, Duration timeout) {
        if (!(storage.getOptions() instanceof HttpStorageOptions options)
                || !(options.getTransportOptions() instanceof HttpTransportOptions transport)) {
            throw new IllegalArgumentException(
                    "The store needs a Google Cloud Storage client that uses HTTP (StorageOptions.http()), but got one with "
                            + storage.getOptions().getClass().getName());
        }
        int millis = (int) Math.min(Integer.MAX_VALUE, timeout.toMillis());
        return options.toBuilder()
                .setRetrySettings(ServiceOptions.getNoRetrySettings())
                .setTransportOptions(transport.toBuilder()
                        .setConnectTimeout(millis)
                        .setReadTimeout(millis)
                        .build())
                .build()
                .getService();
    }
}
