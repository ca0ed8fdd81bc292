package io.github.dbleases.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClientStatus.Failure;
import io.github.dbleases.ClientStatus.OverdueWork;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.spring.FakeLeaseClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LeasesHealthIndicatorTests {

    private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void anActiveClientIsUpWithWhatItOwns() {
        Health health = new LeasesHealthIndicator(new FakeLeaseClient().owns("orders", 8, 1, 2)).health();

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails())
                .containsEntry("state", ClientState.ACTIVE)
                .containsEntry("since", Instant.EPOCH)
                .containsEntry("partitions", 2)
                .containsEntry("leaderships", 0L)
                .doesNotContainKeys("cause", "lastError");
    }

    @Test
    void aClientThatCannotReachTheStoreIsOutOfServiceWithTheCause() {
        Health health = health(ClientState.SUSPENDED, false, "The store cannot be reached: refused", false);

        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails())
                .containsEntry("state", ClientState.SUSPENDED)
                .containsEntry("cause", "The store cannot be reached: refused")
                .containsEntry("lastError", "planted")
                .containsEntry("lastErrorAt", SINCE);
    }

    @Test
    void aClientWithoutASessionIsOutOfService() {
        Health health = health(ClientState.STARTING, false, null, false);

        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails()).containsEntry("cause", "The client has no session yet.");
    }

    @Test
    void aStoreThatIsUnusableUntilItIsChangedIsDown() {
        Health health = health(ClientState.STARTING, false, "The store cannot be reached: lacks rights", true);

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
    }

    @Test
    void aFailureThatIsOverDoesNotMatter() {
        assertThat(health(ClientState.ACTIVE, false, null, true).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void aDrainedClientIsOutOfService() {
        Health health = health(ClientState.ACTIVE, true, null, false);

        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails()).containsEntry("drained", true);
    }

    @Test
    void aClientThatAnOperationHasDrainedSaysSo() {
        LeaseClient client = mock();
        when(client.status()).thenReturn(status(ClientState.ACTIVE, true, true, null, false, List.of()));

        Health health = new LeasesHealthIndicator(client).health();

        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails())
                .containsEntry(
                        "cause", "An operation has drained the client. It stands by until an operation resumes it.");
    }

    @Test
    void overdueWorkIsShownAndChangesNoStatus() {
        LeaseClient client = mock();
        when(client.status())
                .thenReturn(status(
                        ClientState.ACTIVE,
                        false,
                        false,
                        null,
                        false,
                        List.of(new OverdueWork("orders", 7, Duration.ofMinutes(6), "worker-1"))));

        Health health = new LeasesHealthIndicator(client).health();

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails())
                .containsEntry(
                        "overdueWork",
                        List.of(Map.of(
                                "lease", "orders", "partition", 7, "heldForMillis", 360_000L, "thread", "worker-1")));
        assertThat(health(ClientState.ACTIVE, false, null, false).getDetails()).doesNotContainKey("overdueWork");
    }

    @Test
    void theIndicatorCanBeSwitchedOff() {
        ApplicationContextRunner application = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LeasesHealthAutoConfiguration.class))
                .withBean(LeaseClient.class, FakeLeaseClient::new);

        application.run(context -> assertThat(context).hasBean("dbleasesHealthIndicator"));
        application
                .withPropertyValues("management.health.dbleases.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
        application
                .withPropertyValues("dbleases.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
    }

    private static Health health(ClientState state, boolean drained, @Nullable String problem, boolean permanent) {
        LeaseClient client = mock();
        when(client.status()).thenReturn(status(state, drained, false, problem, permanent, List.of()));
        return new LeasesHealthIndicator(client).health();
    }

    private static ClientStatus status(
            ClientState state,
            boolean drained,
            boolean drainRequested,
            @Nullable String problem,
            boolean permanent,
            List<OverdueWork> overdue) {
        return new ClientStatus(
                "here",
                OptionalLong.empty(),
                state,
                SINCE,
                Duration.ofSeconds(6),
                Duration.ofMillis(1500),
                Duration.ZERO,
                drained,
                drainRequested,
                Optional.ofNullable(problem),
                Optional.of(new Failure(SINCE, "planted", permanent)),
                overdue);
    }
}
