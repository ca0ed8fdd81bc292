package io.github.dbleases;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A task that has failed once more.
 *
 * @param id the key of its row; in a queue of the application's own the task itself
 * @param task the task as the {@link Tasker} gets it, or null if no task could be made of the row
 * @param cause why it has failed
 * @param verdict what becomes of it
 * @param delay how long it must not be tried, about; zero if it is given up
 * @param <T> the type of a task in the application
 */
public record TaskFailure<T>(Object id, @Nullable T task, Throwable cause, Verdict verdict, Duration delay) {

    /** What becomes of a task that was not accomplished. */
    public enum Verdict {
        /** It is tried again after the delay, unless this was its last attempt. */
        RETRY,
        /** It is tried again after the delay; this was no failure. */
        POSTPONE,
        /** It is not tried again. */
        GIVE_UP
    }
}
