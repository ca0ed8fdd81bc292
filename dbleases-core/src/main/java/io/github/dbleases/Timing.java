package io.github.dbleases;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The times that the safety of the leases depends on. {@link #of} derives all of them from the TTL, and {@link #builder}
 * derives those that are not set. They must satisfy
 *
 * <ul>
 *   <li>{@code heartbeat <= ttl / 3} and {@code heartbeat + 2 * attemptTimeout + margin <= ttl}, so that the client is not
 *       suspended if one attempt fails;
 *   <li>{@code margin + grace >= ttl / 10}, so that no two clients trust the same partition even if the clocks of two machines
 *       run at rates that differ by up to 10 % ({@link #toleratedClockRate()});
 *   <li>{@code grace >= ttl / 60}, so that ordinary differences between clocks don't prevent other clients from taking over.
 * </ul>
 *
 * Each is 1 ms to 24 h.
 *
 * @param ttl T: how long a session lives without a heartbeat
 * @param heartbeat H: the time between two heartbeats
 * @param attemptTimeout Q: the time budget of one attempt to reach the store, including connecting, waiting and executing
 * @param margin M: how long before its session may expire a client stops trusting it
 * @param grace E: how long the other clients wait after a session has expired before they mark it dead
 */
public record Timing(Duration ttl, Duration heartbeat, Duration attemptTimeout, Duration margin, Duration grace) {

    /** A longer time is likely a mistake. No arithmetic on shorter times overflows. */
    static final Duration LONGEST = Duration.ofDays(1);

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** The times that follow from a TTL of 6 s: H 1.5 s, Q 1 s, M 0.5 s, E 0.5 s. */
    public static final Timing DEFAULT = of(Duration.ofSeconds(6));

    public Timing {
        requireInRange("ttl", ttl, SHORTEST);
        requireInRange("heartbeat", heartbeat, SHORTEST);
        requireInRange("attemptTimeout", attemptTimeout, SHORTEST);
        requireInRange("margin", margin, SHORTEST);
        requireInRange("grace", grace, SHORTEST);
        requireTimeForHeartbeats(ttl, heartbeat, attemptTimeout, margin);
        requireTimeForClocks(ttl, margin, grace);
    }

    /**
     * Derives all times from the TTL: heartbeat T/4, attempt timeout T/6, margin T/12 and grace T/12.
     *
     * @param ttl 12 ms to 24 h
     * @throws InvalidConfigurationException if the TTL is out of range
     */
    public static Timing of(Duration ttl) {
        return builder(ttl).build();
    }

    /** Returns a builder that derives each time from the TTL, as {@link #of} does, unless it is set. */
    public static Builder builder(Duration ttl) {
        return new Builder(ttl);
    }

    /** Builds a {@link Timing}. Not safe for use by several threads. */
    public static final class Builder {

        private final Duration ttl;
        private @Nullable Duration heartbeat;
        private @Nullable Duration attemptTimeout;
        private @Nullable Duration margin;
        private @Nullable Duration grace;

        private Builder(Duration ttl) {
            this.ttl = Objects.requireNonNull(ttl, "ttl");
        }

        /** Sets the time between two heartbeats. Default: T/4. */
        public Builder heartbeat(Duration heartbeat) {
            this.heartbeat = Objects.requireNonNull(heartbeat, "heartbeat");
            return this;
        }

        /** Sets the time budget of one attempt to reach the store. Default: T/6. */
        public Builder attemptTimeout(Duration attemptTimeout) {
            this.attemptTimeout = Objects.requireNonNull(attemptTimeout, "attemptTimeout");
            return this;
        }

        /** Sets how long before its session may expire a client stops trusting it. Default: T/12. */
        public Builder margin(Duration margin) {
            this.margin = Objects.requireNonNull(margin, "margin");
            return this;
        }

        /** Sets how long the other clients wait after a session has expired before they mark it dead. Default: T/12. */
        public Builder grace(Duration grace) {
            this.grace = Objects.requireNonNull(grace, "grace");
            return this;
        }

        /**
         * Builds the times.
         *
         * @throws InvalidConfigurationException if a time is out of range, or the times contradict each other
         */
        public Timing build() {
            boolean derived = heartbeat == null || attemptTimeout == null || margin == null || grace == null;
            requireInRange("ttl", ttl, derived ? SHORTEST.multipliedBy(12) : SHORTEST);
            return new Timing(
                    ttl,
                    heartbeat != null ? heartbeat : ttl.dividedBy(4),
                    attemptTimeout != null ? attemptTimeout : ttl.dividedBy(6),
                    margin != null ? margin : ttl.dividedBy(12),
                    grace != null ? grace : ttl.dividedBy(12));
        }
    }

    private static void requireTimeForHeartbeats(
            Duration ttl, Duration heartbeat, Duration attemptTimeout, Duration margin) {
        Duration heartbeats = heartbeat.multipliedBy(3);
        Duration attempts = heartbeat.plus(attemptTimeout.multipliedBy(2)).plus(margin);
        Duration least = heartbeats.compareTo(attempts) > 0 ? heartbeats : attempts;
        if (heartbeats.compareTo(ttl) > 0) {
            throw new InvalidConfigurationException(
                    "heartbeat <= ttl / 3 does not hold: heartbeat is %s ms, ttl is %s ms, ttl / 3 is %s ms."
                            .formatted(millis(heartbeat), millis(ttl), millis(ttl.dividedBy(3))),
                    "Lengthen ttl to at least %s ms or shorten heartbeat.".formatted(millis(least)),
                    "ttl",
                    "heartbeat");
        }
        if (attempts.compareTo(ttl) > 0) {
            throw new InvalidConfigurationException(
                    ("heartbeat + 2 * attemptTimeout + margin <= ttl does not hold: %s ms + 2 * %s ms + %s ms = %s ms, "
                                    + "ttl is %s ms.")
                            .formatted(
                                    millis(heartbeat),
                                    millis(attemptTimeout),
                                    millis(margin),
                                    millis(attempts),
                                    millis(ttl)),
                    "Lengthen ttl to at least %s ms or shorten the others.".formatted(millis(least)),
                    "ttl",
                    "heartbeat",
                    "attemptTimeout",
                    "margin");
        }
    }

    private static void requireTimeForClocks(Duration ttl, Duration margin, Duration grace) {
        Duration slack = margin.plus(grace);
        if (slack.multipliedBy(10).compareTo(ttl) < 0) {
            throw new InvalidConfigurationException(
                    "margin + grace >= ttl / 10 does not hold: %s ms + %s ms = %s ms, ttl is %s ms, ttl / 10 is %s ms."
                            .formatted(
                                    millis(margin),
                                    millis(grace),
                                    millis(slack),
                                    millis(ttl),
                                    millis(ttl.dividedBy(10))),
                    ("Leave margin and grace unset, lengthen them, or shorten ttl to at most %s ms. With less, clocks that "
                                    + "run at different rates could make two owners of one partition.")
                            .formatted(millis(slack.multipliedBy(10))),
                    "margin",
                    "grace",
                    "ttl");
        }
        if (grace.multipliedBy(60).compareTo(ttl) < 0) {
            throw new InvalidConfigurationException(
                    "grace >= ttl / 60 does not hold: grace is %s ms, ttl is %s ms, ttl / 60 is %s ms."
                            .formatted(millis(grace), millis(ttl), millis(ttl.dividedBy(60))),
                    "Leave grace unset, lengthen it, or shorten ttl to at most %s ms."
                            .formatted(millis(grace.multipliedBy(60))),
                    "grace",
                    "ttl");
        }
    }

    /**
     * Returns by how much the rates of two clocks may differ before two clients could trust the same partition, as a fraction:
     * 0.1 is 10 %. The trust lasts {@code ttl - margin}, and the next owner follows {@code margin + grace} after its end, so
     * the result is {@code (margin + grace) / (ttl - margin)}. For times that are derived from the TTL, it is 0.18.
     */
    public double toleratedClockRate() {
        return (double) margin.plus(grace).toNanos() / trust().toNanos();
    }

    /** Returns the time from sending a heartbeat to the trust deadline: {@code ttl - margin}. */
    public Duration trust() {
        return ttl.minus(margin);
    }

    /** Throws if a time is shorter than the given one or longer than {@link #LONGEST}. */
    static void requireInRange(String setting, Duration value, Duration shortest) {
        if (value.compareTo(shortest) < 0) {
            throw new InvalidConfigurationException(
                    "%s is %s, but must be at least %s ms.".formatted(setting, value, millis(shortest)),
                    "Set a longer time.",
                    setting);
        }
        if (value.compareTo(LONGEST) > 0) {
            throw new InvalidConfigurationException(
                    "%s is %s, but may be at most %s ms (24 h).".formatted(setting, value, millis(LONGEST)),
                    "Set a shorter time.",
                    setting);
        }
    }

    /** Formats a time with all digits, so that values that differ look different. */
    private static String millis(Duration value) {
        return BigDecimal.valueOf(value.toNanos(), 6).stripTrailingZeros().toPlainString();
    }
}
