package io.github.dbleases.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The notifications of the store. The payload contains the ids of the sessions that should look at their rows, or {@code *}. */
final class Hints {

    private static final String ALL = "*";

    /** A payload has at most 8,000 bytes, and an id below 2^53 has up to 16 digits. */
    private static final int MAX_IDS = 400;

    /** A read from a socket does not notice an interrupt, so each read is this short. */
    private static final long SLICE_MILLIS = 200;

    private Hints() {}

    static String payload(Collection<Long> sessions) {
        return sessions.size() > MAX_IDS
                ? ALL
                : sessions.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    private static boolean concern(long session, String payload) {
        return payload.equals(ALL) || (" " + payload + " ").contains(" " + session + " ");
    }

    /** Waits until a notification names a session, the time has passed, or the attempt is ended. Returns whether it was named. */
    static boolean await(Driver listener, Attempt attempt, long session, Duration atMost)
            throws SQLException, InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        long left;
        do {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            String[] payloads = listener.notifications((int) Math.max(1, Math.min(left, SLICE_MILLIS)));
            if (Arrays.stream(payloads).anyMatch(payload -> concern(session, payload))) {
                return true;
            }
        } while (left > SLICE_MILLIS && attempt.reason() == null);
        return false;
    }
}
