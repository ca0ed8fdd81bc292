package io.github.dbleases.tasks.runner;

import static io.github.dbleases.tasks.runner.Steps.SESSION;
import static io.github.dbleases.tasks.runner.Steps.config;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a runner deals with its tasker, step by step. */
class RunnerTaskerTests {

    private final MemoryQueue queue = new MemoryQueue();

    @Test
    void aTaskThatFailsDoesNotStopTheOthersOfItsBatch() {
        Steps steps = new Steps(config(16, 16), queue.with(16), tasks -> {
            if (tasks.contains("task 5")) {
                throw new IllegalStateException("5 fails");
            }
            return tasks;
        });

        steps.run();

        Map<Long, Integer> finished = queue.finished();
        assertThat(finished.remove(5L)).isZero();
        assertThat(finished.values()).containsOnly(1);
        assertThat(queue.row(5).attempts()).isOne();
        assertThat(queue.finished().keySet().stream()
                        .mapToInt(id -> queue.row(id).attempts())
                        .sum())
                .isOne();
        assertThat(steps.listener.errors).hasSize(5);
    }

    @Test
    void aTaskThatIsNotReturnedIsTriedAgainAfterADelay() {
        List<Integer> batches = new ArrayList<>();
        Steps steps = new Steps(config(4, 4), queue.with(4), tasks -> {
            batches.add(tasks.size());
            return batches.size() == 1 ? tasks.subList(0, 3) : tasks;
        });

        steps.run();
        assertThat(queue.row(4).attempts()).isOne();
        assertThat(queue.row(4).session()).isEqualTo(SESSION);
        steps.pass(Duration.ofMillis(999)).run();
        assertThat(batches).containsExactly(4);
        steps.pass(Duration.ofMillis(1)).run();

        assertThat(batches).containsExactly(4, 1);
        assertThat(queue.finished().values()).containsOnly(1);
    }

    @Test
    void theDelayGrowsUntilABatchSucceeds() {
        List<Long> tries = new ArrayList<>();
        ManualClock[] clock = new ManualClock[1];
        long[] began = new long[1];
        Steps steps = new Steps(config(4, 4), queue.with(1), tasks -> {
            tries.add(Duration.ofNanos(clock[0].nanoTime() - began[0]).toSeconds());
            return tries.size() == 6 ? tasks : List.of();
        });
        clock[0] = steps.clock;
        began[0] = steps.clock.nanoTime();

        steps.run().runFor(Duration.ofSeconds(40));
        assertThat(tries).containsExactly(0L, 1L, 3L, 7L, 15L, 31L);

        queue.with(1);
        steps.runFor(Duration.ofSeconds(5));
        assertThat(tries.subList(7, 9)).allSatisfy(second -> assertThat(second).isLessThan(46L));
    }

    @Test
    void afterItsLastAttemptATaskIsPutAside() {
        Steps steps = new Steps(config(4, 4), queue.with(3).withMaxAttempts(3), tasks -> {
            if (tasks.contains("task 2")) {
                throw new IllegalStateException("2 fails");
            }
            return tasks;
        });

        steps.run().runFor(Duration.ofMinutes(1));

        assertThat(queue.row(2).isAside()).isTrue();
        assertThat(queue.row(2).attempts()).isEqualTo(3);
        assertThat(steps.listener.failed).containsExactly("task 2");
        assertThat(steps.reports.failed()).isOne();
        assertThat(steps.reports.completed()).isEqualTo(2);
        assertThat(steps.desk.waiting()).isZero();
    }

    @Test
    void tasksThatFailDoNotKeepNewOnesOut() {
        Steps steps = new Steps(config(4, 4), queue.with(40), tasks -> {
            if (tasks.stream().anyMatch(task -> Integer.parseInt(task.substring(5)) <= 20)) {
                throw new IllegalStateException("the first ones fail");
            }
            return tasks;
        });

        steps.run();

        assertThat(steps.reports.completed()).isEqualTo(20);
        assertThat(steps.desk.waiting()).isEqualTo(20);
    }

    @Test
    void beyondAThousandTasksThatWaitForAnotherTryNothingIsClaimed() {
        Steps steps = new Steps(config(100, 100), queue.with(3_000), tasks -> List.of());

        steps.run();

        assertThat(queue.heldBy(SESSION)).isEqualTo(1_000);
    }

    @Test
    void foreignTasksAreReportedAndNeverFinished() {
        Steps steps = new Steps(config(2, 2), queue.with(3), tasks -> List.of("task 3", "another"));

        steps.clerk.step();
        steps.worker.step();
        steps.clerk.step();

        assertThat(queue.finished().values()).containsOnly(0);
        assertThat(steps.listener.errors)
                .singleElement()
                .satisfies(error -> assertThat(error)
                        .hasMessage("The tasker has returned 2 tasks that it was not given, such as task 3: they are"
                                + " ignored."));
        assertThat(queue.row(1).attempts()).isOne();
    }

    @Test
    void aTaskerThatReturnsNullHasAccomplishedNothing() {
        Steps steps = new Steps(config(2, 2), queue.with(2), tasks -> null);

        steps.run();

        assertThat(queue.finished().values()).containsOnly(0);
        assertThat(steps.listener.errors)
                .singleElement()
                .satisfies(error -> assertThat(error).hasMessageStartingWith("The tasker has returned null"));
    }

