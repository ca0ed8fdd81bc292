package io.github.dbleases.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.github.dbleases.ClusterView;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerStatus;
import io.github.dbleases.spring.FakeLeaseClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyscreamer.jsonassert.JSONAssert;
import tools.jackson.databind.json.JsonMapper;

class LeasesEndpointRunnersTests {

    private final FakeLeaseClient client = new FakeLeaseClient();
    private final TaskRunner runner = mock();
    private final LeasesEndpoint endpoint = new LeasesEndpoint(client, () -> List.of(runner));

    @BeforeEach
    void work() {
        when(runner.name()).thenReturn("emails");
        when(runner.status()).thenReturn(new TaskRunnerStatus(3, 2, 5, 1000, 4, 3, 2, 1, Duration.ZERO));
    }

    @Test
    void runnersAreShownWithTheAgeOfTheirOldestTask() throws Exception {
        client.sees(new ClusterView(List.of(), new TreeMap<>()));
        when(runner.oldestPending()).thenReturn(Optional.of(Duration.ofMillis(120)));

        assertRunners("""
                { "emails": { "sessions": 3, "running": 2, "held": 5, "completed": 1000, "failed": 4, "retried": 3,
                              "givenUp": 2, "lost": 1,
                              "oldestPendingMillis": 120 } }
                """);
    }

    @Test
    void withoutATaskThatWaitsItsAgeIsLeftOut() throws Exception {
        client.sees(new ClusterView(List.of(), new TreeMap<>()));
        when(runner.oldestPending()).thenReturn(Optional.empty());

        assertRunners(WITHOUT_AGE);
    }

    @Test
    void aQueueThatDoesNotAnswerLeavesOutTheAge() throws Exception {
        client.sees(new ClusterView(List.of(), new TreeMap<>()));
        when(runner.oldestPending()).thenThrow(new TaskQueueException("no connection", new IllegalStateException()));

        assertRunners(WITHOUT_AGE);
    }

    @Test
    void withoutTheDatabaseNoQueueIsAsked() throws Exception {
        assertRunners(WITHOUT_AGE);
        assertThat(endpoint.leases().error()).isNotNull();
        verify(runner, never()).oldestPending();
    }

    private static final String WITHOUT_AGE = """
            { "emails": { "sessions": 3, "running": 2, "held": 5, "completed": 1000, "failed": 4, "retried": 3,
                              "givenUp": 2, "lost": 1 } }
            """;

    private void assertRunners(String expected) throws Exception {
        String runners =
                JsonMapper.shared().writeValueAsString(endpoint.leases().runners());
        JSONAssert.assertEquals(expected, runners, true);
    }
}
