package io.github.dbleases.internal.tasks;

import static io.github.dbleases.internal.tasks.Steps.SESSION;
import static io.github.dbleases.internal.tasks.Steps.config;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.internal.tasks.PendingReports.OutgoingRequest;
import io.github.dbleases.spi.tasks.TaskReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A runner, its queue and its session, step by step. */
class RunnerStepTests {

    private final MemoryQueue queue = new MemoryQueue();

    @Test
    void accomplishedTasksAreFinishedByTheRequestOfTheNextClaim() {
        Steps steps = new Steps(config(100, 100), queue.with(250), tasks -> tasks).run();

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(queue.requests()).hasSize(4);
        assertThat(queue.requests().get(1).finished()).hasSize(100);
        assertThat(queue.requests().get(1).claim()).isNotNull();
        assertThat(steps.reporter.completed()).isEqualTo(250);
    }

    @Test
    void itClaimsABatchForEachIdleThreadUntilItKnowsThePace() {
        Steps steps = new Steps(config(10, 2).toBuilder().threads(3).build(), queue.with(30), tasks -> tasks);

        steps.queue();

        assertThat(queue.heldBy(SESSION)).isEqualTo(6);
    }

    @Test
    void aDrainedRunnerReleasesWhatHasNotBegunAndFinishesWhatIsInProgress() {
        Steps[] runner = new Steps[1];
        runner[0] = new Steps(config(10, 2), queue.with(100), tasks -> {
            runner[0].session.drain(true);
            return tasks;
        });
        Steps steps = runner[0];
        steps.queue();
        steps.pass(Duration.ofMillis(10)).queue();

        steps.run();

        assertThat(queue.heldBy(SESSION)).isZero();
        assertThat(steps.held()).isZero();
        assertThat(steps.completed()).isEqualTo(2);
        steps.runFor(Duration.ofMinutes(2));
        assertThat(queue.pending()).isEqualTo(98);
    }

    @Test
    void aResumedRunnerClaimsAtOnce() {
        Steps steps = new Steps(config(10, 2), queue.with(10), tasks -> tasks);
        steps.session.drain(true);
        steps.runFor(Duration.ofSeconds(5));
        assertThat(queue.pending()).isEqualTo(10);

        steps.session.drain(false);
        steps.run();

        assertThat(queue.pending()).isZero();
    }

    @Test
    void aDrainedRunnerReleasesWhatAClaimWithoutAReplyMayHaveTaken() {
        Steps steps = new Steps(config(10, 2), queue.with(10), tasks -> tasks);
        queue.loseNextReply();
        steps.queue();
        assertThat(queue.heldBy(SESSION)).isPositive();

        steps.session.drain(true);
        steps.runFor(Duration.ofMinutes(2));

        assertThat(queue.heldBy(SESSION)).isZero();
    }

    @Test
    void aFastTaskerFindsTheNextTasksReady() {
        Steps steps = new Steps(config(10, 2), queue.with(100), tasks -> tasks);
        steps.queue();
        steps.work();
        steps.pass(Duration.ofMillis(10));

        steps.queue();

        assertThat(queue.heldBy(SESSION)).isEqualTo(10);
    }

    @Test
    void aRunnerWithASlowTaskerHoldsOnlyWhatIsInFlight() {
        List<Integer> held = new ArrayList<>();
        Steps[] runner = new Steps[1];
        runner[0] = new Steps(config(10, 2), queue.with(20), tasks -> {
            runner[0].clock.pass(Duration.ofMinutes(1));
            runner[0].queue();
            held.add(queue.heldBy(SESSION));
            return tasks;
        });

        runner[0].run();

        assertThat(held.subList(2, 9)).containsOnly(2);
        assertThat(queue.finished().values()).containsOnly(1);
    }

