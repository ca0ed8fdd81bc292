package io.github.dbleases.keyvalue;

import java.time.Duration;

/**
 * Computes how long to wait after a conflict before the work runs again: a random time that grows with each conflict.
 */
final class Conflicts {

    private static final Duration FIRST = Duration.ofMillis(2);
    private static final Duration LONGEST = Duration.ofMillis(100);

    private final Host host;
    private Duration most = FIRST;

    Conflicts(Host host) {
        this.host = host;
    }

    Duration pause() {
        Duration pause = Duration.ofNanos((long) (most.toNanos() * host.random()));
        Duration longer = most.multipliedBy(2);
        most = longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
        return pause;
    }
}
