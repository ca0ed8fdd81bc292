package io.github.dbleases;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * The times on which the safety of the leases rests. They must satisfy {@code heartbeat <= ttl / 3} and
 * {@code heartbeat + 2 * attemptTimeout + margin <= ttl}, so that one attempt may fail without the trust being lost.
 * Each is 1 ms to 24 h.
 *
 * @param ttl T: how long a session lives without a heartbeat
 * @param heartbeat H: the time between two heartbeats
 * @param attemptTimeout Q: the time budget of one attempt: connect, wait and execute
 * @param margin M: how long before the session may expire the client stops trusting it
 * @param grace E: how long after a session has expired the others wait before they mark it dead
 */
public record Timing(Duration ttl, Duration heartbeat, Duration attemptTimeout, Duration margin, Duration grace) {

    /** A longer time is taken for a mistake, and no arithmetic on shorter ones overflows. */
    static final Duration LONGEST = Duration.ofDays(1);

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** T 6 s, H 1.5 s, Q 1 s, M 0.5 s, E 0.5 s. */
    public static final Timing DEFAULT = new Timing(
            Duration.ofSeconds(6),
            Duration.ofMillis(1500),
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofMillis(500));

    public Timing {
        requireInRange("ttl", ttl, SHORTEST);
        requireInRange("heartbeat", heartbeat, SHORTEST);
        requireInRange("attempt-timeout", attemptTimeout, SHORTEST);
        requireInRange("margin", margin, SHORTEST);
        requireInRange("grace", grace, SHORTEST);
        Duration heartbeats = heartbeat.multipliedBy(3);
        Duration attempts = heartbeat.plus(attemptTimeout.multipliedBy(2)).plus(margin);
        Duration least = heartbeats.compareTo(attempts) > 0 ? heartbeats : attempts;
        if (heartbeats.compareTo(ttl) > 0) {
            throw new InvalidConfigurationException(String.format(
                    "heartbeat <= ttl / 3 does not hold: heartbeat is %s ms, ttl is %s ms, ttl / 3 is %s ms. "
                            + "Lengthen ttl to at least %s ms or shorten heartbeat.",
                    millis(heartbeat), millis(ttl), millis(ttl.dividedBy(3)), millis(least)));
        }
        if (attempts.compareTo(ttl) > 0) {
            throw new InvalidConfigurationException(String.format(
                    "heartbeat + 2 * attempt-timeout + margin <= ttl does not hold: "
                            + "%s ms + 2 * %s ms + %s ms = %s ms, ttl is %s ms. "
                            + "Lengthen ttl to at least %s ms or shorten the others.",
                    millis(heartbeat),
                    millis(attemptTimeout),
                    millis(margin),
                    millis(attempts),
                    millis(ttl),
                    millis(least)));
        }
    }

    /** The time from sending a heartbeat to the trust deadline: {@code ttl - margin}. */
    public Duration trust() {
        return ttl.minus(margin);
    }

    /** Refuses a time that is shorter than the given one or longer than {@link #LONGEST}. */
    static void requireInRange(String name, Duration value, Duration shortest) {
        if (value.compareTo(shortest) < 0) {
            throw new InvalidConfigurationException("%s is %s, but must be at least %s ms: set a longer time."
                    .formatted(name, value, millis(shortest)));
        }
        if (value.compareTo(LONGEST) > 0) {
            throw new InvalidConfigurationException("%s is %s, but may be at most %s ms (24 h): set a shorter time."
                    .formatted(name, value, millis(LONGEST)));
        }
    }

    /** All digits, so that what is compared does not look equal. */
    private static String millis(Duration value) {
        return BigDecimal.valueOf(value.toNanos(), 6).stripTrailingZeros().toPlainString();
    }
}
