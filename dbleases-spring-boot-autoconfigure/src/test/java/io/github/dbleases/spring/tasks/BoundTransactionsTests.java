package io.github.dbleases.spring.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskQueue;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.internal.tasks.TaskRunners;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.SimpleTransactionStatus;

/** What a transaction of a runner does beside the work in it. */
class BoundTransactionsTests {

    private final List<String> done = new ArrayList<>();

    /** Such as JPA, which keeps changes back until it is flushed or committed. */
    private final PlatformTransactionManager manager = new PlatformTransactionManager() {
        @Override
        public TransactionStatus getTransaction(TransactionDefinition definition) {
            return new SimpleTransactionStatus() {
                @Override
                public void flush() {
                    done.add("flush");
                }
            };
        }

        @Override
        public void commit(TransactionStatus status) {
            done.add("commit");
        }

        @Override
        public void rollback(TransactionStatus status) {
            done.add("rollback");
        }
    };

    private final BoundTransactions transactions = new BoundTransactions(
            manager, "transactions", null, new RunnerDeclaration(TaskRunnerConfig.of("emails"), null, List.of(), true));

    @Test
    void whatATaskerHasLeftToBeWrittenIsWrittenBeforeItsTasksAreFinished() throws Exception {
        TaskChannel<String> queue = TaskRunners.channel(new Queue());
        TaskChannel<String> line = new CheckedChannel<>(queue, queue, transactions::flush, () -> {});

        transactions.call(() -> {
            done.add("perform");
            return line.finish(7, List.of(new ClaimedTask<>(1, "task", 0)));
        });

        assertThat(done).containsExactly("perform", "flush", "finish", "commit");
    }

    private final class Queue implements TaskQueue<String> {

        @Override
        public List<String> claim(TaskClaim claim) {
            return List.of();
        }

        @Override
        public List<String> finish(long session, List<String> tasks) {
            done.add("finish");
            return List.of();
        }

        @Override
        public void release(long session, List<String> tasks) {}

        @Override
        public boolean fail(long session, TaskFailure<String> failure) {
            return false;
        }
    }

    @Test
    void outsideOfATransactionThereIsNothingToFlush() {
        transactions.flush();

        assertThat(done).isEmpty();
    }
}
