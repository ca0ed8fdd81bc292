package io.github.dbleases.tasks.runner;

import static io.github.dbleases.tasks.runner.Steps.SESSION;
import static io.github.dbleases.tasks.runner.Steps.config;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.TaskQueueException;
import io.github.dbleases.TaskSession.Place;
import io.github.dbleases.tasks.TaskReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a runner deals with its queue and its session, step by step. */
class RunnerStepTests {

    private final MemoryQueue queue = new MemoryQueue();

    @Test
    void whatIsAccomplishedIsFinishedInTheRequestThatClaimsMore() {
        Steps steps = new Steps(config(100, 100), queue.with(250), tasks -> tasks).run();

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(queue.requests()).hasSize(4);
        assertThat(queue.requests().get(1).finished()).hasSize(100);
        assertThat(queue.requests().get(1).claim()).isPresent();
        assertThat(steps.reports.completed()).isEqualTo(250);
    }

    @Test
    void itClaimsWhenThereIsRoomForHalfOfWhatItMayHold() {
        Steps steps = new Steps(config(10, 2), queue.with(30), tasks -> tasks);
        steps.clerk.step();
        for (int batches = 0; batches < 3; batches++) {
            assertThat(queue.requests().stream()
                            .filter(request -> request.claim().isPresent()))
                    .hasSize(1);
            steps.worker.step();
            steps.clerk.step();
        }

        assertThat(queue.requests().get(queue.requests().size() - 1).claim())
                .hasValueSatisfying(claim -> assertThat(claim.limit()).isEqualTo(6));
        assertThat(steps.desk.held()).isEqualTo(10);
    }

