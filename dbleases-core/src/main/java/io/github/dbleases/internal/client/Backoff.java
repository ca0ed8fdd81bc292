package io.github.dbleases.internal.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** The delay before the next attempt. It doubles each time, up to a limit, and half of it is random. */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(50);

    private final Duration limit;
    private final DoubleSupplier random;
    private Duration next = FIRST;

    Backoff(Duration limit, DoubleSupplier random) {
        this.limit = limit;
        this.random = random;
    }

    Duration next() {
        Duration longest = next.compareTo(limit) < 0 ? next : limit;
        next = longest.multipliedBy(2);
        return Duration.ofNanos((long) (longest.toNanos() * (0.5 + random.getAsDouble() / 2)));
    }

    void reset() {
        next = FIRST;
    }
}
