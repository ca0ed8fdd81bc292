package io.github.dbleases.internal.client;

import io.github.dbleases.keyvalue.gcs.FakeGcs;
import io.github.dbleases.keyvalue.gcs.GcsBackend;
import io.github.dbleases.keyvalue.gcs.GcsBackendConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Runs the real engine through some random schedules on Google Cloud Storage over HTTP. */
@Isolated("It uses all processors.")
class GcsSimulationTests {

    @Test
    void noScheduleBreaksAnInvariantOnGoogleCloudStorageThatLosesReplies() {
        try (FakeGcs server = FakeGcs.start()) {
            server.loseReplies(100);
            BackendSchedules.check(number -> new GcsBackend(
                    server.client(),
                    new GcsBackendConfig(FakeGcs.BUCKET, "schedule" + number + "/", Duration.ofSeconds(30))));
        }
    }
}
