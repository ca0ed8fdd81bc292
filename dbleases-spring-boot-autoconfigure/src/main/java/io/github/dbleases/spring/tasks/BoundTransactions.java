package io.github.dbleases.spring.tasks;

import io.github.dbleases.TaskQueueException;
import io.github.dbleases.tasks.TaskTransactions;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Transactions of an application, in which the connections of the queue have to take part: each transaction is looked at,
 * as one without them would commit the work of a tasker apart from the finish of its tasks.
 */
final class BoundTransactions implements TaskTransactions {

    private final PlatformTransactionManager manager;
    private final String managerName;
    private final @Nullable DataSource dataSource;
    private final RunnerDeclaration runner;

    /**
     * Uses a transaction manager.
     *
     * @param managerName its bean name
     * @param dataSource that of the queue, null if it is not known
     */
    BoundTransactions(
            PlatformTransactionManager manager,
            String managerName,
            @Nullable DataSource dataSource,
            RunnerDeclaration runner) {
        this.manager = manager;
        this.managerName = managerName;
        this.dataSource = dataSource;
        this.runner = runner;
    }

    @Override
    public <R> R call(Callable<R> work) throws Exception {
        DefaultTransactionDefinition definition =
                new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        definition.setName("dbleases runner " + runner.name());
        TransactionStatus transaction = manager.getTransaction(definition);
        R result;
        try {
            requireConnectionOfQueue();
            result = work.call();
        } catch (Throwable failure) {
            rollBack(transaction, failure);
            throw failure;
        }
        manager.commit(transaction);
        return result;
    }

    /**
     * Begins a transaction, to see whether it is right.
     *
     * @throws RefusedTaskRunnerException if it is not
     * @throws TaskQueueException if none can be begun at the moment
     */
    void check() {
        try {
            call(() -> "");
        } catch (RefusedTaskRunnerException wrong) {
            throw wrong;
        } catch (Exception unanswered) {
            throw new TaskQueueException(
                    "No transaction could be begun with '%s' for the runner '%s'."
                            .formatted(managerName, runner.name()),
                    unanswered);
        }
    }

    private void requireConnectionOfQueue() {
        if (dataSource != null && !TransactionSynchronizationManager.hasResource(dataSource)) {
            throw new RefusedTaskRunnerException(
                    ("Runner '%s' is transactional, but the transactions of '%s' (%s) are not those of the DataSource that "
                                    + "has its table.")
                            .formatted(
                                    runner.name(),
                                    managerName,
                                    manager.getClass().getName()),
                    "Define a PlatformTransactionManager for that DataSource, for example a JdbcTransactionManager, or a "
                            + "JpaTransactionManager that has it, give it @Qualifier(\"%s\") if there are several, or set %s=false."
                                    .formatted(runner.name(), runner.property("transactional")));
        }
    }

    private void rollBack(TransactionStatus transaction, Throwable failure) {
        try {
            manager.rollback(transaction);
        } catch (RuntimeException | Error notRolledBack) {
            failure.addSuppressed(notRolledBack);
        }
    }
}
