package io.github.dbleases.internal.client;

import io.github.dbleases.ClientStatus.Failure;
import io.github.dbleases.StoreUnusableException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The last request of a client that failed. Used under the monitor. */
final class LastFailure {

    private @Nullable RuntimeException failure;
    private long atMillis;

    void record(RuntimeException failed, Clock clock) {
        failure = failed;
        atMillis = clock.wallMillis();
    }

    Optional<Failure> get() {
        return Optional.ofNullable(failure)
                .map(failed -> new Failure(
                        Instant.ofEpochMilli(atMillis),
                        failed.getMessage() == null ? failed.toString() : failed.getMessage(),
                        failed instanceof StoreUnusableException));
    }
}
