package io.github.dbleases.internal.tasks;

import static io.github.dbleases.internal.tasks.Steps.SESSION;
import static io.github.dbleases.internal.tasks.Steps.config;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A runner and its tasker, step by step. */
class RunnerTaskerTests {

    private final MemoryQueue queue = new MemoryQueue();

    @Test
    void foreignTasksAreReportedAndNeverFinished() {
        Steps steps = new Steps(config(2, 2), queue.with(3), tasks -> List.of("task 3", "another"));

        steps.queue();
        steps.work();
        steps.queue();

        assertThat(queue.finished().values()).containsOnly(0);
        assertThat(steps.listener.errors)
                .singleElement()
                .satisfies(error -> assertThat(error)
                        .hasMessage("The tasker returned 2 tasks that it was not given, such as task 3. They are"
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
                .satisfies(error -> assertThat(error).hasMessageStartingWith("The tasker returned null"));
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

        steps.queue();
        steps.work();
        steps.queue();

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

        assertThat(steps.listener.causes()).singleElement().isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                OutOfMemoryError.class,
                StackOverflowError.class,
                NoClassDefFoundError.class,
                InterruptedException.class
            })
    void whateverATaskerThrowsTheRunnerContinues(Class<? extends Throwable> type) throws Exception {
        Throwable thrown = type.getConstructor().newInstance();
        int[] calls = new int[1];
        Steps steps = new Steps(config(1, 1), queue.with(3), tasks -> {
            if (calls[0]++ == 0) {
                sneak(thrown);
            }
            return tasks;
        });

        steps.run().runFor(Duration.ofSeconds(4));

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.listener.causes()).containsExactly(thrown);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    void aTaskThatAnotherSessionHasTakenIsLost() {
        queue.open(99);
        Steps steps = new Steps(config(2, 2), queue.with(2), tasks -> {
            queue.give(1, 99);
            return tasks;
        });

        steps.run();

        assertThat(steps.listener.lost).containsExactly("task 1");
        assertThat(steps.reporter.lost()).isOne();
        assertThat(steps.reporter.completed()).isOne();
        assertThat(queue.row(1).finished()).isZero();
    }

    @Test
    void aFailedTaskThatAnotherSessionHasTakenIsLost() {
        queue.open(99);
        Steps steps = new Steps(config(1, 1), queue.with(1), tasks -> {
            queue.give(1, 99);
            throw new IllegalStateException("planted");
        });

        steps.run().runFor(Duration.ofMinutes(10));

        assertThat(queue.row(1).attempts()).isZero();
        assertThat(steps.listener.lost).containsExactly("task 1");
    }

    @Test
    void aTaskThatWasGivenUpByARequestWithoutAReplyIsNotTriedAgain() {
        int[] calls = new int[1];
        Steps steps = new Steps(config(1, 1), queue.withMaxAttempts(1), tasks -> {
            calls[0]++;
            queue.loseNextReply();
            throw new IllegalStateException("planted");
        });
        queue.with(1);

        steps.runFor(Duration.ofMinutes(10));

        assertThat(queue.row(1).isAside()).isTrue();
        assertThat(queue.row(1).attempts()).isOne();
        assertThat(calls[0]).isOne();
        assertThat(steps.listener.lost).isEmpty();
    }

    @Test
    void theTasksOfAClaimWithoutAReplyAreReleasedWhileTheRunnerIsStopped() {
        Steps steps = new Steps(config(4, 4), queue.with(4), tasks -> tasks);
        queue.loseNextReply();
        steps.queue();
        assertThat(queue.heldBy(SESSION)).isEqualTo(4);

        steps.close();
        steps.run();

        assertThat(queue.heldBy(SESSION)).isZero();
        assertThat(steps.isEmpty()).isTrue();
    }

    @Test
    void tasksThatAClaimWithoutAReplyTakesLateAreReleased() {
        Steps steps = new Steps(config(4, 4), queue, tasks -> tasks);
        queue.loseNextReply();
        steps.queue();
        steps.runFor(Duration.ofSeconds(10));
        queue.with(1).give(1, SESSION);

        steps.runFor(Duration.ofSeconds(65));

        assertThat(queue.finished().values()).containsOnly(1);
        steps.runFor(Duration.ofMinutes(20));
        assertThat(queue.sweeps()).isEqualTo(3);
    }

    @Test
    void theListenerSeesClaimsAndBatches() {
        Steps steps = new Steps(config(2, 2), queue.with(2), tasks -> tasks);

        steps.queue();
        steps.work();

        assertThat(steps.listener.activities)
                .containsExactly(
                        "claim succeeded for 2",
                        "claim closed by the same",
                        "batch of 2 succeeded for 2",
                        "batch of 2 closed by the same");
    }
}