    @Test
    void aClaimThatFoundNothingIsRepeatedAfterTheInterval() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks).run();
        assertThat(queue.requests()).hasSize(1);

        queue.with(1);
        steps.pass(Duration.ofMillis(999)).run();
        assertThat(queue.requests()).hasSize(1);
        steps.pass(Duration.ofMillis(1)).run();
        assertThat(queue.row(1).finished()).isOne();
    }

    @Test
    void wakingItMakesItLookAtOnce() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks).run();
        queue.with(1);
        steps.desk.wake(steps.clock.nanoTime());

        steps.run();

        assertThat(queue.row(1).finished()).isOne();
    }

    @Test
    void aWakeUpDuringAClaimIsNotLost() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks);
        steps.shared.observe(desk -> true);
        Errand<String> claim =
                steps.desk.next(Place.ALONE, steps.clock.nanoTime()).orElseThrow();
        TaskReply<String> nothing = queue.exchange(claim.request());
        queue.with(1);
        steps.desk.wake(steps.clock.nanoTime());
        steps.desk.answered(claim, nothing, steps.clock.nanoTime());

        steps.run();

        assertThat(queue.row(1).finished()).isOne();
    }

    @Test
    void afterAShortClaimNoMoreThanTheFairShareIsClaimed() {
        Steps steps = new Steps(config(10, 10), queue, tasks -> tasks);
        steps.session.share(2);
        steps.run();
        queue.with(6);
        steps.pass(Duration.ofSeconds(1));
        steps.clerk.step();

        assertThat(queue.heldBy(SESSION)).isEqualTo(3);
    }

    @Test
    void aQueueThatFailsIsLeftAloneForLongerEachTime() {
        Steps steps = new Steps(config(10, 10), queue.with(10), tasks -> tasks);
        for (int i = 0; i < 12; i++) {
            queue.failNext();
        }

        steps.run();
        assertThat(queue.exchanges()).isEqualTo(1);
        steps.pass(Duration.ofSeconds(1)).run();
        assertThat(queue.exchanges()).isEqualTo(1);
        assertThat(queue.sweeps()).isEqualTo(1);
        steps.pass(Duration.ofSeconds(1)).run();
        assertThat(queue.sweeps()).isEqualTo(1);
        steps.pass(Duration.ofSeconds(1)).run();
        assertThat(queue.sweeps()).isEqualTo(2);
        steps.runFor(Duration.ofMinutes(8));

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.listener.errors).hasSize(12).allMatch(TaskQueueException.class::isInstance);
    }

    @Test
    void whatWasFinishedThoughTheReplyWasLostIsCompletedAndNotLost() {
        Steps steps = new Steps(config(10, 10), queue.with(10), tasks -> tasks);
        steps.clerk.step();
        steps.worker.step();
        queue.loseNextReply();

        steps.runFor(Duration.ofSeconds(3));

        assertThat(steps.reports.completed()).isEqualTo(10);
        assertThat(steps.reports.lost()).isZero();
        assertThat(queue.finished().values()).containsOnly(1);
    }

    @Test
    void whatWasFinishedByALostReplyOfAFormerSessionIsLost() {
        Steps steps = new Steps(config(10, 10), queue.with(1), tasks -> tasks);
        steps.clerk.step();
        steps.worker.step();
        queue.loseNextReply();
        steps.run();
        steps.session.open(SESSION + 1);

        steps.runFor(Duration.ofSeconds(3));

        assertThat(steps.reports.lost()).isOne();
    }

    @Test
    void whatALostReplyHadClaimedIsGivenBackBeforeMoreIsClaimed() {
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
    void whatIsKnownIsNotGivenBack() {
        Steps steps = new Steps(config(10, 1), queue.with(20), tasks -> tasks);
        steps.clerk.step();
        for (int i = 0; i < 5; i++) {
            steps.worker.step();
        }
        queue.loseNextReply();
        steps.clerk.step();
        steps.pass(Duration.ofSeconds(1));
        steps.clerk.step();
        steps.clerk.step();

        assertThat(queue.sweeps()).isOne();
        assertThat(queue.heldBy(SESSION)).isEqualTo(5);
        steps.runFor(Duration.ofSeconds(2));
        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.reports.completed()).isEqualTo(20);
    }

    @Test
    void nothingIsBegunWhileTheSessionIsNotTrusted() {
        Steps steps = new Steps(config(10, 5), queue.with(10), tasks -> tasks);
        steps.clerk.step();
        steps.session.distrust();
        steps.worker.step();
        steps.run();
        assertThat(queue.finished().values()).containsOnly(0);
        assertThat(queue.heldBy(SESSION)).isEqualTo(10);

        steps.session.trust(SESSION);
        steps.run();

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.reports.completed()).isEqualTo(10);
    }

    @Test
    void withAnotherSessionWhatHasNotBegunIsDropped() {
        List<String> worked = new ArrayList<>();
        Steps steps = new Steps(config(10, 5), queue.with(10), tasks -> {
            worked.addAll(tasks);
            return tasks;
        });
        steps.clerk.step();
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
    void whatWasAtWorkUnderAFormerSessionIsFinishedUnderThatOne() {
        Steps[] runner = new Steps[1];
        runner[0] = new Steps(config(2, 2), queue.with(2), tasks -> {
            queue.give(2, 99);
            runner[0].session.open(SESSION + 1);
            return tasks;
        });

        runner[0].clerk.step();
        runner[0].worker.step();
        runner[0].clerk.step();

        assertThat(queue.requests().get(1).session()).isEqualTo(SESSION);
        assertThat(queue.row(1).finished()).isOne();
        assertThat(queue.row(2).finished()).isZero();
        assertThat(runner[0].listener.lost).containsExactly("task 2");
        assertThat(runner[0].reports.completed()).isOne();
        assertThat(runner[0].reports.lost()).isOne();
    }

    @Test
    void whenItClosesWhatHasNotBegunIsGivenBack() {
        Steps steps = new Steps(config(10, 5), queue.with(20), tasks -> tasks);
        steps.clerk.step();
        steps.worker.step();
        steps.close();

        steps.run();

        assertThat(queue.heldBy(SESSION)).isZero();
        assertThat(queue.pending()).isEqualTo(15);
        assertThat(steps.desk.isEmpty()).isTrue();
    }

    @Test
    void aTaskThatCannotBeFinishedStopsNoOthers() {
        queue.refuseToFinish(3);
        Steps steps = new Steps(config(10, 10), queue.with(500), tasks -> tasks);

        steps.run().runFor(Duration.ofMinutes(2));

        assertThat(steps.reports.completed()).isEqualTo(499);
        assertThat(steps.listener.errors).hasSizeLessThan(20);
    }
}
