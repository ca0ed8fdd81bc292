package io.github.dbleases.spring.tasks;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskQueue;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.Tasker;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.tasks.TaskRunners;
import io.github.dbleases.postgres.tasks.TaskTable;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskWork;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties;
import io.github.dbleases.spring.autoconfigure.NamedBeanRegistrar;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Makes the runners that are configured. A runner is bound to its beans when all beans exist: to its tasker, to its queue
 * or table, and to its transactions.
 */
final class TaskRunnerFactory {

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.support.ResourceTransactionManager",
            TaskRunnerFactory.class.getClassLoader());

    private final ConfigurableApplicationContext context;
    private final DbLeasesProperties properties;
    private final ObjectProvider<LeaseClient> client;
    private final ObjectProvider<TaskTables> tables;
    private final ObjectProvider<TaskRunnerListener> listeners;
    private final RunnerBeans beans;

    TaskRunnerFactory(
            ConfigurableApplicationContext context,
            DbLeasesProperties properties,
            ObjectProvider<LeaseClient> client,
            ObjectProvider<TaskTables> tables,
            ObjectProvider<TaskRunnerListener> listeners) {
        this.context = context;
        this.properties = properties;
        this.client = client;
        this.tables = tables;
        this.listeners = listeners;
        this.beans = new RunnerBeans(context.getBeanFactory());
    }

    ManagedTaskRunner create(String name) {
        return new ManagedTaskRunner(name, () -> bound(name), context);
    }

    /** Returns the runner with all that it needs, empty if it is switched off. */
    private Optional<TaskRunner> bound(String name) {
        DbLeasesProperties.Runner configured = properties.requiredRunner(name);
        if (!properties.works(name)) {
            return Optional.empty();
        }
        RunnerDeclaration declared =
                RunnerDeclaration.of(name, configured, Threading.VIRTUAL.isActive(context.getEnvironment()));
        // If there is only one runner, the only tasker and the only queue belong to it, whatever their names.
        boolean alone = properties.runners().size() == 1;
        TaskerBean tasker = tasker(declared, alone);
        Optional<String> queue = queue(declared, alone);
        return Optional.of(
                queue.isPresent()
                        ? onQueue(declared, tasker, queue.get())
                        : onTable(declared, tasker, taskType(declared, tasker)));
    }

    /**
     * The tasker of a runner.
     *
     * @param tasker the bean, which may be a proxy
     * @param type the generic type with which it is declared
     */
    private record TaskerBean(String beanName, Tasker<?> tasker, ResolvableType type) {}

    private TaskerBean tasker(RunnerDeclaration runner, boolean alone) {
        List<String> all = beans.all(Tasker.class);
        String name = beans.oneOf(all, runner, "Tasker")
                .or(() -> alone && all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty())
                .orElseThrow(() -> withoutTasker(runner, all));
        return new TaskerBean(name, beans.get(name, Tasker.class), beans.declaredType(name));
    }

    private static InvalidConfigurationException withoutTasker(RunnerDeclaration runner, List<String> found) {
        String beanName = NamedBeanRegistrar.beanName(runner.name(), "Tasker");
        if (found.size() > 1) {
            return new InvalidConfigurationException(
                    "Runner '%s' has several Tasker beans that could be its own: %s."
                            .formatted(
                                    runner.name(),
                                    RunnerBeans.quoted(found.stream().sorted().toList())),
                    "Give one of them @Qualifier(\"%s\") or the name '%s', or configure a runner for each."
                            .formatted(runner.name(), beanName));
        }
        return new InvalidConfigurationException(
                "Runner '%s' has no Tasker bean. Tasker beans found: %s."
                        .formatted(runner.name(), RunnerBeans.quoted(found)),
                "Define a bean of type Tasker with @Qualifier(\"%s\") or with the name '%s', or remove the properties %s."
                        .formatted(runner.name(), beanName, runner.property("*")));
    }

    private Optional<String> queue(RunnerDeclaration runner, boolean alone) {
        List<String> all = beans.all(TaskQueue.class);
        Optional<String> queue = beans.oneOf(all, runner, "TaskQueue")
                .or(() -> alone && all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty());
        if (queue.isPresent() && !runner.tableSettings().isEmpty()) {
            List<String> settings =
                    runner.tableSettings().stream().map(runner::property).toList();
            throw new InvalidConfigurationException(
                    "Runner '%s' takes its tasks from the TaskQueue bean '%s', but has settings of a table as well: %s."
                            .formatted(runner.name(), queue.get(), String.join(", ", settings)),
                    "Remove the settings, or the bean.");
        }
        return queue;
    }

    @SuppressWarnings("unchecked")
    private TaskRunner onQueue(RunnerDeclaration runner, TaskerBean tasker, String queue) {
        Class<?> given =
                beans.declaredType(queue).as(TaskQueue.class).getGeneric().resolve();
        Class<?> taken = tasker.type().as(Tasker.class).getGeneric().resolve();
        if (given != null && taken != null && !taken.isAssignableFrom(given)) {
            throw new InvalidConfigurationException(
                    "Runner '%s' has the TaskQueue bean '%s', whose tasks are of type %s, and the Tasker bean '%s' for tasks of type %s."
                            .formatted(runner.name(), queue, given.getName(), tasker.beanName(), taken.getName()),
                    "Declare both with the same type of tasks.");
        }
        TaskChannel<Object> channel = TaskRunners.channel(beans.get(queue, TaskQueue.class));
        return runner(runner, channel, tasker, null);
    }

    private static Class<?> taskType(RunnerDeclaration runner, TaskerBean tasker) {
        Class<?> declared = tasker.type().as(Tasker.class).getGeneric().resolve();
        Class<?> found = declared != null
                ? declared
                : ResolvableType.forClass(AopUtils.getTargetClass(tasker.tasker()))
                        .as(Tasker.class)
                        .getGeneric()
                        .resolve();
        if (found == null) {
            throw new InvalidConfigurationException(
                    "The type of the tasks of runner '%s' cannot be read from the bean '%s', which is declared as %s."
                            .formatted(runner.name(), tasker.beanName(), tasker.type()),
                    ("Declare the bean with the type of its tasks: a class that implements Tasker<Email>, or a method with "
                                    + "@Bean that returns Tasker<Email>, where Email is your type. Or define a TaskQueue bean "
                                    + "with @Qualifier(\"%s\"), which makes the tasks.")
                            .formatted(runner.name()));
        }
        return found;
    }

    private <T> TaskRunner onTable(RunnerDeclaration runner, TaskerBean tasker, Class<T> type) {
        TaskTable table = runner.table();
        if (table == null) {
            throw new InvalidConfigurationException(
                    "Runner '%s' has neither a table nor a TaskQueue bean. TaskQueue beans found: %s."
                            .formatted(runner.name(), RunnerBeans.quoted(beans.all(TaskQueue.class))),
                    "Set %s to the name of the table of its tasks, or define a TaskQueue bean with @Qualifier(\"%s\") or with the name '%s'."
                            .formatted(
                                    runner.property("table"),
                                    runner.name(),
                                    NamedBeanRegistrar.beanName(runner.name(), "TaskQueue")));
        }
        TaskTables available = tables.getIfAvailable();
        if (available == null) {
            throw new InvalidConfigurationException(
                    ("Runner '%s' has the table '%s', but its sessions are not kept in PostgreSQL tables beside it, where "
                                    + "claims could read them.")
                            .formatted(runner.name(), table.name()),
                    ("Use dbleases.store.type=postgres with a DataSource for the database of the table, or remove the settings "
                                    + "of the table and define a TaskQueue bean with @Qualifier(\"%s\").")
                            .formatted(runner.name()));
        }
        return runner(runner, available.channel(runner, table, type), tasker, available.dataSource());
    }

    @SuppressWarnings("unchecked")
    private <T> TaskRunner runner(
            RunnerDeclaration runner, TaskChannel<T> channel, TaskerBean tasker, @Nullable DataSource dataSource) {
        Tasker<T> typed = (Tasker<T>) tasker.tasker();
        TaskWork<T> work;
        if (!runner.transactional()) {
            work = new TaskWork<>(channel, typed, null);
        } else if (TRANSACTIONS) {
            BoundTransactions transactions = BoundTransactions.of(runner, beans, dataSource);
            TaskChannel<T> checked = new CheckedChannel<>(channel, channel, transactions::flush, transactions::check);
            work = new TaskWork<>(checked, typed, transactions);
        } else {
            throw new InvalidConfigurationException(
                    "Runner '%s' is transactional, but spring-tx is not on the class path.".formatted(runner.name()),
                    "Add the dependency org.springframework:spring-tx, or set %s=false."
                            .formatted(runner.property("transactional")));
        }
        LeaseClient found = client.getObject();
        if (!(found instanceof InternalLeaseClient)) {
            throw new InvalidConfigurationException(
                    "Runner '%s' needs the LeaseClient of dbleases, but the LeaseClient bean is a %s."
                            .formatted(runner.name(), found.getClass().getName()),
                    "Set dbleases.tasks.enabled=false, for example in a test, or remove the bean.");
        }
        RunnerListeners told = new RunnerListeners(listeners.orderedStream().toList());
        return TaskRunners.create(runner.config(), found, work, told);
    }
}
