package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.spring.tasks.ManagedTaskRunner;
import io.github.dbleases.spring.tasks.RunnerAssembly;
import io.github.dbleases.spring.tasks.RunnerDeclaration;
import io.github.dbleases.spring.tasks.RunnerListeners;
import io.github.dbleases.spring.tasks.TaskTables;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ConfigurableApplicationContext;

/** Makes the runners that are configured. */
final class TaskRunnerFactory {

    private final ConfigurableApplicationContext context;
    private final DbLeasesProperties properties;
    private final ObjectProvider<LeaseClient> client;
    private final ObjectProvider<TaskTables> tables;
    private final ObjectProvider<TaskRunnerListener> listeners;

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
    }

    ManagedTaskRunner runner(String name) {
        return new ManagedTaskRunner(name, () -> assembled(name), context);
    }

    private Optional<TaskRunner> assembled(String name) {
        RunnerProperties configured = properties.runners().get(name);
        if (configured == null) {
            throw BuildTimeSettings.missing("dbleases.runners." + name);
        }
        if (!properties.works(name)) {
            return Optional.empty();
        }
        RunnerAssembly assembly = new RunnerAssembly(
                context.getBeanFactory(),
                client.getObject(),
                tables::getIfAvailable,
                new RunnerListeners(listeners.orderedStream().toList()));
        RunnerDeclaration declared = configured.declaration(name, Threading.VIRTUAL.isActive(context.getEnvironment()));
        return Optional.of(assembly.runner(declared, properties.runners().size() == 1));
    }
}
