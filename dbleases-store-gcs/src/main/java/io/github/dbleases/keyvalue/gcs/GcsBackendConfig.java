package io.github.dbleases.keyvalue.gcs;

import io.github.dbleases.InvalidConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Settings of a {@link GcsBackend}.
 *
 * @param bucket name of the bucket, which must exist
 * @param prefix what the names of the objects begin with; who shares it shares the leases
 * @param timeout time budget of a call; no attempt begins after it
 */
public record GcsBackendConfig(String bucket, String prefix, Duration timeout) {

    /** The prefix unless another one is set. */
    public static final String DEFAULT_PREFIX = "dbleases/";

    /** With the longest key, a name of an object has at most 1,024 bytes. */
    private static final int LONGEST_PREFIX = 300;

    public GcsBackendConfig {
        if (bucket.isBlank()) {
            throw new InvalidConfigurationException("store.gcs.bucket is blank, but it must be the name of a bucket");
        }
        int bytes = prefix.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > LONGEST_PREFIX || prefix.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidConfigurationException(
                    "store.gcs.prefix is '%s', but it must have 1 to %d bytes without control characters"
                            .formatted(prefix, LONGEST_PREFIX));
        }
        if (timeout.compareTo(Duration.ofMillis(1)) < 0) {
            throw new InvalidConfigurationException(
                    "The timeout of the store is %s, but it must be at least 1 ms".formatted(timeout));
        }
    }
}
