package io.github.dbleases.internal.client;

import io.github.dbleases.Timing;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The conditions of a schedule.
 *
 * @param timings the timings from which each process gets one
 * @param heaviest the largest weight of a process
 * @param clockRates how far the rates of two clocks may differ, as a fraction; 0 if all clocks run at the same rate
 * @param errors how often a request of the engine to its environment fails with an {@code Error}
 * @param interruptions how often a method of the engine fails with an {@code Error}, if {@link Interruptions} are
 *     installed
 * @param changingLeases whether leases are resized, and leases with ever new names come and go
 */
record SimConditions(
        List<Timing> timings,
        int heaviest,
        double clockRates,
        double errors,
        double interruptions,
        boolean changingLeases) {

    /** The default timing, equal weights, clocks that run at the same rate, and no errors. */
    static final SimConditions ORDINARY = new SimConditions(List.of(Timing.DEFAULT), 1, 0, 0, 0, false);

    static SimConditions draw(Random random) {
        List<Timing> timings = random.nextDouble() < 0.6
                ? List.of(Timing.DEFAULT)
                : IntStream.range(0, 1 + random.nextInt(3))
                        .mapToObj(i -> timing(random))
                        .toList();
        int heaviest = random.nextDouble() < 0.6 ? 1 : 3;
        double clockRates = random.nextDouble() < 0.5 ? 0 : random.nextDouble() * tolerated(timings);
        double errors = random.nextDouble() < 0.7 ? 0 : 0.02 * Math.pow(random.nextDouble(), 2);
        return new SimConditions(timings, heaviest, clockRates, errors, 0, random.nextDouble() < 0.4);
    }

    /** Returns a copy with the given probability that a method of the engine fails. */
    SimConditions withInterruptions(double probability) {
        return new SimConditions(timings, heaviest, clockRates, errors, probability, changingLeases);
    }

    /** Returns by how much clocks may always differ, including an undetected step of half the grace. */
    private static double tolerated(Collection<Timing> timings) {
        return timings.stream()
                .mapToDouble(timing -> {
                    Duration left = timing.margin().plus(timing.grace().dividedBy(2));
                    return (double) left.toNanos() / timing.trust().toNanos();
                })
                .min()
                .orElseThrow();
    }

    /** Returns timings that the rules allow, most of them near the limits. */
    private static Timing timing(Random random) {
        Duration ttl = between(random, Duration.ofSeconds(3), Duration.ofSeconds(9));
        Duration heartbeat = between(random, ttl.dividedBy(8), ttl.dividedBy(3));
        Duration margin = between(random, ttl.dividedBy(50), ttl.dividedBy(7));
        Duration least = longest(ttl.dividedBy(10).minus(margin).plusNanos(1), ttl.dividedBy(59));
        Duration grace = random.nextBoolean() ? least : between(random, least, longest(least, ttl.dividedBy(6)));
        Duration attempt = ttl.minus(heartbeat).minus(margin).dividedBy(2);
        return new Timing(ttl, heartbeat, between(random, attempt.dividedBy(2), attempt), margin, grace);
    }

    private static Duration between(Random random, Duration least, Duration most) {
        return least.plusNanos((long) (most.minus(least).toNanos() * random.nextDouble()));
    }

    private static Duration longest(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    Timing anyTiming(SimWorld world) {
        return timings.get(world.random().nextInt(timings.size()));
    }

    /** Returns the timing with the longest TTL. */
    Timing slowest() {
        return timings.stream().max(Comparator.comparing(Timing::ttl)).orElseThrow();
    }

    /** Returns the timing with the shortest TTL. */
    Timing fastest() {
        return timings.stream().min(Comparator.comparing(Timing::ttl)).orElseThrow();
    }

    /** Returns the longest grace. */
    Duration longestGrace() {
        return timings.stream()
                .map(Timing::grace)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Returns a random rate for a clock. Two rates differ at most by the clock rates of these conditions. */
    double anyRate(SimWorld world) {
        return clockRates == 0 ? 1 : 1 - clockRates / 2 + world.random().nextDouble() * clockRates * 0.95;
    }

    /** Returns whether the timing is the default and nothing goes wrong in the processes themselves. */
    boolean areOrdinary() {
        return timings.equals(ORDINARY.timings) && clockRates == 0 && errors == 0 && interruptions == 0;
    }

    boolean haveClocksOfDifferentRates() {
        return clockRates > 0;
    }

    boolean areMixed() {
        return timings.size() > 1;
    }
}
