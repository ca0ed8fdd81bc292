package io.github.dbleases.spring.tasks;

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
import io.github.dbleases.spring.context.BeanNames;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/** Makes runners of what is declared and of the beans that belong to them. */
public final class RunnerAssembly {

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.support.ResourceTransactionManager",
            RunnerAssembly.class.getClassLoader());

    private final RunnerBeans beans;
    private final LeaseClient client;
    private final Supplier<@Nullable TaskTables> tables;
    private final TaskRunnerListener listener;

    /**
     * Prepares to make runners.
     *
     * @param tables gives null if the application can declare none; not asked while none is declared
     */
    public RunnerAssembly(
            ConfigurableListableBeanFactory beans,
            LeaseClient client,
            Supplier<@Nullable TaskTables> tables,
            TaskRunnerListener listener) {
        this.beans = new RunnerBeans(beans);
        this.client = client;
        this.tables = tables;
        this.listener = listener;
    }

    /**
     * Makes a runner.
     *
     * @param alone whether no other one is declared
     * @throws RefusedTaskRunnerException if a bean that it needs is missing, or there is one too many
     */
    public TaskRunner runner(RunnerDeclaration declared, boolean alone) {
        TaskerBean tasker = TaskerBean.of(declared, beans, alone);
        Optional<String> queue = queue(declared, alone);
        return queue.isPresent()
                ? fromQueue(declared, tasker, queue.get())
                : fromTable(declared, tasker, tasker.taskType(declared));
    }

    private Optional<String> queue(RunnerDeclaration declared, boolean alone) {
        List<String> all = beans.all(TaskQueue.class);
        Optional<String> queue = beans.oneOf(all, declared, "TaskQueue")
                .or(() -> alone && all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty());
        if (queue.isPresent() && !declared.tableSettings().isEmpty()) {
            throw new RefusedTaskRunnerException(
                    "Runner '%s' takes its tasks from the TaskQueue bean '%s', but has settings of a table as well: %s."
                            .formatted(
                                    declared.name(),
                                    queue.get(),
                                    String.join(
                                            ", ",
                                            declared.tableSettings().stream()
                                                    .map(declared::property)
                                                    .toList())),
                    "Remove the settings, or the bean.");
        }
        return queue;
    }

    @SuppressWarnings("unchecked")
    private TaskRunner fromQueue(RunnerDeclaration declared, TaskerBean tasker, String queue) {
        requireSameTasks(declared, tasker, queue);
        TaskChannel<Object> line = TaskRunners.channel(beans.get(queue, TaskQueue.class));
        return runner(declared, line, tasker, null);
    }

    private void requireSameTasks(RunnerDeclaration declared, TaskerBean tasker, String queue) {
        Class<?> given =
                beans.declaredType(queue).as(TaskQueue.class).getGeneric().resolve();
        Class<?> taken = tasker.type().as(Tasker.class).getGeneric().resolve();
        if (given != null && taken != null && !taken.isAssignableFrom(given)) {
            throw new RefusedTaskRunnerException(
                    "Runner '%s' has the TaskQueue bean '%s', whose tasks are of type %s, and the Tasker bean '%s' for tasks of type %s."
                            .formatted(declared.name(), queue, given.getName(), tasker.beanName(), taken.getName()),
                    "Declare both with the same type of tasks.");
        }
    }

    private <T> TaskRunner fromTable(RunnerDeclaration declared, TaskerBean tasker, Class<T> type) {
        TaskTable table = declared.table();
        if (table == null) {
            throw new RefusedTaskRunnerException(
                    "Runner '%s' has neither a table nor a TaskQueue bean. TaskQueue beans found: %s."
                            .formatted(declared.name(), RunnerBeans.quoted(beans.all(TaskQueue.class))),
                    "Set %s to the name of the table of its tasks, or define a TaskQueue bean with @Qualifier(\"%s\") or with the name '%s'."
                            .formatted(
                                    declared.property("table"),
                                    declared.name(),
                                    BeanNames.of(declared.name(), "TaskQueue")));
        }
        TaskTables available = tables.get();
        if (available == null) {
            throw new RefusedTaskRunnerException(
                    ("Runner '%s' has the table '%s', but its sessions are not kept in PostgreSQL tables beside it that could be "
                                    + "read when tasks are claimed.")
                            .formatted(declared.name(), table.name()),
                    ("Use dbleases.store.type=postgres with a DataSource for the database of the table, or remove the settings "
                                    + "of the table and define a TaskQueue bean with @Qualifier(\"%s\").")
                            .formatted(declared.name()));
        }
        return runner(declared, available.line(declared, table, type), tasker, available.dataSource());
    }

    @SuppressWarnings("unchecked")
    private <T> TaskRunner runner(
            RunnerDeclaration declared, TaskChannel<T> line, TaskerBean tasker, @Nullable DataSource dataSource) {
        Tasker<T> typed = (Tasker<T>) tasker.tasker();
        if (!declared.transactional()) {
            return create(declared, new TaskWork<>(line, typed, null));
        }
        if (!TRANSACTIONS) {
            throw new RefusedTaskRunnerException(
                    "Runner '%s' is transactional, but spring-tx is not on the class path.".formatted(declared.name()),
                    "Add the dependency org.springframework:spring-tx, or set %s=false."
                            .formatted(declared.property("transactional")));
        }
        BoundTransactions transactions = new RunnerTransactions(beans).of(declared, dataSource);
        TaskChannel<T> checked = new CheckedChannel<>(line, line, transactions::flush, transactions::check);
        return create(declared, new TaskWork<>(checked, typed, transactions));
    }

    private <T> TaskRunner create(RunnerDeclaration declared, TaskWork<T> work) {
        if (!(client instanceof InternalLeaseClient)) {
            throw new RefusedTaskRunnerException(
                    "Runner '%s' needs the LeaseClient of dbleases, but the LeaseClient bean is a %s."
                            .formatted(declared.name(), client.getClass().getName()),
                    "Set dbleases.tasks.enabled=false, for example in a test, or remove the bean.");
        }
        return TaskRunners.create(declared.config(), client, work, listener);
    }
}
