package io.github.dbleases.internal.tasks;

import static io.github.dbleases.internal.tasks.Steps.config;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.BatchFailedException;
import io.github.dbleases.Tasker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A runner whose tasks are finished in the transaction of its tasker, step by step. */
class RunnerTransactionTests {

    private final MemoryQueue queue = new MemoryQueue();
    private final MemoryTransactions transactions = new MemoryTransactions(queue);

    @Test
    void accomplishedTasksAreFinishedInTheTransaction() {
        Steps steps = new Steps(config(4, 2), queue.with(4), tasks -> tasks, transactions).run();

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.completed()).isEqualTo(4);
        assertThat(queue.requests())
                .allSatisfy(request -> assertThat(request.finished()).isEmpty());
    }

    @Test
    void tasksThatAreNotReturnedAreTriedAgain() {
        int[] calls = new int[1];
        Steps steps = new Steps(
                config(4, 4), queue.with(4), tasks -> calls[0]++ == 0 ? tasks.subList(1, 4) : tasks, transactions);

        steps.run().runFor(Duration.ofSeconds(4));

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(queue.row(1).attempts()).isOne();
        assertThat(steps.completed()).isEqualTo(4);
    }

    @Test
    void aTransactionThatFailsIsTriedAgainTaskByTask() {
        List<Integer> batches = new ArrayList<>();
        Steps steps = new Steps(
                config(4, 4),
                queue.with(4),
                tasks -> {
                    batches.add(tasks.size());
                    return tasks;
                },
                transactions);
        transactions.failNextCommit();

        steps.run();

        assertThat(batches).containsExactly(4, 1, 1, 1, 1);
        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.completed()).isEqualTo(4);
    }

    @Test
    void aTaskThatFailsInABatchOfSingleTasksIsLeftOutAndTheOthersAreDoneAgainTogether() {
        List<String> worked = new ArrayList<>();
        Steps steps = new Steps(
                config(4, 4),
                queue.with(4),
                Tasker.each(task -> {
                    worked.add(task);
                    if (task.equals("task 2")) {
                        throw new IllegalStateException("No address");
                    }
                }),
                transactions);

        steps.run();

        assertThat(worked).containsExactly("task 1", "task 2", "task 1", "task 3", "task 4");
        assertThat(queue.finished().values()).containsExactly(1, 0, 1, 1);
        assertThat(queue.row(2).error()).contains("No address");
        assertThat(queue.row(2).attempts()).isOne();
    }

    @Test
    void aTaskThatATaskerNamesAsFailedIsLeftOutAndTheOthersAreDoneAgain() {
        List<Integer> batches = new ArrayList<>();
        Steps steps = new Steps(
                config(4, 4),
                queue.with(4),
                tasks -> {
                    batches.add(tasks.size());
                    if (tasks.contains("task 2")) {
                        throw new BatchFailedException(List.of(tasks.get(0)))
                                .failed(tasks.get(1), new IllegalStateException("No address"));
                    }
                    return tasks;
                },
                transactions);

        steps.run();

        assertThat(batches).containsExactly(4, 3);
        assertThat(queue.finished().values()).containsExactly(1, 0, 1, 1);
        assertThat(queue.row(2).error()).contains("No address");
    }

    @Test
    void aTaskOfAnotherSessionIsLeftOutAndTheOthersAreDoneAgain() {
        List<Integer> batches = new ArrayList<>();
        Steps steps = new Steps(
                config(4, 4),
                queue.with(4),
                tasks -> {
                    batches.add(tasks.size());
                    queue.open(99);
                    queue.give(2, 99);
                    return tasks;
                },
                transactions);

        steps.run();

        assertThat(batches).containsExactly(4, 3);
        assertThat(queue.finished().values()).containsExactly(1, 0, 1, 1);
        assertThat(steps.listener.lost).containsExactly("task 2");
        assertThat(steps.completed()).isEqualTo(3);
    }

    @Test
    void aCommitWhoseOutcomeIsUnknownCountsOnce() {
        Steps steps = new Steps(config(4, 4), queue.with(4), tasks -> tasks, transactions);
        transactions.loseNextCommit();

        steps.run().runFor(Duration.ofSeconds(3));

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.completed()).isEqualTo(4);
        assertThat(steps.reporter.lost()).isZero();
        assertThat(steps.held()).isZero();
    }

    @Test
    void workThatCannotBeDoneTwiceIsNotTriedForeverIfItsCommitIsUnknown() {
        Set<String> unique = new HashSet<>();
        Steps steps = new Steps(
                config(4, 4),
                queue.with(4),
                tasks -> {
                    if (!unique.addAll(tasks)) {
                        throw new IllegalStateException("duplicate key");
                    }
                    return tasks;
                },
                transactions);
        transactions.loseNextCommit();

        steps.run().runFor(Duration.ofSeconds(3));

        assertThat(steps.completed()).isEqualTo(4);
        assertThat(steps.reporter.lost()).isZero();
        assertThat(steps.held()).isZero();
    }

    @Test
    void aSingleTaskWhoseCommitIsUnknownCountsOnceAfterAnotherAttempt() {
        Steps steps = new Steps(config(1, 1), queue.with(1), tasks -> tasks, transactions);
        transactions.loseNextCommit();

        steps.run().runFor(Duration.ofSeconds(3));

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.completed()).isOne();
        assertThat(steps.reporter.lost()).isZero();
        assertThat(steps.held()).isZero();
    }
}
