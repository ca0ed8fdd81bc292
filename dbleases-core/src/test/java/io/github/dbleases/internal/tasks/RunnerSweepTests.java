package io.github.dbleases.internal.tasks;

import static io.github.dbleases.internal.tasks.Steps.SESSION;
import static io.github.dbleases.internal.tasks.Steps.config;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How a runner releases the tasks of a claim whose reply was lost, step by step. */
class RunnerSweepTests {

    private final MemoryQueue queue = new MemoryQueue();

    @Test
    void whatAnAbandonedClaimTakesLateIsReleasedLater() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks);
        queue.failNext();
        steps.runFor(Duration.ofSeconds(5));
        assertThat(queue.sweeps()).isOne();
        queue.with(2).give(1, SESSION);

        steps.runFor(Duration.ofSeconds(50));
        assertThat(queue.row(2).finished()).isOne();
        assertThat(queue.heldBy(SESSION)).isOne();
        steps.runFor(Duration.ofSeconds(10));

        assertThat(queue.sweeps()).isEqualTo(2);
        assertThat(queue.row(1).finished()).isOne();
        steps.runFor(Duration.ofMinutes(3));
        assertThat(queue.sweeps()).isEqualTo(2);
    }

    @Test
    void outcomesAreReportedWhileSweepsFail() {
        Steps steps = new Steps(config(10, 5), queue.with(20), tasks -> tasks);
        steps.queue();
        steps.work();
        queue.loseNextReply();
        steps.queue();
        queue.refuseToSweep(true);

        steps.runFor(Duration.ofSeconds(20));
        assertThat(steps.completed()).isEqualTo(5);
        queue.refuseToSweep(false);
        steps.runFor(Duration.ofMinutes(2));

        assertThat(queue.finished().values()).containsOnly(1);
    }

    @Test
    void aClosingRunnerReleasesWhatAClaimMayHaveTaken() {
        Steps steps = new Steps(config(10, 10), queue.with(10), tasks -> tasks);
        queue.loseNextReply();
        steps.queue();
        steps.close();
        assertThat(steps.isEmpty()).isFalse();

        steps.runFor(Duration.ofSeconds(1));

        assertThat(queue.heldBy(SESSION)).isZero();
        assertThat(steps.isEmpty()).isTrue();
    }

    @Test
    void aNewSessionDoesNotSweepTheTasksOfTheFormerOne() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks);
        queue.failNext();
        steps.run();
        queue.end(SESSION);
        steps.session.open(SESSION + 1);

        steps.runFor(Duration.ofMinutes(2));

        assertThat(queue.sweeps()).isZero();
    }
}
