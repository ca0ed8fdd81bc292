package io.github.dbleases.testing.await;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Makes {@code await()} poll at once and then less and less often, because many conditions hold within a few milliseconds.
 * It waits longer than Awaitility would, because machines can be busy. The launcher finds this class as a service.
 */
public final class AwaitilityDefaults implements TestExecutionListener {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long FIRST_MILLIS = 5;
    private static final long LONGEST_MILLIS = 100;

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        Awaitility.setDefaultTimeout(PATIENCE);
        Awaitility.setDefaultPollInterval((polls, previous) ->
                Duration.ofMillis(Math.min(LONGEST_MILLIS, Math.max(FIRST_MILLIS, previous.toMillis() * 3 / 2))));
    }
}
