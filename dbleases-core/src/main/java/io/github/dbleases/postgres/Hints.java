package io.github.dbleases.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The notifications of the store. The payload contains the ids of the sessions that should look at their rows. A change
 * that concerns too many of them is not announced: they find it with their heartbeats.
 *
 * <p>A notification wakes the server process of every listening session, whichever channel it listens to, and each takes
 * some 40 microseconds for it. Among hundreds of sessions, a hint for each hand-over would keep a small server busy for
 * longer than the work itself. So in a large cluster hints have a budget: each wake-up costs {@link #PRICE}, the cluster may
 * be in debt up to {@link #CREDIT}, and debts are paid off as time passes. The incarnation's row tells when they will be
 * paid. This is the generic cell rate algorithm (ITU-T I.371).
 */
final class Hints {

    /** A payload has at most 8,000 bytes, and an id below 2^53 has up to 16 digits. */
    private static final int MAX_IDS = 400;

    /** Up to so many live sessions, hints are free, so that nothing is written for them. */
    private static final int FREE_SESSIONS = 64;

    /** 2,000 wake-ups a second: less than a tenth of a processor. */
    private static final String PRICE = "interval '500 microseconds'";

    /** 32,000 wake-ups at once, which is a little more than a second of a processor. */
    private static final String CREDIT = "interval '16 seconds'";

    /**
     * The end of a statement with common table expressions: pays for a hint and sends it. Does not wait for a transaction
     * that is paying at the same time: without the row there is no hint. A time that is too far away shows that the clock was set
     * back.
     */
    static final String SEND = """
            , bill AS (
                SELECT live.sessions, live.sessions * %1$s AS amount
                FROM (SELECT count(*) AS sessions FROM {session} WHERE state = 'live') live
                WHERE {?payload} <> ''
            ), budget AS (
                SELECT i.system_id, i.timeline, bill.amount
                FROM {incarnation} i, bill
                WHERE i.system_id = {?system} AND i.timeline = {?timeline} AND i.nonce = {?nonce}::uuid
                    AND bill.sessions > %3$d
                    AND i.hints_paid_at NOT BETWEEN clock_timestamp() + %2$s AND clock_timestamp() + 2 * (%2$s + bill.amount)
                FOR NO KEY UPDATE OF i SKIP LOCKED
            ), paid AS (
                UPDATE {incarnation} i
                SET hints_paid_at = budget.amount
                    + least(greatest(i.hints_paid_at, clock_timestamp()), clock_timestamp() + %2$s)
                FROM budget
                WHERE i.system_id = budget.system_id AND i.timeline = budget.timeline
                RETURNING i.hints_paid_at
            )
            SELECT pg_notify({?channel}, {?payload}) FROM bill
            WHERE sessions <= %3$d OR EXISTS (SELECT FROM paid)
            """.formatted(PRICE, CREDIT, FREE_SESSIONS);

    /** A read from a socket does not notice an interrupt, so each read is this short. */
    private static final long SLICE_MILLIS = 200;

    private Hints() {}

    /** Returns the payload that names sessions. Empty if there are too many, so that no hint is sent. */
    static String payload(Collection<Long> sessions) {
        return sessions.size() > MAX_IDS
                ? ""
                : sessions.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    private static boolean concern(long session, String payload) {
        return (" " + payload + " ").contains(" " + session + " ");
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
