package io.github.dbleases.internal.tasks;

import static io.github.dbleases.internal.tasks.Steps.SESSION;
import static io.github.dbleases.internal.tasks.Steps.config;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.BatchFailedException;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskFailure.Verdict;
import io.github.dbleases.TaskGivenUpException;
import io.github.dbleases.TaskPostponedException;
import io.github.dbleases.Tasker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a failure does to its task, and what it does not do to others, step by step. */
class RunnerFailureTests {

    private final MemoryQueue queue = new MemoryQueue();

    @Test
    void aFailedTaskIsFreeInTheQueueAgain() {
        Steps steps = new Steps(config(4, 4), queue.with(1), tasks -> {
            throw new IllegalStateException("No address");
        });

        steps.run();

        assertThat(queue.row(1).session()).isNull();
        assertThat(queue.row(1).attempts()).isOne();
        assertThat(queue.row(1).error()).isEqualTo("java.lang.IllegalStateException: No address");
        assertThat(steps.held()).isZero();
        assertThat(steps.reporter.failed()).isOne();
        assertThat(steps.listener.failed).singleElement().satisfies(failure -> {
            assertThat(failure.task()).isEqualTo("task 1");
            assertThat(failure.verdict()).isEqualTo(Verdict.RETRY);
            assertThat(failure.cause()).hasMessage("No address");
        });
    }

    @Test
    void theDelayGrowsWithTheFailuresOfTheTaskAndSuccessesOfOthersDoNotResetIt() {
        List<Long> tries = new ArrayList<>();
        Steps[] runner = new Steps[1];
        long[] began = new long[1];
        runner[0] = new Steps(config(4, 1), queue.with(1), Tasker.each(task -> {
            if (task.equals("task 1")) {
                tries.add(
                        Duration.ofNanos(runner[0].clock.nanoTime() - began[0]).toSeconds());
                throw new IllegalStateException("planted");
            }
        }));
        began[0] = runner[0].clock.nanoTime();

        for (int second = 0; second < 70; second++) {
            queue.with(1);
            runner[0].runFor(Duration.ofSeconds(1));
        }

        // Delays of 1, 2, 4, 8, 16, 32 s within 20 %, and up to an interval until the task is found.
        assertThat(tries).hasSizeBetween(6, 7);
        for (int i = 1; i < tries.size(); i++) {
            assertThat(tries.get(i) - tries.get(i - 1))
                    .isBetween((long) (0.8 * (1 << (i - 1))) - 1, (long) (1.2 * (1 << (i - 1)) + 2.2));
        }
    }

    @Test
    void aBatchThatThrowsIsTriedTaskByTaskAndTheNeighborsAreDoneAtMostTwice() {
        List<String> worked = new ArrayList<>();
        Steps steps = new Steps(config(16, 16), queue.with(16), tasks -> {
            worked.addAll(tasks);
            if (tasks.contains("task 16")) {
                throw new IllegalStateException("16 fails");
            }
            return tasks;
        });

        steps.run();

        assertThat(queue.finished().values()).containsOnlyOnce(0).contains(1);
        assertThat(worked).hasSize(32);
        assertThat(queue.row(16).attempts()).isOne();
        assertThat(queue.row(16).error()).contains("16 fails");
        assertThat(steps.listener.causes()).hasSize(1);
        assertThat(steps.listener.errors).hasSize(1);
        assertThat(steps.listener.concerned).hasSize(16);
    }

    @Test
    void tasksThatATaskerNamesAreNotRepeated() {
        List<String> worked = new ArrayList<>();
        Steps steps = new Steps(config(4, 4), queue.with(4), tasks -> {
            worked.addAll(tasks);
            if (tasks.size() == 4) {
                throw new BatchFailedException(tasks.subList(0, 2))
                        .failed(tasks.get(2), new IllegalStateException("No address"));
            }
            return tasks;
        });

        steps.run();

        assertThat(worked).containsExactly("task 1", "task 2", "task 3", "task 4", "task 4");
        assertThat(queue.finished().values()).containsExactly(1, 1, 0, 1);
        assertThat(queue.row(3).error()).contains("No address");
        assertThat(queue.row(4).attempts()).isZero();
    }

    @Test
    void aTaskerThatTakesOneTaskAtATimeGivesEachItsOwnOutcome() {
        List<String> worked = new ArrayList<>();
        Steps steps = new Steps(config(8, 8), queue.with(8), Tasker.each(task -> {
            worked.add(task);
            if (task.equals("task 3")) {
                throw new IllegalStateException("No address");
            }
        }));

        steps.run();

        assertThat(worked).hasSize(8);
        assertThat(queue.row(3).attempts()).isOne();
        assertThat(steps.completed()).isEqualTo(7);
    }

    @Test
    void postponingATaskIsNoFailure() {
        int[] calls = new int[1];
        Steps steps = new Steps(config(1, 1), queue.with(1).withMaxAttempts(1), Tasker.each(task -> {
            if (calls[0]++ == 0) {
                throw new TaskPostponedException(Duration.ofMinutes(5));
            }
        }));

        steps.run().runFor(Duration.ofSeconds(299));
        assertThat(calls[0]).isOne();
        assertThat(queue.row(1).attempts()).isZero();
        assertThat(steps.reporter.failed()).isZero();
        steps.runFor(Duration.ofSeconds(3));

        assertThat(queue.row(1).finished()).isOne();
    }

    @Test
    void aTaskerCanGiveUpATask() {
        Steps steps = new Steps(config(1, 1), queue.with(1).withMaxAttempts(5), Tasker.each(task -> {
            throw new TaskGivenUpException("There is no such address");
        }));

        steps.run().runFor(Duration.ofMinutes(5));

        assertThat(queue.row(1).isAside()).isTrue();
        assertThat(queue.row(1).attempts()).isOne();
        assertThat(steps.listener.givenUp).containsExactly("task 1");
        assertThat(steps.reporter.givenUp()).isOne();
    }

