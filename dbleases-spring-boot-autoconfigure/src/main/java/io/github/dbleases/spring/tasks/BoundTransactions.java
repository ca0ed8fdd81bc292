package io.github.dbleases.spring.tasks;

import io.github.dbleases.TaskQueueException;
import io.github.dbleases.spi.tasks.TaskTransactions;
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

    /** Of the batch at work on this thread. */
    private static final ThreadLocal<TransactionStatus> CURRENT = new ThreadLocal<>();

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
            CURRENT.set(transaction);
            result = work.call();
        } catch (Throwable failure) {
            rollBack(transaction, failure);
            throw failure;
        } finally {
            CURRENT.remove();
        }
        manager.commit(transaction);
        return result;
    }

    /**
     * Writes what a tasker has changed and JPA has not written yet, in the transaction of this thread. Otherwise it would
     * be written at the commit: after the finish, and if it is the row of the task, over it.
     */
    void flush() {
        TransactionStatus transaction = CURRENT.get();
        if (transaction != null) {
            transaction.flush();
        }
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
