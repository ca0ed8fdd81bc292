package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.keyvalue.KeyValueBackend;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * A few random schedules on a real backend, each with empty storage. The schedules use virtual time, but the storage
 * doesn't. {@code -Ddbleases.simulation.backend-schedules=100} sets their number.
 */
final class BackendSchedules {

    private static final int SCHEDULES = Integer.getInteger("dbleases.simulation.backend-schedules", 2);

    private BackendSchedules() {}

    /** Runs each schedule on the backend that is created for its number. */
    static void check(IntFunction<KeyValueBackend> backends) {
        Random seeds = new Random(20260102);
        for (int number = 0; number < SCHEDULES; number++) {
            KeyValueBackend backend = backends.apply(number);
            long seed = seeds.nextLong();

            String failure = new Simulation(seed, world -> new SimKeyValue(world, backend)).run();

            assertThat(failure).as("seed %d", seed).isNull();
        }
    }

    /** Deletes all documents of a backend and returns it. */
    static KeyValueBackend emptied(KeyValueBackend backend) {
        backend.list("").forEach(backend::delete);
        return backend;
    }
}
