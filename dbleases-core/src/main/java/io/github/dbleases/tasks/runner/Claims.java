package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskSession.Place;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * When to claim, and how much: as soon as there is room for half of what a session may hold, until a claim brings nothing;
 * then again after the interval, or when all that was held is done, or when woken.
 */
final class Claims {

    private final int tasksPerSession;
    private final long interval;
    private final DoubleSupplier random;
    private long dueNanos;
    private boolean dueWhenEmpty;
    private boolean woken;
    private boolean shared;

    Claims(int tasksPerSession, Duration interval, DoubleSupplier random, long now) {
        this.tasksPerSession = tasksPerSession;
        this.interval = interval.toNanos();
        this.random = random;
        this.dueNanos = now;
    }

    /** Makes the next claim due now, also if one is under way. */
    void wake(long now) {
        dueNanos = now;
        woken = true;
    }

    /** Returns how long until a claim is due, 0 or less if it is, {@code Long.MAX_VALUE} if tasks must be done first. */
    long nanosUntilDue(int held, long now) {
        int room = tasksPerSession - held;
        if (held > 0 && (room == 0 || 2L * room < tasksPerSession)) {
            return Long.MAX_VALUE;
        }
        return held == 0 && dueWhenEmpty ? 0 : dueNanos - now;
    }

    /** Begins a claim if one is due. */
    Optional<TaskClaim> next(long session, Place place, int held, long now) {
        if (nanosUntilDue(held, now) > 0) {
            return Optional.empty();
        }
        woken = false;
        return Optional.of(new TaskClaim(session, tasksPerSession - held, held, place, shared));
    }

    /** Takes note of what a claim has brought. */
    void answered(TaskClaim claim, int claimed, long now) {
        shared = claimed < claim.limit();
        boolean nothing = claimed == 0;
        dueWhenEmpty = nothing && claim.held() > 0;
        dueNanos = nothing && !woken ? now + Jitter.of(interval, random) : now;
    }
}
