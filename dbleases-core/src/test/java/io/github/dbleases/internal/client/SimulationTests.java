package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.keyvalue.MapBackend;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Runs the real engine through many random schedules. {@code -Ddbleases.simulation.schedules=1000000} sets the number
 * of schedules, and {@code -Ddbleases.simulation.seed=42} repeats one.
 */
class SimulationTests {

    private static final String SEED = "dbleases.simulation.seed";
    private static final int ENOUGH = 2_000;
    private static final int SCHEDULES = Integer.getInteger("dbleases.simulation.schedules", 2_000);

    @Test
    void noScheduleBreaksAnInvariant() {
        int vacancyChecks = check(SCHEDULES, seed -> new Simulation(seed, SimDatabase::new));

        assertThat(SCHEDULES < ENOUGH || Long.getLong(SEED) != null || vacancyChecks > 0)
                .as("schedules calm enough for a bound on the time without an owner")
                .isTrue();
    }

    @Test
    void noScheduleBreaksAnInvariantOnAKeyValueStore() {
        check(SCHEDULES / 8, seed -> new Simulation(seed, world -> new SimKeyValue(world, new MapBackend())));
    }

    @Test
    void noErrorInAnyMethodOfTheEngineBreaksAnInvariant() {
        try (Interruptions.Installed installed = Interruptions.install()) {
            check(SCHEDULES / 8, seed -> new Simulation(seed, interrupted(new Random(~seed)), SimDatabase::new));
        }
    }

    private static SimConditions interrupted(Random random) {
        return SimConditions.draw(random).withInterruptions(0.01 * Math.pow(random.nextDouble(), 3));
    }

    /** Returns how often the check required an owner while faults happened elsewhere. */
    private static int check(int schedules, LongFunction<Simulation> schedule) {
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
