package io.github.dbleases.tasks.runner;

import io.github.dbleases.Registration;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.TaskRunnerStatus;
import io.github.dbleases.TaskSession;
import io.github.dbleases.TaskSessionListener;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.TaskWork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A runner: one shift after the other. */
final class DefaultTaskRunner<T> implements TaskRunner {

    private static final Logger log = LoggerFactory.getLogger(TaskRunner.class);

    private final TaskRunnerConfig config;
    private final Function<String, TaskSession> sessions;
    private final TaskWork<T> work;
    private final Reports<T> reports;
    private final Clock clock;
    private final Object lock = new Object();
    private final Set<Shift<T>> unended = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Shift<T> shift;

    DefaultTaskRunner(
            TaskRunnerConfig config,
            Function<String, TaskSession> sessions,
            TaskWork<T> work,
            TaskRunnerListener listener,
            Clock clock) {
        this.config = config;
        this.sessions = sessions;
        this.work = work;
        this.reports = new Reports<>(this, listener);
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
            Shift<T> next = new Shift<>(config, work, session, reports, new Shift.Setting(clock, checked, ending));
            ending.of(next, session.addListener(new Changes(next)));
            if (shift != null) {
                next.follow(() -> knownToOthers(next));
            }
            unended.add(next);
            shift = next;
            try {
                next.start();
            } catch (Throwable noThread) {
                next.close();
                ending.run();
                throw noThread;
            }
        }
        log.info("Runner {} has started", config.name());
    }

    private List<ClaimedTask<T>> knownToOthers(Shift<T> one) {
        return unended.stream()
                .filter(other -> other != one)
                .flatMap(other -> other.known().stream())
                .toList();
    }

    private boolean check() {
        try {
            work.line().check();
            return true;
        } catch (TaskQueueException unavailable) {
            reports.queueFailed(unavailable);
            return false;
        }
    }

    @Override
    public void stop() {
        Shift<T> last = shift;
        if (last != null) {
            last.close();
            last.awaitEnd();
        }
    }

    @Override
    public void wake() {
        Shift<T> now = shift;
        if (now != null) {
            now.wake();
        }
    }

    @Override
    public boolean isRunning() {
        Shift<T> now = shift;
        return now != null && !now.isClosing();
    }

    @Override
    public TaskRunnerStatus status() {
        Shift<T> now = shift;
        if (now == null) {
            return new TaskRunnerStatus(0, 0, 0, reports.completed(), reports.failed(), reports.lost());
        }
        int sessionCount = now.isClosing() ? 0 : now.session().sessions();
        return now.desk()
                .call(desk -> new TaskRunnerStatus(
                        sessionCount,
                        desk.tasksAtWork(),
                        desk.held() + desk.waiting(),
                        reports.completed(),
                        reports.failed(),
                        reports.lost()));
    }

    @Override
    public Optional<Duration> oldestPending() {
        return work.line().oldestPending();
    }

    /** Leaves the session when the last shift has ended. */
    private final class Ending implements Runnable {

        private @Nullable Shift<T> ended;
        private @Nullable Registration registration;

        void of(Shift<T> ending, Registration registered) {
            ended = ending;
            registration = registered;
        }

        @Override
        public void run() {
            synchronized (lock) {
                if (registration != null) {
                    registration.close();
                }
                if (ended != null) {
                    unended.remove(ended);
                    if (shift == ended) {
                        ended.session().leave();
                    }
                }
            }
            log.info("Runner {} has stopped", config.name());
        }
    }

    /** Passes on what happens to the session. */
    private final class Changes implements TaskSessionListener {

        private final Shift<T> told;

        Changes(Shift<T> told) {
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
