package io.github.dbleases.internal.tasks;

import java.time.Duration;

/**
 * When to release the tasks that claims without a reply may have taken: before the next claim, and again one minute and ten
 * minutes later, because the statement of such a claim may hang in the database and run after the first release. Pure.
 */
final class UnansweredClaims {

    private static final long[] REPEATS = {
        Duration.ofMinutes(1).toNanos(), Duration.ofMinutes(10).toNanos()
    };

    private boolean due;
    private int nextRepeat = REPEATS.length;
    private long repeatAt;

    /** A claim had no reply, or an earlier run under the same session could not release its tasks. */
    void add() {
        due = true;
        nextRepeat = 0;
    }

    /** Forgets all claims: they were made under a session that is over. */
    void clear() {
        due = false;
        nextRepeat = REPEATS.length;
    }

    /** Returns whether tasks must be released before the next claim. */
    boolean isReleaseDue() {
        return due;
    }

    /** Returns how long until the next repeat, 0 or less if it is due, {@code Long.MAX_VALUE} if there is none. */
    long nanosUntilRepeat(long now) {
        return due || nextRepeat == REPEATS.length ? Long.MAX_VALUE : repeatAt - now;
    }

    /** Records that all tasks were released except for the known ones. */
    void released(long now) {
        if (!due && nextRepeat < REPEATS.length) {
            nextRepeat++;
        }
        due = false;
        repeatAt = nextRepeat < REPEATS.length ? now + REPEATS[nextRepeat] : now;
    }

    /** No longer tries to release tasks before the end of the run. */
    void abandon() {
        due = false;
    }
}
