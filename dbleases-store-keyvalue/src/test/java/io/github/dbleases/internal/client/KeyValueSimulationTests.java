package io.github.dbleases.internal.client;

import io.github.dbleases.keyvalue.MapBackend;
import io.github.dbleases.keyvalue.file.FileBackend;
import io.github.dbleases.keyvalue.jdbc.Databases;
import io.github.dbleases.keyvalue.jdbc.JdbcBackend;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Runs the real engine on key-value stores: many random schedules in memory, and some on each backend. */
@Isolated("It uses all processors.")
class KeyValueSimulationTests {

    @Test
    void noScheduleBreaksAnInvariantOnAKeyValueStore() {
        Schedules.check(
                Schedules.NUMBER / 8, seed -> new Simulation(seed, world -> new SimKeyValue(world, new MapBackend())));
    }

    @Test
    void noScheduleBreaksAnInvariantOnFiles(@TempDir Path directory) {
        BackendSchedules.check(number -> new FileBackend(directory.resolve("schedule" + number)));
    }

    @Test
    void noScheduleBreaksAnInvariantOnH2() {
        try (JdbcBackend backend = new JdbcBackend(Databases.h2(""), Databases.CONFIG)) {
            BackendSchedules.check(number -> BackendSchedules.emptied(backend));
        }
    }

    @Test
    void noScheduleBreaksAnInvariantOnSqlite(@TempDir Path directory) {
        try (JdbcBackend backend = new JdbcBackend(Databases.sqlite(directory), Databases.CONFIG)) {
            BackendSchedules.check(number -> BackendSchedules.emptied(backend));
        }
    }
}
