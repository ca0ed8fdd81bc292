package io.github.dbleases.spring.tasks;

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
import org.springframework.util.ClassUtils;

/**
 * A runner that works while the application context runs.
 *
 * <pre>
 *   the bean is made   it can be injected, into the tasker too; nothing is claimed
 *   all beans exist    tasker, queue and transactions are found, or the start fails
 *   the context starts it starts, after the client, the schedulers and the web server
 *   it is closed       at once, no more is claimed; the batches at work are waited for, beside the requests of the web
 *                      server, while what they use still runs
 * </pre>
 *
 * <p>All methods may be called from any thread.
 */
@DependsOnDatabaseInitialization
public final class ManagedTaskRunner
        implements TaskRunner, SmartLifecycle, SmartInitializingSingleton, ApplicationListener<ContextClosedEvent> {

    /**
     * That of the graceful shutdown of the web server: batches and requests are waited for at the same time, before the
     * schedulers, the executors and the client stop.
     */
    public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.support.TransactionSynchronizationManager",
            ManagedTaskRunner.class.getClassLoader());

    private static final Logger log = LoggerFactory.getLogger(ManagedTaskRunner.class);

    private final String name;
    private final Supplier<Optional<TaskRunner>> assembly;
    private final ApplicationContext context;
    private final Object transition = new Object();
    private volatile @Nullable TaskRunner delegate;
    private volatile @Nullable Ending ending;
    private boolean started;
    private boolean closed;

    /**
     * Creates a runner that has not started.
     *
     * @param assembly makes the runner when all beans exist; empty if dbleases is switched off
     * @param context the one whose end counts
     */
    public ManagedTaskRunner(String name, Supplier<Optional<TaskRunner>> assembly, ApplicationContext context) {
        this.name = name;
        this.assembly = assembly;
        this.context = context;
    }

    @Override
    public void afterSingletonsInstantiated() {
        delegate = assembly.get().orElse(null);
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
            throw new RefusedTaskRunnerException(
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

    /** Ends beside the other runners, which take their time as well. */
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
            // Whether it runs does not count: a client that retires ends it too, and its batches are yet to be waited
            // for.
            if (started) {
                new Thread(begun, "dbleases-" + name + "-stop").start();
            } else {
                begun.complete();
            }
        }
        return begun;
    }

    /** Wakes the runner after the commit, if a transaction is under way: before it the new tasks cannot be seen. */
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

    /** Returns whether it was started and has not ended, which takes as long as the batches at work. */
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

    /** An end that waits for the batches at work, and who waits for it. */
    private final class Ending implements Runnable {

        private final List<Runnable> callbacks = new ArrayList<>();
        private boolean done;

        @Override
        public void run() {
            try {
                ManagedTaskRunner.this.stop();
            } catch (RuntimeException failure) {
                log.warn("Runner '{}' was not stopped as it should", name, failure);
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
