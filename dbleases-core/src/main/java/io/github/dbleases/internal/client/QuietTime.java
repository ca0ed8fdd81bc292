package io.github.dbleases.internal.client;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.Incarnation;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time after a change of the store's incarnation in which the client takes up no grants (rule 7). The store
 * determines its end by its own clock. Because that clock may be set at just that time, the client also measures the
 * quiet time with its monotonic clock, from when it saw the change, across all sessions that it has in the meantime.
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

    /**
     * Records the incarnation in which the store has answered. If it differs from the previous one, a quiet time
     * begins.
     *
     * @return the previous incarnation, if this is another one
     */
    Optional<Incarnation> enter(Incarnation seen) {
        Optional<Incarnation> left = Optional.ofNullable(incarnation).filter(previous -> !previous.equals(seen));
        if (left.isPresent()) {
            atLeast(timing.ttl().plus(timing.grace()));
        }
        incarnation = seen;
        return left;
    }

    /** Extends the quiet time so that it lasts at least for the given time from now. */
    void atLeast(Duration rest) {
        long until = clock.nanoTime() + rest.toNanos();
        untilNanos = until - untilNanos > 0 ? until : untilNanos;
    }

    /** Returns the rest of the quiet time, zero if it has passed. */
    Duration remaining() {
        return Duration.ofNanos(Math.max(0, untilNanos - clock.nanoTime()));
    }
}
