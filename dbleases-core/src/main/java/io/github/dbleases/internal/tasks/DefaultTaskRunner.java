package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskQueueException;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.TaskRunnerStatus;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.spi.tasks.TaskWork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A runner: one {@link Run} after another. */
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
            Run<T> next = new Run<>(
                    config,
                    work,
                    session,
                    reporter,
                    clock,
                    () -> ThreadLocalRandom.current().nextDouble(),
                    checked,
                    this::ended);
            if (last != null) {
                next.follow();
            }
            last = next;
            try {
                next.start();
            } catch (Throwable noThread) {
                ended(next);
                throw noThread;
            }
        }
        log.info("Runner {} started", config.name());
    }

    private boolean check() {
        try {
            work.channel().check();
            return true;
        } catch (TaskQueueException unavailable) {
            reporter.queueFailed(List.of(), unavailable);
            return false;
        }
    }

    /** Leaves the session, unless another run has taken it over. */
    private void ended(Run<T> run) {
        synchronized (lock) {
            if (last == run) {
                run.session().leave();
            }
        }
        log.info("Runner {} stopped", config.name());
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
            return status(0, 0, 0, Duration.ZERO);
        }
        int sessionCount = run.isClosing() ? 0 : run.session().sessions();
        return run.state()
                .call(now -> status(
                        sessionCount,
                        now.tasksInFlight(),
                        now.held(),
                        now.oldestAge(run.state().now())));
    }

    private TaskRunnerStatus status(int sessionCount, int running, int held, Duration oldestAge) {
        return new TaskRunnerStatus(
                sessionCount,
                running,
                held,
                reporter.completed(),
                reporter.failed(),
                reporter.retried(),
                reporter.givenUp(),
                reporter.lost(),
                oldestAge);
    }

    @Override
    public Optional<Duration> oldestPending() {
        return work.channel().oldestPending();
    }
}