    @Test
    void afterItsLastAttemptATaskIsGivenUp() {
        Steps steps = new Steps(config(4, 4), queue.with(3).withMaxAttempts(3), tasks -> {
            if (tasks.contains("task 2")) {
                throw new IllegalStateException("2 fails");
            }
            return tasks;
        });

        steps.run().runFor(Duration.ofMinutes(1));

        assertThat(queue.row(2).isAside()).isTrue();
        assertThat(queue.row(2).attempts()).isEqualTo(3);
        assertThat(steps.listener.givenUp).containsExactly("task 2");
        assertThat(steps.reporter.givenUp()).isOne();
        assertThat(steps.reporter.failed()).isEqualTo(3);
        assertThat(steps.reporter.retried()).isGreaterThanOrEqualTo(2);
        assertThat(steps.completed()).isEqualTo(2);
        assertThat(steps.held()).isZero();
    }

    @Test
    void aRetrySeesWhatChangedInTheRowMeanwhile() {
        List<String> worked = new ArrayList<>();
        Steps steps = new Steps(config(4, 1), queue.with(3), Tasker.each(task -> {
            worked.add(task);
            throw new IllegalStateException("planted");
        }));
        steps.run();

        queue.cancel(1);
        queue.change(2, "corrected");
        // Two probes, the second after twice the delay, both up to 20 % late.
        steps.runFor(Duration.ofSeconds(4));

        assertThat(worked.subList(3, worked.size()))
                .contains("corrected", "task 3")
                .doesNotContain("task 1", "task 2");
    }

    @ParameterizedTest
    @ValueSource(longs = {29, 42, 50, 68, 94, 109, 153, 227, 233})
    void fifteenHundredFailingTasksDoNotKeepOthersWaiting(long seed) {
        Steps steps = new Steps(
                config(100, 100),
                queue.with(1_500),
                tasks -> {
                    if (tasks.stream().anyMatch(task -> Integer.parseInt(task.substring(5)) <= 1_500)) {
                        throw new IllegalStateException("the first ones fail");
                    }
                    return tasks;
                },
                seed);
        queue.with(3_500);

        steps.run().runFor(Duration.ofSeconds(20));

        assertThat(steps.completed()).isEqualTo(3_500);
    }

    @Test
    void slowFailingTasksGetAQuarterOfTheTime() {
        Steps[] runner = new Steps[1];
        runner[0] = new Steps(config(1, 1), queue.with(5), tasks -> {
            if (Integer.parseInt(tasks.get(0).substring(5)) <= 5) {
                runner[0].clock.pass(Duration.ofSeconds(2));
                throw new IllegalStateException("planted");
            }
            runner[0].clock.pass(Duration.ofMillis(7));
            return tasks;
        });
        queue.with(20_000);
        long began = runner[0].clock.nanoTime();

        while (runner[0].clock.nanoTime() - began < Duration.ofSeconds(60).toNanos()) {
            if (!(runner[0].queue() | runner[0].work())) {
                runner[0].pass(Duration.ofMillis(1));
            }
        }

        // 142 a second without failures. The first attempts take 10 s, because no one knows yet that they fail.
        assertThat(runner[0].completed()).isGreaterThan(60 * 142 / 2);
    }

    @Test
    void anInstanceOnWhichEverythingFailsClaimsLessAndLess() {
        int[] calls = new int[1];
        Steps steps = new Steps(config(100, 1), queue.with(3_000).withMaxAttempts(5), tasks -> {
            calls[0]++;
            throw new IllegalStateException("no network");
        });

        steps.run().runFor(Duration.ofSeconds(10));
        int first = calls[0];
        steps.runFor(Duration.ofMinutes(10));

        assertThat(first).isLessThan(60);
        assertThat(calls[0] - first).isLessThan(120);
        assertThat(queue.heldBy(SESSION)).isZero();
        assertThat(queue.mostAttempts()).isLessThanOrEqualTo(2);
    }

    @Test
    void oneSuccessClosesTheBreaker() {
        boolean[] broken = {true};
        Steps steps = new Steps(config(100, 1), queue.with(3_000), Tasker.each(task -> {
            if (broken[0]) {
                throw new IllegalStateException("no network");
            }
        }));
        steps.run().runFor(Duration.ofMinutes(5));
        broken[0] = false;

        steps.runFor(Duration.ofMinutes(3));

        assertThat(queue.finished().values()).containsOnly(1);
    }

    @Test
    void retriesThatAllFailDoNotHoldUpFreshTasks() {
        Steps steps = new Steps(config(10, 1), queue.with(15), Tasker.each(task -> {
            if (Integer.parseInt(task.substring(5)) <= 15) {
                throw new IllegalStateException("poison");
            }
        }));
        steps.run().runFor(Duration.ofMinutes(10));
        queue.with(1);

        steps.runFor(Duration.ofMillis(1_200));

        assertThat(steps.completed()).isOne();
    }

    @Test
    void aRowThatCannotBeMappedHasFailed() {
        queue.unmappable("task 2");
        Steps steps = new Steps(config(4, 4), queue.with(3).withMaxAttempts(2), tasks -> tasks);

        steps.run().runFor(Duration.ofSeconds(5));

        assertThat(steps.completed()).isEqualTo(2);
        assertThat(queue.row(2).attempts()).isEqualTo(2);
        assertThat(queue.row(2).isAside()).isTrue();
        assertThat(steps.held()).isZero();
        assertThat(steps.listener.failed)
                .singleElement()
                .extracting(TaskFailure::id)
                .isEqualTo(2L);
    }
}
