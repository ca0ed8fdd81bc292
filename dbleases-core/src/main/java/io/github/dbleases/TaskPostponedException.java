package io.github.dbleases;

import java.time.Duration;

/** Thrown by a {@link Tasker} to try a task later. No failure is counted: the attempts and the error stay the same. */
public final class TaskPostponedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Duration delay;

    /** Postpones the task by 1 ms to 365 days. */
    public TaskPostponedException(Duration delay) {
        super("Postponed by " + delay, null, false, false);
        if (delay.compareTo(Duration.ofMillis(1)) < 0 || delay.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException(
                    "A task was postponed by %s, but the delay must be from 1 ms to 365 days.".formatted(delay));
        }
        this.delay = delay;
    }

    /** Returns the time to wait before the task is tried again. */
    public Duration delay() {
        return delay;
    }
}
