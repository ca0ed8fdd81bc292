package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/**
 * Many random schedules of the {@link Simulation}. {@code -Ddbleases.simulation.schedules=1000000} sets how many;
 * {@code -Ddbleases.simulation.seed=42} runs only the schedule with that seed.
 */
final class Schedules {

    static final int NUMBER = Integer.getInteger("dbleases.simulation.schedules", 2_000);

    private static final String SEED = "dbleases.simulation.seed";

    private Schedules() {}

    /** Returns whether a seed was given, so that only its schedule runs. */
    static boolean isOnlyOne() {
        return Long.getLong(SEED) != null;
    }

    /**
     * Runs schedules and fails if one of them breaks an invariant.
     *
     * @return how often a partition had to have an owner although faults went on elsewhere
     */
    static int check(int schedules, LongFunction<Simulation> schedule) {
        AtomicInteger vacancyChecks = new AtomicInteger();
        Optional<String> failure = seeds(schedules)
                .parallel()
                .mapToObj(seed -> {
                    Simulation simulation = schedule.apply(seed);
                    Optional<String> violation = Optional.ofNullable(simulation.run());
                    vacancyChecks.addAndGet(simulation.vacancyChecks());
                    return violation.map(what -> "-Ddbleases.simulation.seed=%d%n%s".formatted(seed, what));
                })
                .flatMap(Optional::stream)
                .findAny();

        assertThat(failure).isEmpty();
        return vacancyChecks.get();
    }

    private static LongStream seeds(int schedules) {
        Long seed = Long.getLong(SEED);
        return seed != null ? LongStream.of(seed) : new Random(20260101).longs(schedules);
    }
}
