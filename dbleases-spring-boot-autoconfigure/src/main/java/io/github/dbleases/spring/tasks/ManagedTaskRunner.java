package io.github.dbleases.spring.tasks;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.InvalidTaskTableException;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * A runner that works while the application context runs.
 *
 * <pre>
 *   the bean is created  it can be injected, even into its tasker; nothing is claimed
 *   all beans exist      tasker, queue and transactions are found, or the start fails
 *   the context starts   it starts, after the client, the schedulers and the web server
 *   the context closes   it stops claiming at once, and waits for its batches in flight, together with the requests of the
 *                        web server, while everything that they use still runs
 * </pre>
 *
 * <p>All methods may be called from any thread.
 */
@DependsOnDatabaseInitialization
final class ManagedTaskRunner
        implements TaskRunner, SmartLifecycle, SmartInitializingSingleton, ApplicationListener<ContextClosedEvent> {

    /**
     * The phase of the graceful shutdown of the web server: batches and requests end at the same time, before the
     * schedulers, the executors and the client stop.
     */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.support.TransactionSynchronizationManager",
            ManagedTaskRunner.class.getClassLoader());

    private static final Logger log = LoggerFactory.getLogger(ManagedTaskRunner.class);

    private final String name;
    private final Supplier<Optional<TaskRunner>> bound;
    private final ApplicationContext context;
    private final Object transition = new Object();
    private volatile @Nullable TaskRunner delegate;
    private volatile @Nullable Ending ending;
    private boolean started;
    private boolean closed;

    /**
     * Creates a runner that has not started.
     *
     * @param bound makes the runner when all beans exist; empty if it is switched off
     * @param context the context that ends the runner when it closes
     */
    ManagedTaskRunner(String name, Supplier<Optional<TaskRunner>> bound, ApplicationContext context) {
        this.name = name;
        this.bound = bound;
        this.context = context;
    }

    @Override
    public void afterSingletonsInstantiated() {
        delegate = bound.get().orElse(null);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start() {
        synchronized (transition) {
            TaskRunner runner = delegate;
            if (runner != null && !closed) {
                ending = null;
                started = true;
                start(runner);
            }
        }
    }

    private void start(TaskRunner runner) {
        try {
            runner.start();
        } catch (InvalidTaskTableException invalid) {
            throw new InvalidConfigurationException(
                    "The table of runner '%s' cannot be used. %s".formatted(name, invalid.problem()),
                    ("%s Change the table with a migration of the application, or the properties dbleases.runners.%s.* that name "
                                    + "it and its columns.")
                            .formatted(invalid.remedy(), name),
                    invalid);
        }
    }

    @Override
    public void stop() {
        TaskRunner runner = delegate;
        if (runner != null) {
            runner.stop();
        }
    }

    /** Stops in the background, so that all runners stop at the same time. */
    @Override
    public void stop(Runnable callback) {
        synchronized (transition) {
            end().then(callback);
        }
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) {
            synchronized (transition) {
                closed = true;
                end();
            }
        }
    }

    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }

    private Ending end() {
        Ending begun = ending;
        if (begun == null) {
            begun = new Ending();
            ending = begun;
            // It may not run any more, because a client that retires stops it too, but its batches may still be in
            // flight.
            if (started) {
                new Thread(begun, "dbleases-" + name + "-stop").start();
            } else {
                begun.complete();
            }
        }
        return begun;
    }

    /** Wakes the runner after the commit if a transaction is under way, because new tasks are not visible before. */
    @Override
    public void wake() {
        TaskRunner runner = delegate;
        if (runner == null) {
            return;
        }
        if (TRANSACTIONS) {
            AfterCommit.run(runner::wake);
        } else {
            runner.wake();
        }
    }

    @Override
    public boolean drain(Duration atMost) throws InterruptedException {
        TaskRunner runner = delegate;
        return runner != null && runner.drain(atMost);
    }

    /** Returns whether it was started and has not ended, which takes as long as its batches in flight. */
    @Override
    public boolean isRunning() {
        Ending begun = ending;
        TaskRunner runner = delegate;
        return begun != null ? !begun.isDone() : runner != null && runner.isRunning();
    }

    @Override
    public TaskRunnerStatus status() {
        TaskRunner runner = delegate;
        return runner != null ? runner.status() : TaskRunnerStatus.IDLE;
    }

    @Override
    public Optional<Duration> oldestPending() {
        TaskRunner runner = delegate;
        return runner != null ? runner.oldestPending() : Optional.empty();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public String toString() {
        return "TaskRunner[" + name + "]";
    }

    /** Runs an action after the commit of the transaction of this thread, or at once if there is none. Loaded only with spring-tx. */
    static final class AfterCommit {

        private AfterCommit() {}

        static void run(Runnable action) {
            if (!TransactionSynchronizationManager.isSynchronizationActive()
                    || !TransactionSynchronizationManager.isActualTransactionActive()) {
                action.run();
                return;
            }
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    action.run();
                }
            });
        }
    }

    /** An end that waits for the batches in flight, with the callbacks that wait for it. */
    private final class Ending implements Runnable {

        private final List<Runnable> callbacks = new ArrayList<>();
        private boolean done;

        @Override
        public void run() {
            try {
                ManagedTaskRunner.this.stop();
            } catch (RuntimeException failure) {
                log.warn("Runner '{}' did not stop cleanly", name, failure);
            } finally {
                complete();
            }
        }

        private synchronized void complete() {
            done = true;
            callbacks.forEach(Runnable::run);
        }

        private synchronized void then(Runnable callback) {
            if (done) {
                callback.run();
            } else {
                callbacks.add(callback);
            }
        }

        private synchronized boolean isDone() {
            return done;
        }
    }
}
