package io.github.dbleases.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Waits for a notification that names a session. */
final class HintWait {

    /** A read from a socket does not notice an interrupt. */
    private static final long SLICE_MILLIS = 200;

    private final Driver listener;
    private final Attempt attempt;

    HintWait(Driver listener, Attempt attempt) {
        this.listener = listener;
        this.attempt = attempt;
    }

    boolean await(long session, Duration atMost) throws SQLException, InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        long left;
        do {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            String[] payloads = listener.notifications((int) Math.max(1, Math.min(left, SLICE_MILLIS)));
            if (Arrays.stream(payloads).anyMatch(payload -> Hints.concern(session, payload))) {
                return true;
            }
        } while (left > SLICE_MILLIS && attempt.reason() == null);
        return false;
    }
}