    @Test
    void aClaimThatFoundNothingIsRepeatedAfterTheInterval() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks).run();
        assertThat(queue.requests()).hasSize(1);

        queue.with(1);
        steps.pass(Duration.ofMillis(890)).run();
        assertThat(queue.requests()).hasSize(1);
        steps.pass(Duration.ofMillis(220)).run();
        assertThat(queue.row(1).finished()).isOne();
    }

    @Test
    void aWakeUpMakesItClaimAtOnce() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks).run();
        queue.with(1);
        steps.wake();

        steps.run();

        assertThat(queue.row(1).finished()).isOne();
    }

    @Test
    void aWakeUpDuringAClaimIsNotLost() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks);
        OutgoingRequest<String> claim =
                steps.run.state().observe(state -> state.next(Place.ALONE, steps.clock.nanoTime()));
        TaskReply<String> nothing = queue.exchange(claim.request());
        queue.with(1);
        steps.wake();
        steps.run.state().change(state -> state.answered(claim, nothing, steps.clock.nanoTime()));

        steps.run();

        assertThat(queue.row(1).finished()).isOne();
    }

    @Test
    void afterAShortClaimARunnerClaimsItsFairShareAtMost() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks);
        steps.session.share(2);
        steps.run();
        queue.with(6);
        steps.pass(Duration.ofMillis(1_200));
        steps.queue();

        assertThat(queue.heldBy(SESSION)).isEqualTo(3);
    }

    @Test
    void thePausesGrowWhileTheQueueFails() {
        Steps steps = new Steps(config(10, 10), queue.with(10), tasks -> tasks);
        for (int i = 0; i < 12; i++) {
            queue.failNext();
        }

        steps.run();
        assertThat(queue.exchanges()).isEqualTo(1);
        steps.pass(Duration.ofMillis(1_200)).run();
        assertThat(queue.exchanges()).isEqualTo(1);
        assertThat(queue.sweeps()).isEqualTo(1);
        steps.pass(Duration.ofMillis(1_500)).run();
        assertThat(queue.sweeps()).isEqualTo(1);
        steps.pass(Duration.ofMillis(900)).run();
        assertThat(queue.sweeps()).isEqualTo(2);
        steps.runFor(Duration.ofMinutes(8));

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.listener.errors).hasSize(12).allMatch(TaskQueueException.class::isInstance);
    }

    @Test
    void aFinishThatTookEffectWithoutAReplyIsCompletedAndNotLost() {
        Steps steps = new Steps(config(10, 10), queue.with(10), tasks -> tasks);
        steps.queue();
        steps.work();
        queue.loseNextReply();

        steps.runFor(Duration.ofSeconds(3));

        assertThat(steps.reporter.completed()).isEqualTo(10);
        assertThat(steps.reporter.lost()).isZero();
        assertThat(queue.finished().values()).containsOnly(1);
    }

    @Test
    void aFinishOfAFormerSessionWithoutAReplyIsLost() {
        Steps steps = new Steps(config(10, 10), queue.with(1), tasks -> tasks);
        steps.queue();
        steps.work();
        queue.loseNextReply();
        steps.run();
        steps.session.open(SESSION + 1);

        steps.runFor(Duration.ofSeconds(3));

        assertThat(steps.reporter.lost()).isOne();
    }

    @Test
    void theTasksOfAClaimWithoutAReplyAreReleasedBeforeTheNextClaim() {
        List<String> worked = new ArrayList<>();
        Steps steps = new Steps(config(10, 10), queue.with(10), tasks -> {
            worked.addAll(tasks);
            return tasks;
        });
        queue.loseNextReply();
        steps.run();
        assertThat(queue.heldBy(SESSION)).isEqualTo(10);

        steps.runFor(Duration.ofSeconds(3));

        assertThat(queue.sweeps()).isOne();
        assertThat(worked).hasSize(10);
        assertThat(queue.finished().values()).containsOnly(1);
    }

    @Test
    void aSweepReleasesNoKnownTasks() {
        Steps steps = new Steps(
                config(10, 1).toBuilder().interval(Duration.ofMillis(10)).build(), queue.with(20), tasks -> tasks);
        steps.queue();
        steps.work();
        steps.pass(Duration.ofMillis(10));
        steps.queue();
        for (int i = 0; i < 6; i++) {
            steps.work();
        }
        queue.loseNextReply();
        steps.queue();
        steps.pass(Duration.ofMillis(20));
        steps.queue();
        steps.queue();

        assertThat(queue.sweeps()).isOne();
        assertThat(queue.heldBy(SESSION)).isEqualTo(4);
        steps.runFor(Duration.ofSeconds(2));
        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.completed()).isEqualTo(20);
    }

    @Test
    void noTaskBeginsWhileTheSessionIsNotTrusted() {
        Steps steps = new Steps(config(10, 5), queue.with(10), tasks -> tasks);
        steps.queue();
        steps.session.distrust();
        steps.work();
        steps.run();
        assertThat(queue.finished().values()).containsOnly(0);
        assertThat(queue.heldBy(SESSION)).isEqualTo(5);

        steps.session.trust(SESSION);
        steps.run();

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.reporter.completed()).isEqualTo(10);
    }

    @Test
    void aNewSessionDropsTasksThatHaveNotBegun() {
        List<String> worked = new ArrayList<>();
        Steps steps = new Steps(config(10, 5), queue.with(10), tasks -> {
            worked.addAll(tasks);
            return tasks;
        });
        steps.queue();
        queue.end(SESSION);
        for (long id = 1; id <= 10; id++) {
            queue.give(id, 99);
        }
        queue.open(99);
        steps.session.open(SESSION + 1);

        steps.run();

        assertThat(worked).isEmpty();
    }

    @Test
    void tasksInFlightAreFinishedUnderTheSessionThatClaimedThem() {
        Steps[] runner = new Steps[1];
        runner[0] = new Steps(config(2, 2), queue.with(2), tasks -> {
            queue.give(2, 99);
            runner[0].session.open(SESSION + 1);
            return tasks;
        });

        runner[0].queue();
        runner[0].work();
        runner[0].queue();

        assertThat(queue.requests().get(1).session()).isEqualTo(SESSION);
        assertThat(queue.row(1).finished()).isOne();
        assertThat(queue.row(2).finished()).isZero();
        assertThat(runner[0].listener.lost).containsExactly("task 2");
        assertThat(runner[0].reporter.completed()).isOne();
        assertThat(runner[0].reporter.lost()).isOne();
    }

    @Test
    void aClosingRunnerReleasesTasksThatHaveNotBegun() {
        Steps steps = new Steps(config(10, 5), queue.with(20), tasks -> tasks);
        steps.queue();
        steps.work();
        steps.close();

        steps.run();

        assertThat(queue.heldBy(SESSION)).isZero();
        assertThat(queue.pending()).isEqualTo(15);
        assertThat(steps.isEmpty()).isTrue();
    }

    @Test
    void aTaskThatCannotBeFinishedDoesNotStopTheOthers() {
        queue.refuseToFinish(3);
        Steps steps = new Steps(config(10, 10), queue.with(500), tasks -> tasks);

        steps.run().runFor(Duration.ofMinutes(2));

        assertThat(steps.completed()).isEqualTo(499);
        assertThat(steps.held()).isOne();
        assertThat(steps.listener.errors).hasSizeLessThan(20);
        queue.refuseToFinish(-1);
        steps.runFor(Duration.ofMinutes(2));
        assertThat(queue.finished().values()).containsOnly(1);
    }

    @Test
    void claimsStopWhileFinishesAreRefused() {
        int[] effects = new int[1];
        queue.refuseToFinish(true);
        Steps steps = new Steps(config(10, 10), queue.with(500), tasks -> {
            effects[0] += tasks.size();
            return tasks;
        });

        steps.run().runFor(Duration.ofMinutes(1));

        assertThat(effects[0]).isEqualTo(10);
        assertThat(steps.held()).isEqualTo(10);
        assertThat(queue.heldBy(SESSION)).isEqualTo(10);
        queue.refuseToFinish(false);
        steps.runFor(Duration.ofMinutes(3));
        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(effects[0]).isEqualTo(500);
    }

    @Test
    void aFailureWhoseReplyWasLostCountsOnce() {
        Steps steps = new Steps(config(10, 10), queue.with(1), tasks -> {
            throw new IllegalStateException("planted");
        });
        steps.queue();
        steps.work();
        queue.loseNextReply();

        steps.queue();
        steps.pass(Duration.ofMillis(1_500));
        steps.queue();

        assertThat(queue.row(1).attempts()).isOne();
        assertThat(steps.listener.lost).isEmpty();
    }
}
