package io.github.dbleases.spring.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerListener.Activity;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObservedTasksTests {

    private final TestObservationRegistry registry = TestObservationRegistry.create();
    private final ObservedTasks observed = new ObservedTasks(registry);
    private final TaskRunner runner = mock();

    @BeforeEach
    void name() {
        when(runner.name()).thenReturn("emails");
    }

    @Test
    void aClaimTellsForWhomAndHowManyTasks() {
        try (Activity claim = observed.onClaim(runner, 42)) {
            claim.succeeded(7);
        }

        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasNameEqualTo("dbleases.tasks.claim")
                .hasContextualNameEqualTo("claim emails")
                .hasLowCardinalityKeyValue("runner", "emails")
                .hasLowCardinalityKeyValue("outcome", "claimed")
                .hasHighCardinalityKeyValue("session", "42")
                .hasHighCardinalityKeyValue("tasks", "7")
                .hasBeenStopped();
    }

    @Test
    void aClaimOfNothingIsEmpty() {
        try (Activity claim = observed.onClaim(runner, 42)) {
            claim.succeeded(0);
        }

        outcomeIs("empty");
    }

    @Test
    void aBatchTellsHowManyTasksWereAccomplished() {
        try (Activity batch = observed.onBatch(runner, 42, List.of("a", "b"))) {
            batch.succeeded(1);
        }

        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasNameEqualTo("dbleases.tasks.batch")
                .hasContextualNameEqualTo("work on emails")
                .hasLowCardinalityKeyValue("outcome", "partial")
                .hasHighCardinalityKeyValue("tasks", "2")
                .hasHighCardinalityKeyValue("accomplished", "1")
                .hasBeenStopped();
    }

    @Test
    void aBatchOfWhichAllIsDoneIsAccomplished() {
        try (Activity batch = observed.onBatch(runner, 42, List.of("a", "b"))) {
            batch.succeeded(2);
        }

        outcomeIs("accomplished");
    }

    @Test
    void aFailureIsAnErrorOfTheObservation() {
        IllegalStateException failure = new IllegalStateException("no");
        try (Activity batch = observed.onBatch(runner, 42, List.of("a"))) {
            batch.failed(failure);
        }

        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasLowCardinalityKeyValue("outcome", "error")
                .hasError(failure);
    }

    @Test
    void whatTheTaskerDoesIsObservedInsideItsBatch() {
        try (Activity batch = observed.onBatch(runner, 42, List.of("a"))) {
            assertThat(registry.getCurrentObservation()).isNotNull();
            batch.succeeded(1);
        }

        assertThat(registry.getCurrentObservation()).isNull();
    }

    @Test
    void lostTasksAndThoseGivenUpAreEvents() {
        try (Activity claim = observed.onClaim(runner, 42)) {
            observed.onLost(runner, List.of("a"));
            observed.onGivenUp(runner, List.of(failure()));
            claim.succeeded(0);
        }

        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasEvent("lost")
                .hasEvent("given-up");
    }

    @Test
    void whatIsLostOutsideOfAClaimIsAnObservationOfItsOwn() {
        observed.onLost(runner, List.of("a", "b"));

        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasNameEqualTo("dbleases.tasks.report")
                .hasLowCardinalityKeyValue("runner", "emails")
                .hasLowCardinalityKeyValue("outcome", "lost")
                .hasHighCardinalityKeyValue("tasks", "2")
                .hasEvent("lost")
                .hasBeenStopped();
    }

    private void outcomeIs(String outcome) {
        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasLowCardinalityKeyValue("outcome", outcome);
    }

    private static TaskFailure<?> failure() {
        return new TaskFailure<>(1L, "b", new IllegalStateException(), TaskFailure.Verdict.GIVE_UP, Duration.ZERO);
    }
}
