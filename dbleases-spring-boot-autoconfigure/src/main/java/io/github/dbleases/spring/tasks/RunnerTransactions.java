package io.github.dbleases.spring.tasks;

import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

/**
 * Chooses the transactions of a transactional runner: those with its qualifier, else those of the DataSource of its
 * table, else the primary or only ones.
 */
final class RunnerTransactions {

    private final RunnerBeans beans;

    RunnerTransactions(RunnerBeans beans) {
        this.beans = beans;
    }

    /**
     * Chooses the transactions of a runner.
     *
     * @param dataSource that of its table, null if a queue of the application gives the tasks
     * @throws RefusedTaskRunnerException if there is no choice
     */
    BoundTransactions of(RunnerDeclaration runner, @Nullable DataSource dataSource) {
        List<String> managers = beans.all(PlatformTransactionManager.class);
        String name = beans.oneOf(managers, runner, "TransactionManager")
                .or(() -> managing(managers, dataSource))
                .or(() -> beans.primaryOf(managers))
                .orElseThrow(() -> missing(runner, managers));
        return new BoundTransactions(beans.get(name, PlatformTransactionManager.class), name, dataSource, runner);
    }

    private Optional<String> managing(List<String> managers, @Nullable DataSource dataSource) {
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

    private static RefusedTaskRunnerException missing(RunnerDeclaration runner, List<String> found) {
        return new RefusedTaskRunnerException(
                "Runner '%s' is transactional, but which transactions it uses is not known. PlatformTransactionManager beans found: %s."
                        .formatted(runner.name(), RunnerBeans.quoted(found)),
                ("Define a PlatformTransactionManager (spring-boot-starter-jdbc and spring-boot-starter-data-jpa configure one), "
                                + "mark one of several with @Primary or @Qualifier(\"%s\"), or set %s=false.")
                        .formatted(runner.name(), runner.property("transactional")));
    }
}
