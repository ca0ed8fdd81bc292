package io.github.dbleases.postgres;

import io.github.dbleases.Timing;
import java.time.Duration;

/** The timings of these tests. */
final class TestTimings {

    /** No attempt times out, however slow the machine is. */
    static final Timing PATIENT = withAttemptTimeout(Duration.ofSeconds(30));

    private TestTimings() {}

    static Timing withAttemptTimeout(Duration attemptTimeout) {
        return new Timing(
                Duration.ofMinutes(2),
                Duration.ofSeconds(5),
                attemptTimeout,
                Duration.ofSeconds(1),
                Duration.ofSeconds(20));
    }
}