    @Test
    void equalTasksCountOnceForEachTimeTheyAreReturned() {
        queue.add("same");
        queue.add("same");
        queue.add("other");
        Steps steps = new Steps(
                config(3, 3),
                queue,
                tasks -> List.of(new StringBuilder("same").toString(), new StringBuilder("other").toString(), "other"));

        steps.clerk.step();
        steps.worker.step();
        steps.clerk.step();

        assertThat(queue.finished().values()).containsExactly(1, 0, 1);
        assertThat(steps.listener.errors).isEmpty();
    }

    @Test
    void theSameTasksInAnotherOrderAreFinished() {
        Steps steps = new Steps(config(5, 5), queue.with(5), tasks -> {
            List<String> reversed = new ArrayList<>(tasks);
            Collections.reverse(reversed);
            return reversed;
        });

        steps.run();

        assertThat(queue.finished().values()).containsOnly(1);
    }

    @Test
    void aTaskerCannotChangeTheBatch() {
        Steps steps = new Steps(config(5, 5), queue.with(1), tasks -> {
            tasks.clear();
            return List.of();
        });

        steps.run();

        assertThat(steps.listener.errors).singleElement().isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                OutOfMemoryError.class,
                StackOverflowError.class,
                NoClassDefFoundError.class,
                InterruptedException.class
            })
    void whateverATaskerThrowsTheRunnerGoesOn(Class<? extends Throwable> type) throws Exception {
        Throwable thrown = type.getConstructor().newInstance();
        int[] calls = new int[1];
        Steps steps = new Steps(config(1, 1), queue.with(3), tasks -> {
            if (calls[0]++ == 0) {
                sneak(thrown);
            }
            return tasks;
        });

        steps.run().runFor(Duration.ofSeconds(2));

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.listener.errors).containsExactly(thrown);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    void whatAnotherSessionHasTakenIsReportedAsLost() {
        queue.open(99);
        Steps steps = new Steps(config(2, 2), queue.with(2), tasks -> {
            queue.give(1, 99);
            return tasks;
        });

        steps.run();

        assertThat(steps.listener.lost).containsExactly("task 1");
        assertThat(steps.reports.lost()).isOne();
        assertThat(steps.reports.completed()).isOne();
        assertThat(queue.row(1).finished()).isZero();
    }

    @Test
    void aTaskThatFailsAndIsNotHeldAnyMoreIsLostAndNotTriedAgain() {
        int[] calls = new int[1];
        Steps steps = new Steps(config(1, 1), queue.with(1), tasks -> {
            calls[0]++;
            throw new IllegalStateException("planted");
        });
        steps.run();
        queue.open(99);
        queue.give(1, 99);

        steps.runFor(Duration.ofMinutes(10));

        assertThat(calls[0]).isEqualTo(2);
        assertThat(steps.listener.lost).containsExactly("task 1");
        assertThat(steps.desk.waiting()).isZero();
    }

    @Test
    void aTaskThatWasPutAsideByARequestWhoseAnswerWasLostIsNotTriedAgain() {
        int[] calls = new int[1];
        Steps steps = new Steps(config(1, 1), queue.withMaxAttempts(1), tasks -> {
            calls[0]++;
            queue.loseNextReply();
            throw new IllegalStateException("planted");
        });
        queue.with(1);

        steps.runFor(Duration.ofMinutes(10));

        assertThat(queue.row(1).isAside()).isTrue();
        assertThat(calls[0]).isOne();
        assertThat(steps.listener.failed).containsExactly("task 1");
        assertThat(steps.listener.lost).isEmpty();
        assertThat(steps.desk.waiting()).isZero();
    }

    @Test
    void whatAClaimWithoutAnAnswerHasClaimedIsGivenBackAlsoWhenTheRunnerIsBeingStopped() {
        Steps steps = new Steps(config(4, 4), queue.with(4), tasks -> tasks);
        queue.loseNextReply();
        steps.clerk.step();
        assertThat(queue.heldBy(SESSION)).isEqualTo(4);

        steps.close();
        steps.run();

        assertThat(queue.heldBy(SESSION)).isZero();
        assertThat(steps.desk.isEmpty()).isTrue();
    }

    @Test
    void whatAClaimWithoutAnAnswerClaimsOnlyLaterIsGivenBackToo() {
        Steps steps = new Steps(config(4, 4), queue, tasks -> tasks);
        queue.loseNextReply();
        steps.clerk.step();
        steps.runFor(Duration.ofSeconds(10));
        queue.with(1).give(1, SESSION);

        steps.runFor(Duration.ofMinutes(1));

        assertThat(queue.finished().values()).containsOnly(1);
        steps.runFor(Duration.ofMinutes(20));
        assertThat(queue.sweeps()).isEqualTo(3);
    }

    @Test
    void claimsAndBatchesAreTold() {
        Steps steps = new Steps(config(2, 2), queue.with(2), tasks -> tasks);

        steps.clerk.step();
        steps.worker.step();

        assertThat(steps.listener.activities)
                .containsExactly(
                        "claim succeeded for 2",
                        "claim closed by the same",
                        "batch of 2 succeeded for 2",
                        "batch of 2 closed by the same");
    }
}
