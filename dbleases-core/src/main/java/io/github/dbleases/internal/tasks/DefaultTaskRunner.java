package io.github.dbleases.internal.tasks;

import io.github.dbleases.Registration;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.TaskRunnerStatus;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
import io.github.dbleases.spi.tasks.TaskWork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A runner: one {@link Run} after the other. */
final class DefaultTaskRunner<T> implements TaskRunner {

    private static final Logger log = LoggerFactory.getLogger(TaskRunner.class);

    private final TaskRunnerConfig config;
    private final Function<String, TaskSession> sessions;
    private final TaskWork<T> work;
    private final RunnerReporter<T> reporter;
    private final Clock clock;
    private final Object lock = new Object();
    private volatile @Nullable Run<T> last;

    DefaultTaskRunner(
            TaskRunnerConfig config,
            Function<String, TaskSession> sessions,
            TaskWork<T> work,
            TaskRunnerListener listener,
            Clock clock) {
        this.config = config;
        this.sessions = sessions;
        this.work = work;
        this.reporter = new RunnerReporter<>(this, listener);
        this.clock = clock;
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public void start() {
        synchronized (lock) {
            if (isRunning()) {
                return;
            }
            boolean checked = check();
            TaskSession session = sessions.apply(config.name());
            Ending ending = new Ending();
            Run<T> next = new Run<>(config, work, session, reporter, clock, checked, ending);
            ending.of(next, session.addListener(new Changes(next)));
            if (last != null) {
                next.follow();
            }
            last = next;
            try {
                next.start();
            } catch (Throwable noThread) {
                next.close();
                next.forget();
                ending.run();
                throw noThread;
            }
        }
        log.info("Runner {} has started", config.name());
    }

    private boolean check() {
        try {
            work.line().check();
            return true;
        } catch (TaskQueueException unavailable) {
            reporter.queueFailed(List.of(), unavailable);
            return false;
        }
    }

    @Override
    public void stop() {
        Run<T> run = last;
        if (run != null) {
            run.close();
            run.awaitEnd();
        }
    }

    @Override
    public void wake() {
        Run<T> run = last;
        if (run != null) {
            run.wake();
        }
    }

    @Override
    public boolean drain(Duration atMost) throws InterruptedException {
        Run<T> run = last;
        return run != null && !run.isClosing() && run.state().drain(atMost.toNanos());
    }

    @Override
    public boolean isRunning() {
        Run<T> run = last;
        return run != null && !run.isClosing();
    }

    @Override
    public TaskRunnerStatus status() {
        Run<T> run = last;
        if (run == null) {
            return status(0, 0, 0);
        }
        int sessionCount = run.isClosing() ? 0 : run.session().sessions();
        return run.state().call(now -> status(sessionCount, now.tasksAtWork(), now.held()));
    }

    private TaskRunnerStatus status(int sessionCount, int running, int held) {
        return new TaskRunnerStatus(
                sessionCount,
                running,
                held,
                reporter.completed(),
                reporter.failed(),
                reporter.retried(),
                reporter.givenUp(),
                reporter.lost());
    }

    @Override
    public Optional<Duration> oldestPending() {
        return work.line().oldestPending();
    }

    /** Leaves the session when the last run has ended. */
    private final class Ending implements Runnable {

        private @Nullable Run<T> ended;
        private @Nullable Registration registration;

        void of(Run<T> ending, Registration registered) {
            ended = ending;
            registration = registered;
        }

        @Override
        public void run() {
            synchronized (lock) {
                if (registration != null) {
                    registration.close();
                }
                if (ended != null && last == ended) {
                    ended.session().leave();
                }
            }
            log.info("Runner {} has stopped", config.name());
        }
    }

    /** Passes on what happens to the session. */
    private static final class Changes implements TaskSessionListener {

        private final Run<?> told;

        Changes(Run<?> told) {
            this.told = told;
        }

        @Override
        public void onChanged() {
            told.wake();
        }

        @Override
        public void onClosing() {
            told.close();
        }
    }
}
