package io.github.dbleases.internal.tasks;

import static io.github.dbleases.internal.tasks.Steps.config;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long tasks have been due: until they begin, and the oldest of those that a runner knows. */
class TaskAgeTests {

    private final MemoryQueue queue = new MemoryQueue();

    @Test
    void aTaskHasWaitedFromWhenItWasDueUntilItBegins() {
        Steps steps = new Steps(config(2, 1), queue.withAges(), tasks -> tasks);
        queue.with(2);
        steps.pass(Duration.ofSeconds(10)).queue();

        steps.pass(Duration.ofSeconds(1)).work();
        steps.pass(Duration.ofSeconds(1)).work();
        steps.queue();
        steps.work();

        assertThat(steps.listener.waits).containsExactly(Duration.ofSeconds(11), Duration.ofSeconds(12));
    }

    @Test
    void aTaskThatIsTriedAloneAfterItsBatchHasThrownBeginsOnlyOnce() {
        List<Integer> batches = new ArrayList<>();
        Steps steps = new Steps(config(3, 3), queue.withAges(), tasks -> {
            batches.add(tasks.size());
            if (tasks.size() > 1) {
                throw new IllegalStateException("batch");
            }
            return tasks;
        });
        queue.with(3);

        steps.run();

        assertThat(batches).containsExactly(3, 1, 1, 1);
        assertThat(steps.listener.waits).hasSize(3);
    }

    @Test
    void aTaskThatIsTriedAgainLaterHasWaitedSinceItWasDueAgain() {
        List<String> attempts = new ArrayList<>();
        Steps steps = new Steps(config(1, 1), queue.withAges(), tasks -> {
            attempts.addAll(tasks);
            if (attempts.size() == 1) {
                throw new IllegalStateException("first attempt");
            }
            return tasks;
        });
        queue.with(1);
        steps.pass(Duration.ofHours(1)).run();

        steps.runFor(Duration.ofSeconds(10));

        assertThat(attempts).hasSize(2);
        assertThat(steps.listener.waits).hasSize(2);
        assertThat(steps.listener.waits.get(0)).isEqualTo(Duration.ofHours(1));
        assertThat(steps.listener.waits.get(1)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void theOldestTaskAgesWhileItIsReadyAndInProgress() {
        List<Duration> ages = new ArrayList<>();
        Steps[] runner = new Steps[1];
        runner[0] = new Steps(config(2, 1), queue.withAges(), tasks -> {
            runner[0].pass(Duration.ofMinutes(5));
            ages.add(oldest(runner[0]));
            return tasks;
        });
        Steps steps = runner[0];
        queue.with(1);
        steps.pass(Duration.ofMinutes(1));
        assertThat(oldest(steps)).isZero();

        steps.queue();
        assertThat(oldest(steps)).isEqualTo(Duration.ofMinutes(1));
        steps.pass(Duration.ofMinutes(1));
        assertThat(oldest(steps)).isEqualTo(Duration.ofMinutes(2));
        steps.work();
        assertThat(ages).containsExactly(Duration.ofMinutes(7));
    }

    @Test
    void theOldestTaskOfTheLastClaimCountsUntilTheNextClaim() {
        Steps steps = new Steps(config(1, 1), queue.withAges(), tasks -> tasks);
        queue.with(2);
        steps.pass(Duration.ofMinutes(1)).queue();
        steps.work();

        int inFlight = steps.run.state().call(RunnerState::tasksInFlight);
        assertThat(inFlight).isZero();
        assertThat(oldest(steps)).isEqualTo(Duration.ofMinutes(1));

        steps.run();
        assertThat(queue.pending()).isZero();
        steps.runFor(Duration.ofSeconds(3));
        assertThat(oldest(steps)).isZero();
    }

    @Test
    void aRunnerThatMayNotBeginTasksKnowsOfNone() {
        Steps steps = new Steps(config(10, 1), queue.withAges(), tasks -> tasks);
        queue.with(10);
        steps.pass(Duration.ofMinutes(1)).queue();
        assertThat(oldest(steps)).isEqualTo(Duration.ofMinutes(1));

        steps.session.drain(true);
        steps.run();

        assertThat(oldest(steps)).isZero();
    }

    @Test
    void theAgeIsUnknownIfTheQueueDoesNotKnowSinceWhenTasksAreDue() {
        Steps steps = new Steps(config(10, 1), queue.with(10), tasks -> tasks);
        steps.pass(Duration.ofMinutes(1)).queue();
        steps.work();

        assertThat(oldest(steps)).isZero();
        assertThat(steps.listener.waits).isEmpty();
    }

    private static Duration oldest(Steps steps) {
        return steps.run.state().call(state -> state.oldestAge(steps.clock.nanoTime()));
    }
}
