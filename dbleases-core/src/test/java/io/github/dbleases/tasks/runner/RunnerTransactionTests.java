package io.github.dbleases.tasks.runner;

import static io.github.dbleases.tasks.runner.Steps.config;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a runner works whose tasks are finished in the transaction of its tasker, step by step. */
class RunnerTransactionTests {

    private final MemoryQueue queue = new MemoryQueue();
    private final MemoryTransactions transactions = new MemoryTransactions(queue);

    @Test
    void whatIsAccomplishedIsFinishedInTheTransaction() {
        Steps steps = new Steps(config(4, 2), queue.with(4), tasks -> tasks, transactions).run();

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.reports.completed()).isEqualTo(4);
        assertThat(queue.requests())
                .allSatisfy(request -> assertThat(request.finished()).isEmpty());
    }

    @Test
    void whatIsNotReturnedIsTriedAgain() {
        int[] calls = new int[1];
        Steps steps = new Steps(
                config(4, 4), queue.with(4), tasks -> calls[0]++ == 0 ? tasks.subList(1, 4) : tasks, transactions);

        steps.run().runFor(Duration.ofSeconds(2));

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(queue.row(1).attempts()).isOne();
        assertThat(steps.reports.completed()).isEqualTo(4);
    }

    @Test
    void aTransactionThatFailsIsTriedAgainInHalves() {
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

        assertThat(batches).containsExactly(4, 2, 2);
        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.reports.completed()).isEqualTo(4);
    }

    @Test
    void whatWasTakenByAnotherSessionIsLeftOutAndTheRestDoneAgain() {
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
        assertThat(steps.reports.completed()).isEqualTo(3);
    }

    @Test
    void aCommitWhoseOutcomeIsUnknownCountsOnce() {
        Steps steps = new Steps(config(4, 4), queue.with(4), tasks -> tasks, transactions);
        transactions.loseNextCommit();

        steps.run().runFor(Duration.ofSeconds(3));

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.reports.completed()).isEqualTo(4);
        assertThat(steps.reports.lost()).isZero();
        assertThat(steps.desk.waiting()).isZero();
    }

    @Test
    void workThatCannotBeDoneTwiceIsNotTriedForEverWhenItsCommitIsUnknown() {
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

        assertThat(steps.reports.completed()).isEqualTo(4);
        assertThat(steps.reports.lost()).isZero();
        assertThat(steps.desk.waiting()).isZero();
    }

    @Test
    void aSingleTaskWhoseCommitIsUnknownCountsOnceAfterAnotherTry() {
        Steps steps = new Steps(config(1, 1), queue.with(1), tasks -> tasks, transactions);
        transactions.loseNextCommit();

        steps.run().runFor(Duration.ofSeconds(3));

        assertThat(queue.finished().values()).containsOnly(1);
        assertThat(steps.reports.completed()).isOne();
        assertThat(steps.reports.lost()).isZero();
        assertThat(steps.desk.waiting()).isZero();
    }
}
