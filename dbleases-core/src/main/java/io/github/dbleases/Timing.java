package io.github.dbleases;

import java.time.Duration;

/**
 * The times on which the safety of the leases rests. They must satisfy {@code heartbeat <= ttl / 3} and
 * {@code heartbeat + 2 * attemptTimeout + margin <= ttl}, so that one attempt may fail without the trust being lost.
 *
 * @param ttl T: how long a session lives without a heartbeat
 * @param heartbeat H: the time between two heartbeats
 * @param attemptTimeout Q: the time budget of one attempt: connect, wait and execute
 * @param margin M: how long before the session may expire the client stops trusting it
 * @param grace E: how long after a session has expired the others wait before they mark it dead
 */
public record Timing(Duration ttl, Duration heartbeat, Duration attemptTimeout, Duration margin, Duration grace) {

    private static final Duration LONGEST_TTL = Duration.ofDays(1);

    /** T 6 s, H 1.5 s, Q 1 s, M 0.5 s, E 0.5 s. */
    public static final Timing DEFAULT = new Timing(
            Duration.ofSeconds(6),
            Duration.ofMillis(1500),
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofMillis(500));

    public Timing {
        requirePositive("ttl", ttl);
        requirePositive("heartbeat", heartbeat);
        requirePositive("attempt-timeout", attemptTimeout);
        requirePositive("margin", margin);
        requirePositive("grace", grace);
        if (ttl.compareTo(LONGEST_TTL) > 0) {
            throw new InvalidConfigurationException("ttl is %d ms, but may be at most 24 h (%d ms): shorten it."
                    .formatted(ttl.toMillis(), LONGEST_TTL.toMillis()));
        }
        if (heartbeat.multipliedBy(3).compareTo(ttl) > 0) {
            throw new InvalidConfigurationException(("heartbeat <= ttl / 3 does not hold: heartbeat is %d ms, "
                            + "ttl is %d ms, ttl / 3 is %d ms. Lengthen ttl to at least %d ms or shorten heartbeat.")
                    .formatted(heartbeat.toMillis(), ttl.toMillis(), ttl.toMillis() / 3, heartbeat.toMillis() * 3));
        }
        Duration needed = heartbeat.plus(attemptTimeout.multipliedBy(2)).plus(margin);
        if (needed.compareTo(ttl) > 0) {
            throw new InvalidConfigurationException(("heartbeat + 2 * attempt-timeout + margin <= ttl does not hold: "
                            + "%d ms + 2 * %d ms + %d ms = %d ms, ttl is %d ms. "
                            + "Lengthen ttl to at least %d ms or shorten the others.")
                    .formatted(
                            heartbeat.toMillis(),
                            attemptTimeout.toMillis(),
                            margin.toMillis(),
                            needed.toMillis(),
                            ttl.toMillis(),
                            needed.toMillis()));
        }
    }

    /** The time from sending a heartbeat to the trust deadline: {@code ttl - margin}. */
    public Duration trust() {
        return ttl.minus(margin);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.toMillis() < 1) {
            throw new InvalidConfigurationException(
                    "%s is %s, but must be at least 1 ms: set a longer time.".formatted(name, value));
        }
    }
}
