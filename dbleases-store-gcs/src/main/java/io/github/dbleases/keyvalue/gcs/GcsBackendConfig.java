package io.github.dbleases.keyvalue.gcs;

import io.github.dbleases.InvalidConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Settings of a {@link GcsBackend}.
 *
 * @param bucket the name of the bucket, which must exist
 * @param prefix the prefix of the object names; all clients with the same prefix share the leases
 * @param timeout the time budget of a call; no attempt starts after it
 */
public record GcsBackendConfig(String bucket, String prefix, Duration timeout) {

    /** The default prefix. */
    public static final String DEFAULT_PREFIX = "dbleases/";

    /** With the longest key, an object name has at most 1,024 bytes. */
    private static final int LONGEST_PREFIX = 300;

    public GcsBackendConfig {
        if (bucket.isBlank()) {
            throw new InvalidConfigurationException(
                    "bucket is blank, but must be a bucket name.", "Set bucket to a bucket name.", "bucket");
        }
        int bytes = prefix.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > LONGEST_PREFIX || prefix.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidConfigurationException(
                    "prefix is '%s', but must have 1 to %d bytes without control characters."
                            .formatted(prefix, LONGEST_PREFIX),
                    "Set a different prefix.",
                    "prefix");
        }
        if (timeout.compareTo(Duration.ofMillis(1)) < 0) {
            throw new InvalidConfigurationException(
                    "timeout is %s, but must be at least 1 ms.".formatted(timeout), "Set a longer timeout.", "timeout");
        }
    }
}
