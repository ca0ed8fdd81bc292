package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskFailure.Verdict;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.TaskRunnerListener.Activity;
import io.github.dbleases.spi.tasks.ClaimedTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Counts and logs what a runner does, and tells its listener. Whatever a listener throws is caught here.
 *
 * <p>The first failure of a kind is logged with its stack trace, and further ones within ten minutes at debug level. Successes
 * in between don't make a kind new again: one bad task among good ones would fill the log.
 */
final class RunnerReporter<T> {

    private static final Logger log = LoggerFactory.getLogger(TaskRunner.class);

    private static final int MAX_KINDS = 100;

    /** After this time a kind of failure is new again. */
    private static final long MEMORY = Duration.ofMinutes(10).toNanos();

    private final TaskRunner runner;
    private final TaskRunnerListener listener;
    private final Map<String, Long> kinds = new LinkedHashMap<>();
    private final AtomicBoolean releaseLogged = new AtomicBoolean();
    private final AtomicBoolean queueUnusable = new AtomicBoolean();
    private final AtomicBoolean broken = new AtomicBoolean();
    private final AtomicBoolean listenerFailureLogged = new AtomicBoolean();
    private final LongAdder completed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder givenUp = new LongAdder();
    private final LongAdder lost = new LongAdder();

    RunnerReporter(TaskRunner runner, TaskRunnerListener listener) {
        this.runner = runner;
        this.listener = listener;
    }

    /** Tells the listener that a claim begins. */
    Activity claim(long session) {
        return activity(() -> listener.onClaim(runner, session));
    }

    /** Tells the listener that a batch begins. */
    Activity batch(long session, List<T> tasks) {
        return activity(() -> listener.onBatch(runner, session, tasks));
    }

    private Activity activity(Supplier<Activity> begin) {
        try {
            return new SafeActivity(begin.get());
        } catch (Throwable failure) {
            listenerFailed(failure);
            return Activity.NONE;
        }
    }

    /** Tells the listener how long the tasks of a batch have been due. */
    void begins(Batch<T> batch) {
        if (!batch.waits().isEmpty()) {
            tell(told -> told.onBegin(runner, List.copyOf(batch.waits())));
        }
    }

    void retried(int tasks) {
        retried.add(tasks);
    }

    /** Counts, logs and passes on the outcomes of tasks that have left the runner. */
    void report(TaskOutcomes<T> outcomes) {
        completed.add(outcomes.completed());
        if (!outcomes.failed().isEmpty()) {
            outcomes.failed().forEach(this::logFailure);
            tell(told -> told.onFailed(runner, List.copyOf(outcomes.failed())));
        }
        if (!outcomes.givenUp().isEmpty()) {
            givenUp(outcomes.givenUp());
        }
        if (!outcomes.lost().isEmpty()) {
            lost.add(outcomes.lost().size());
            log.warn(
                    "Runner {} lost {} tasks: another session took them before their outcome was recorded: {}",
                    runner.name(),
                    outcomes.lost().size(),
                    firstIds(outcomes.lost().stream().map(ClaimedTask::id).toList()));
            tell(told -> told.onLost(runner, ClaimedTask.tasksOf(outcomes.lost())));
        }
    }

    private void logFailure(TaskFailure<T> failure) {
        if (failure.verdict() == Verdict.POSTPONE) {
            return;
        }
        failed.increment();
        if (failure.verdict() == Verdict.GIVE_UP) {
            log.warn(
                    "Runner {}: the tasker gave up task {}, but the table cannot record that, so the task will be retried. Set"
                            + " giveUp or maxAttempts",
                    runner.name(),
                    failure.id());
        }
        if (isNew("task", failure.cause())) {
            log.warn(
                    "Runner {}: task {} failed and will be retried in {} ms. Further failures of this kind are logged at debug"
                            + " level",
                    runner.name(),
                    failure.id(),
                    failure.delay().toMillis(),
                    failure.cause());
        } else {
            log.debug(
                    "Runner {}: task {} failed and will be retried in {} ms: {}",
                    runner.name(),
                    failure.id(),
                    failure.delay().toMillis(),
                    String.valueOf(failure.cause()));
        }
    }

    private void givenUp(List<TaskFailure<T>> failures) {
        failed.add(
                failures.stream().filter(one -> one.verdict() == Verdict.RETRY).count());
        givenUp.add(failures.size());
        TaskFailure<T> first = failures.get(0);
        boolean isNew = isNew("given up", first.cause());
        log.warn(
                "Runner {} gave up {} tasks: {}. Cause of the first one: {}",
                runner.name(),
                failures.size(),
                firstIds(failures.stream().map(TaskFailure::id).toList()),
                String.valueOf(first.cause()),
                isNew ? first.cause() : null);
        tell(told -> told.onGivenUp(runner, List.copyOf(failures)));
    }

