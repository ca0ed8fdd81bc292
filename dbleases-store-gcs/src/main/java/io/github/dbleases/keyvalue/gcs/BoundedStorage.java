package io.github.dbleases.keyvalue.gcs;

import com.google.cloud.ServiceOptions;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.HttpStorageOptions;
import com.google.cloud.storage.Storage;
import java.time.Duration;

/**
 * Makes a client that tries each request once, and not for long. By default the client library goes on for 50 seconds, and
 * does not tell which of its attempts the answer belongs to.
 */
final class BoundedStorage {

    private BoundedStorage() {}

    static Storage of(Storage storage, Duration timeout) {
        if (!(storage.getOptions() instanceof HttpStorageOptions options)
                || !(options.getTransportOptions() instanceof HttpTransportOptions transport)) {
            throw new IllegalArgumentException(
                    "The store needs a client of Google Cloud Storage that speaks HTTP (StorageOptions.http()), but has one of "
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
