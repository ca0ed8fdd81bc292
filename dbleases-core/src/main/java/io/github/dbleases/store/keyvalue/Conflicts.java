package io.github.dbleases.store.keyvalue;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before a work is done again: a random time, which grows with each conflict. */
final class Conflicts {

    private static final long FIRST_NANOS = Duration.ofMillis(2).toNanos();
    private static final long LONGEST_NANOS = Duration.ofMillis(100).toNanos();

    private long most = FIRST_NANOS;

    Duration pause() {
        Duration pause = Duration.ofNanos(ThreadLocalRandom.current().nextLong(most));
        most = Math.min(LONGEST_NANOS, 2 * most);
        return pause;
    }
}
