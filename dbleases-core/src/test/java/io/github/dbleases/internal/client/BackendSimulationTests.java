package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.file.FileBackend;
import io.github.dbleases.keyvalue.gcs.FakeGcs;
import io.github.dbleases.keyvalue.gcs.GcsBackend;
import io.github.dbleases.keyvalue.gcs.GcsBackendConfig;
import io.github.dbleases.keyvalue.jdbc.Databases;
import io.github.dbleases.keyvalue.jdbc.JdbcBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random schedules on real backends, each on an empty storage. The time of the schedules is virtual, that of the
 * storage real.
 */
class BackendSimulationTests {

    private static final int SCHEDULES = Integer.getInteger("dbleases.simulation.backend-schedules", 2);

    @Test
    void noScheduleBreaksAnInvariantOnFiles(@TempDir Path directory) {
        check(number -> new FileBackend(directory.resolve("schedule" + number)));
    }

    @Test
    void noScheduleBreaksAnInvariantOnH2() {
        try (JdbcBackend backend = new JdbcBackend(Databases.h2(""), Databases.CONFIG)) {
            check(number -> emptied(backend));
        }
    }

    @Test
    void noScheduleBreaksAnInvariantOnSqlite(@TempDir Path directory) {
        try (JdbcBackend backend = new JdbcBackend(Databases.sqlite(directory), Databases.CONFIG)) {
            check(number -> emptied(backend));
        }
    }

    @Test
    void noScheduleBreaksAnInvariantOnGoogleCloudStorageThatLosesReplies() {
        try (FakeGcs server = FakeGcs.start()) {
            server.loseReplies(100);
            check(number -> new GcsBackend(
                    server.client(),
                    new GcsBackendConfig(FakeGcs.BUCKET, "schedule" + number + "/", Duration.ofSeconds(30))));
        }
    }

    private static KeyValueBackend emptied(KeyValueBackend backend) {
        backend.list("").forEach(backend::delete);
        return backend;
    }

    private static void check(IntFunction<KeyValueBackend> backends) {
        Random seeds = new Random(20260102);
        for (int number = 0; number < SCHEDULES; number++) {
            KeyValueBackend backend = backends.apply(number);
            long seed = seeds.nextLong();

            String failure = new Simulation(seed, world -> new SimKeyValue(world, backend)).run();

            assertThat(failure).as("seed %d", seed).isNull();
        }
    }
}