    /** Reports that the tasker failed with a batch, at an unknown task. */
    void taskerFailed(List<T> tasks, Throwable failure) {
        if (isNew("batch", failure)) {
            log.warn(
                    "Runner {}: the tasker failed with a batch of {} tasks, and each task is tried alone. Further failures of"
                            + " this kind are logged at debug level",
                    runner.name(),
                    tasks.size(),
                    failure);
        } else {
            log.debug(
                    "Runner {}: the tasker failed with a batch of {} tasks: {}",
                    runner.name(),
                    tasks.size(),
                    String.valueOf(failure));
        }
        tell(told -> told.onError(runner, tasks, failure));
    }

    /** Warns of a batch that has exceeded the task timeout. */
    void overdue(Batch<T> batch, long millis, Thread thread) {
        StringBuilder trace = new StringBuilder();
        for (StackTraceElement element : thread.getStackTrace()) {
            trace.append(System.lineSeparator()).append("\tat ").append(element);
        }
        log.warn(
                "Runner {} interrupts its tasker, which has been running for {} ms, longer than taskTimeout. Tasks {}, thread"
                        + " {}:{}",
                runner.name(),
                millis,
                firstIds(batch.tasks().stream().map(ClaimedTask::id).toList()),
                thread.getName(),
                trace);
    }

    /** Reports that ready tasks were released because no thread began them. */
    void released(int tasks, int threads) {
        log.atLevel(releaseLogged.compareAndSet(false, true) ? Level.WARN : Level.DEBUG)
                .log(
                        "Runner {} released {} tasks that it had not begun, because its {} threads are busy with long ones. Other"
                                + " instances may take them",
                        runner.name(),
                        tasks,
                        threads);
    }

    /** Logs when all tasks begin to fail, and when one succeeds again. */
    void breaker(boolean open) {
        if (broken.compareAndSet(!open, open)) {
            log.warn(
                    open
                            ? "Runner {}: all tasks fail. It tries single ones at growing intervals until one succeeds"
                            : "Runner {}: tasks succeed again",
                    runner.name());
        }
    }

    void queueFailed(List<ClaimedTask<T>> tasks, Throwable failure) {
        boolean isNew = isNew("queue", failure);
        if (queueUnusable.compareAndSet(false, true) || isNew) {
            log.warn(
                    "Runner {} could not use its queue and will try again. Affected tasks: {}",
                    runner.name(),
                    firstIds(tasks.stream().map(ClaimedTask::id).toList()),
                    failure);
        } else {
            log.debug("Runner {} still cannot use its queue", runner.name(), failure);
        }
        tell(told -> told.onError(runner, ClaimedTask.tasksOf(tasks), failure));
    }

    void queueWorks() {
        if (queueUnusable.get() && queueUnusable.compareAndSet(true, false)) {
            log.info("Runner {} can use its queue again", runner.name());
        }
    }

    /** The kind of a failure is where it was thrown: messages can differ every time, for instance by an id. */
    private boolean isNew(String where, Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; depth < 20; depth++) {
            Throwable cause = root.getCause();
            if (cause == null) {
                break;
            }
            root = cause;
        }
        StackTraceElement[] trace = root.getStackTrace();
        String kind =
                where + failure.getClass().getName() + root.getClass().getName() + (trace.length == 0 ? "" : trace[0]);
        synchronized (kinds) {
            long now = System.nanoTime();
            Long told = kinds.get(kind);
            if (told != null && now - told < MEMORY) {
                return false;
            }
            if (kinds.size() == MAX_KINDS) {
                kinds.remove(kinds.keySet().iterator().next());
            }
            kinds.put(kind, now);
            return true;
        }
    }

    long completed() {
        return completed.sum();
    }

    long failed() {
        return failed.sum();
    }

    long retried() {
        return retried.sum();
    }

    long givenUp() {
        return givenUp.sum();
    }

    long lost() {
        return lost.sum();
    }

    private void tell(Consumer<TaskRunnerListener> telling) {
        try {
            telling.accept(listener);
        } catch (Throwable failure) {
            listenerFailed(failure);
        }
    }

    private void listenerFailed(Throwable failure) {
        if (listenerFailureLogged.compareAndSet(false, true)) {
            log.warn(
                    "Runner {}: its listener failed. The runner is not affected. Further failures of the listener are logged at"
                            + " debug level",
                    runner.name(),
                    failure);
        } else {
            log.debug("Runner {}: its listener failed again", runner.name(), failure);
        }
    }

    private static List<Object> firstIds(List<Object> ids) {
        return new ArrayList<>(ids.subList(0, Math.min(20, ids.size())));
    }

    private final class SafeActivity implements Activity {

        private final Activity activity;

        SafeActivity(Activity activity) {
            this.activity = activity;
        }

        @Override
        public void succeeded(int tasks) {
            guard(() -> activity.succeeded(tasks));
        }

        @Override
        public void failed(Throwable failure) {
            guard(() -> activity.failed(failure));
        }

        @Override
        public void close() {
            guard(activity::close);
        }

        private void guard(Runnable call) {
            try {
                call.run();
            } catch (Throwable failure) {
                listenerFailed(failure);
            }
        }
    }
}
