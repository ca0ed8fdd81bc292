package io.github.dbleases.keyvalue.gcs;

import com.google.cloud.storage.StorageException;
import io.github.dbleases.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The attempts of one call, within its time budget. Used by one thread. */
final class Attempts {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final GcsBackendConfig config;
    private final long end;
    private long pauseNanos = FIRST_PAUSE.toNanos();
    private boolean effectPossible;

    Attempts(GcsBackendConfig config) {
        this.config = config;
        this.end = System.nanoTime() + config.timeout().toNanos();
    }

    /** Throws if the thread was interrupted. */
    void begin() {
        if (Thread.currentThread().isInterrupted()) {
            throw new StoreUnavailableException("The call was interrupted.");
        }
    }

    /** Returns whether a failed attempt may have taken effect. */
    boolean effectPossible() {
        return effectPossible;
    }

    /** Pauses and returns if the call may be retried. Throws if it may not or if its time is up. */
    void pauseAfter(StorageException e) {
        if (!Failures.isTransient(e)) {
            throw Failures.unusable(e, config);
        }
        effectPossible |= Failures.leavesOutcomeOpen(e);
        // Random, so that clients that were rejected together do not retry together.
        long pause = ThreadLocalRandom.current().nextLong(pauseNanos / 2, pauseNanos);
        if (end - System.nanoTime() <= pause) {
            throw new StoreUnavailableException(
                    "Google Cloud Storage did not answer within %d ms: %s"
                            .formatted(config.timeout().toMillis(), e.getMessage()),
                    e);
        }
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE.toNanos());
        sleep(pause, e);
    }

    /** Allows another attempt after an object changed between two requests that had to see the same version. */
    void again() {
        begin();
        if (System.nanoTime() - end >= 0) {
            throw new StoreUnavailableException("An object in gs://%s kept changing for %d ms."
                    .formatted(config.bucket(), config.timeout().toMillis()));
        }
    }

    private static void sleep(long nanos, StorageException e) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("The call was interrupted after: " + e.getMessage(), e);
        }
    }
}
