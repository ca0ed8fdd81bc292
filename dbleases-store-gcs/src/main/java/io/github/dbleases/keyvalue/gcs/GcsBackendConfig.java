package io.github.dbleases.keyvalue.gcs;

import io.github.dbleases.InvalidConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Settings of a {@link GcsBackend}.
 *
 * @param bucket name of the bucket, which must exist
 * @param prefix the prefix of the names of the objects; all clients with the same prefix share the leases
 * @param timeout time budget of a call; no attempt begins after it
 */
public record GcsBackendConfig(String bucket, String prefix, Duration timeout) {

    /** The prefix unless another one is set. */
    public static final String DEFAULT_PREFIX = "dbleases/";

    /** With the longest key, a name of an object has at most 1,024 bytes. */
    private static final int LONGEST_PREFIX = 300;

    public GcsBackendConfig {
        if (bucket.isBlank()) {
            throw new InvalidConfigurationException(
                    "bucket is blank, but must be the name of a bucket.",
                    "Set bucket to the name of a bucket.",
                    "bucket");
        }
        int bytes = prefix.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > LONGEST_PREFIX || prefix.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidConfigurationException(
                    "prefix is '%s', but must have 1 to %d bytes without control characters."
                            .formatted(prefix, LONGEST_PREFIX),
                    "Set another prefix.",
                    "prefix");
        }
        if (timeout.compareTo(Duration.ofMillis(1)) < 0) {
            throw new InvalidConfigurationException(
                    "timeout is %s, but must be at least 1 ms.".formatted(timeout), "Set a longer timeout.", "timeout");
        }
    }
}
