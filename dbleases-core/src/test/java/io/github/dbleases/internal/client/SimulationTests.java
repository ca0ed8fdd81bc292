package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.Timing;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the real engine through many random schedules. */
@Isolated("It uses all processors.")
class SimulationTests {

    private static final int ENOUGH = 2_000;

    @Test
    void noScheduleBreaksAnInvariant() {
        int vacancyChecks = Schedules.check(Schedules.NUMBER, seed -> new Simulation(seed, SimDatabase::new));

        assertThat(Schedules.NUMBER < ENOUGH || Schedules.isOnlyOne() || vacancyChecks > 0)
                .as("schedules calm enough for a bound on the time without an owner")
                .isTrue();
    }

    @Test
    void noErrorInAnyMethodOfTheEngineBreaksAnInvariant() {
        try (Interruptions.Installed installed = Interruptions.install()) {
            Schedules.check(
                    Schedules.NUMBER / 8,
                    seed -> new Simulation(seed, interrupted(new Random(~seed)), SimDatabase::new));
        }
    }

    /**
     * Schedules without errors in which a candidate yields until about two minutes after the start: with a long TTL, ten
     * TTLs after a late resignation, or after an earlier one if the clock of the database was set back since.
     */
    @ParameterizedTest
    @ValueSource(longs = {8751543711033499386L, -1956915502390811974L})
    void leadershipsAreBalancedAsSoonAsNoCandidateYields(long seed) {
        Timing slow = Timing.of(Duration.ofSeconds(9));
        SimConditions conditions = new SimConditions(List.of(slow), 1, 0, 0, 0, false);

        assertThat(new Simulation(seed, conditions, SimDatabase::new).run()).isNull();
    }

    @Test
    void anObserverInfluencesNothing() {
        List<Long> seeds = new Random(20261128).longs(40).boxed().toList();

        assertThat(seeds)
                .allSatisfy(seed -> assertThat(new Simulation(seed, SimDatabase::new).runToTheEnd(true))
                        .isEqualTo(new Simulation(seed, SimDatabase::new).runToTheEnd(false)));
    }

    private static SimConditions interrupted(Random random) {
        return SimConditions.draw(random).withInterruptions(0.01 * Math.pow(random.nextDouble(), 3));
    }
}
