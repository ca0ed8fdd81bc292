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

    /** Refuses to ask for anything on behalf of a thread that was interrupted. */
    void begin() {
        if (Thread.currentThread().isInterrupted()) {
            throw new StoreUnavailableException("The call was interrupted.");
        }
    }

    /** Whether an attempt that failed may have had its effect. */
    boolean effectPossible() {
        return effectPossible;
    }

    /** Returns after a pause if the call may be tried again; throws if it may not, or if its time is up. */
    void pauseAfter(StorageException e) {
        if (!Failures.isTransient(e)) {
            throw Failures.unusable(e, config);
        }
        effectPossible |= Failures.leavesOutcomeOpen(e);
        // Clients that were rejected at the same time must not retry at the same time.
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

    /** Says that an object changed between two requests that had to see the same. */
    void again() {
        begin();
        if (System.nanoTime() - end >= 0) {
            throw new StoreUnavailableException("An object in gs://%s changed all the time for %d ms."
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
