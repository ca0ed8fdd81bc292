package io.github.dbleases.spring.tasks;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.spi.tasks.TaskTransactions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

/**
 * Transactions of an application in which the connections of the queue take part. Each transaction is checked, because one
 * without these connections would commit the work of a tasker apart from the finish of its tasks.
 */
final class BoundTransactions implements TaskTransactions {

    /** The transaction of the batch that this thread works on. */
    private static final ThreadLocal<TransactionStatus> CURRENT = new ThreadLocal<>();

    private final PlatformTransactionManager manager;
    private final String managerName;
    private final @Nullable DataSource dataSource;
    private final RunnerDeclaration runner;

    /**
     * Uses a transaction manager.
     *
     * @param managerName its bean name
     * @param dataSource the data source of the queue, null if it is not known
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

    /**
     * Chooses the transactions of a runner: those with its qualifier, else those of the DataSource of its table, else the
     * primary or only ones.
     *
     * @param dataSource the data source of its table, null if a queue of the application gives the tasks
     * @throws InvalidConfigurationException if there is no choice
     */
    static BoundTransactions of(RunnerDeclaration runner, RunnerBeans beans, @Nullable DataSource dataSource) {
        List<String> managers = beans.all(PlatformTransactionManager.class);
        String name = beans.oneOf(managers, runner, "TransactionManager")
                .or(() -> managing(beans, managers, dataSource))
                .or(() -> beans.primaryOf(managers))
                .orElseThrow(() -> new InvalidConfigurationException(
                        "Runner '%s' is transactional, but which transactions it uses is not known. PlatformTransactionManager beans found: %s."
                                .formatted(runner.name(), RunnerBeans.quoted(managers)),
                        ("Define a PlatformTransactionManager (spring-boot-starter-jdbc and spring-boot-starter-data-jpa configure "
                                        + "one), mark one of several with @Primary or @Qualifier(\"%s\"), or set %s=false.")
                                .formatted(runner.name(), runner.property("transactional"))));
        return new BoundTransactions(beans.get(name, PlatformTransactionManager.class), name, dataSource, runner);
    }

    private static Optional<String> managing(
            RunnerBeans beans, List<String> managers, @Nullable DataSource dataSource) {
        if (dataSource == null) {
            return Optional.empty();
        }
        List<String> managing = managers.stream()
                .filter(name -> manages(beans.get(name, PlatformTransactionManager.class), dataSource))
                .toList();
        return managing.size() == 1 ? managing.stream().findFirst() : beans.primaryOf(managing);
    }

    private static boolean manages(PlatformTransactionManager manager, DataSource dataSource) {
        return manager instanceof ResourceTransactionManager resources
                && TransactionSynchronizationUtils.sameResourceFactory(resources, dataSource);
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
     * Writes the changes of a tasker that JPA has not written yet, in the transaction of this thread. Otherwise JPA would
     * write them at the commit: after the finish and, if they are in the row of the task, over it.
     */
    void flush() {
        TransactionStatus transaction = CURRENT.get();
        if (transaction != null) {
            transaction.flush();
        }
    }

    /**
     * Begins a transaction to check it.
     *
     * @throws InvalidConfigurationException if the connections of the queue do not take part in it
     * @throws TaskQueueException if no transaction can be begun at the moment
     */
    void check() {
        try {
            call(() -> "");
        } catch (InvalidConfigurationException wrong) {
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
            throw new InvalidConfigurationException(
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
