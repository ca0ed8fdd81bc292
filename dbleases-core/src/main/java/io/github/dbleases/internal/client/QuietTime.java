package io.github.dbleases.internal.client;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.Incarnation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time after a change of the store's incarnation in which the client takes up no grants. The store says how long it
 * is, by its own clock; because that clock may be set just then, the client measures it by its monotonic clock too, from
 * when it saw the change, and over the sessions that it has meanwhile.
 */
final class QuietTime {

    private final Timing timing;
    private final Clock clock;
    private @Nullable Incarnation incarnation;
    private long untilNanos;

    QuietTime(Timing timing, Clock clock) {
        this.timing = timing;
        this.clock = clock;
        this.untilNanos = clock.nanoTime();
    }

    /** Records the incarnation in which the store has answered; another one than before begins a quiet time. */
    void enter(Incarnation seen) {
        if (incarnation != null && !incarnation.equals(seen)) {
            atLeast(timing.ttl().plus(timing.grace()));
        }
        incarnation = seen;
    }

    /** Records how long the quiet time still lasts at the least. */
    void atLeast(Duration rest) {
        long until = clock.nanoTime() + rest.toNanos();
        untilNanos = until - untilNanos > 0 ? until : untilNanos;
    }

    /** Returns how long the quiet time still lasts, zero when it has passed. */
    Duration rest() {
        return Duration.ofNanos(Math.max(0, untilNanos - clock.nanoTime()));
    }
}
