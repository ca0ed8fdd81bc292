package io.github.dbleases.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.store.keyvalue.MapBackend;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Runs the real engine through many random schedules. {@code -Ddbleases.simulation.schedules=1000000} runs as many as
 * wished; {@code -Ddbleases.simulation.seed=42} runs one again.
 */
class SimulationTests {

    private static final int SCHEDULES = Integer.getInteger("dbleases.simulation.schedules", 2_000);

    @Test
    void noScheduleBreaksAnInvariant() {
        check(SCHEDULES, SimDatabase::new);
    }

    @Test
    void noScheduleBreaksAnInvariantOnAKeyValueStore() {
        check(SCHEDULES / 8, world -> new SimKeyValue(world, new MapBackend()));
    }

    private static void check(int schedules, Function<SimWorld, SimStorage> storage) {
        Optional<String> failure = seeds(schedules)
                .parallel()
                .mapToObj(seed -> Optional.ofNullable(new Simulation(seed, storage).run())
                        .map(what -> "-Ddbleases.simulation.seed=%d%n%s".formatted(seed, what)))
                .flatMap(Optional::stream)
                .findAny();

        assertThat(failure).isEmpty();
    }

    private static LongStream seeds(int schedules) {
        Long seed = Long.getLong("dbleases.simulation.seed");
        return seed != null ? LongStream.of(seed) : new Random(20260101).longs(schedules);
    }
}
