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
 * Counts, logs and tells the listener what a runner does. Nothing that a listener throws gets out of it, checked or not.
 *
 * <p>A failure is logged with its stack trace when it is of a new kind, and as debug when one of that kind was logged in the
 * last ten minutes. Successes don't make it new again, as otherwise one bad task among good ones would fill the log.
 */
final class RunnerReporter<T> {

    private static final Logger log = LoggerFactory.getLogger(TaskRunner.class);

    private static final int MOST_KINDS = 100;

    /** After that a kind is new again. */
    private static final long MEMORY = Duration.ofMinutes(10).toNanos();

    private final TaskRunner runner;
    private final TaskRunnerListener listener;
    private final Map<String, Long> kinds = new LinkedHashMap<>();
    private final AtomicBoolean givenBackTold = new AtomicBoolean();
    private final AtomicBoolean queueBroken = new AtomicBoolean();
    private final AtomicBoolean broken = new AtomicBoolean();
    private final AtomicBoolean listenerFailed = new AtomicBoolean();
    private final LongAdder completed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder givenUp = new LongAdder();
    private final LongAdder lost = new LongAdder();

    RunnerReporter(TaskRunner runner, TaskRunnerListener listener) {
        this.runner = runner;
        this.listener = listener;
    }

    /** Tells of a claim that begins. */
    Activity claim(long session) {
        return begun(() -> listener.onClaim(runner, session));
    }

    /** Tells of a batch that begins. */
    Activity batch(long session, List<T> tasks) {
        return begun(() -> listener.onBatch(runner, session, tasks));
    }

    private Activity begun(Supplier<Activity> beginning) {
        try {
            return new SafeActivity(beginning.get());
        } catch (Throwable failure) {
            complain(failure);
            return Activity.NONE;
        }
    }

    void retried(int tasks) {
        retried.add(tasks);
    }

    /** Counts and tells what has left the runner. */
    void settled(Settled<T> settled) {
        completed.add(settled.completed());
        if (!settled.failed().isEmpty()) {
            settled.failed().forEach(this::logFailure);
            tell(told -> told.onFailed(runner, List.copyOf(settled.failed())));
        }
        if (!settled.givenUp().isEmpty()) {
            givenUp(settled.givenUp());
        }
        if (!settled.lost().isEmpty()) {
            lost.add(settled.lost().size());
            log.warn(
                    "Runner {} has lost {} tasks, which another session took before their outcome was known: {}",
                    runner.name(),
                    settled.lost().size(),
                    firstIds(settled.lost().stream().map(ClaimedTask::id).toList()));
            tell(told -> told.onLost(runner, ClaimedTask.tasksOf(settled.lost())));
        }
    }

    private void logFailure(TaskFailure<T> failure) {
        if (failure.verdict() == Verdict.POSTPONE) {
            return;
        }
        failed.increment();
        if (failure.verdict() == Verdict.GIVE_UP) {
            log.warn(
                    "Runner {}: the tasker gave up task {}, but the table cannot record it and the task is tried again: set"
                            + " giveUp, or maxAttempts",
                    runner.name(),
                    failure.id());
        }
        if (isNew("task", failure.cause())) {
            log.warn(
                    "Runner {}: task {} has failed and is tried again in {} ms; failures of this kind are logged as debug from"
                            + " now on",
                    runner.name(),
                    failure.id(),
                    failure.delay().toMillis(),
                    failure.cause());
        } else {
            log.debug(
                    "Runner {}: task {} has failed and is tried again in {} ms: {}",
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
        boolean news = isNew("given up", first.cause());
        log.warn(
                "Runner {} has given up {} tasks: {}. The first one: {}",
                runner.name(),
                failures.size(),
                firstIds(failures.stream().map(TaskFailure::id).toList()),
                String.valueOf(first.cause()),
                news ? first.cause() : null);
        tell(told -> told.onGivenUp(runner, List.copyOf(failures)));
    }

    /** Tells that the tasker has failed, and that it is not known at which task. */
    void taskerFailed(List<T> tasks, Throwable failure) {
        if (isNew("batch", failure)) {
            log.warn(
                    "Runner {}: the tasker has failed with a batch of {} tasks; each is tried alone. Failures of this kind are"
                            + " logged as debug from now on",
                    runner.name(),
                    tasks.size(),
                    failure);
        } else {
            log.debug(
                    "Runner {}: the tasker has failed with a batch of {} tasks: {}",
                    runner.name(),
                    tasks.size(),
                    String.valueOf(failure));
        }
        tell(told -> told.onError(runner, tasks, failure));
    }

    /** Warns of a task that takes too long. */
    void overdue(Batch<T> batch, long millis, Thread thread) {
        StringBuilder trace = new StringBuilder();
        for (StackTraceElement element : thread.getStackTrace()) {
            trace.append(System.lineSeparator()).append("\tat ").append(element);
        }
        log.warn(
                "Runner {}: the tasker has been working for {} ms, longer than taskTimeout allows, and is interrupted. Tasks {},"
                        + " thread {}:{}",
                runner.name(),
                millis,
                firstIds(batch.tasks().stream().map(ClaimedTask::id).toList()),
                thread.getName(),
                trace);
    }

    /** Tells of tasks that were given back, as no thread had begun them. */
    void givenBack(int tasks, int threads) {
        log.atLevel(givenBackTold.compareAndSet(false, true) ? Level.WARN : Level.DEBUG)
                .log(
                        "Runner {} has given back {} tasks that it had not begun: its {} threads are busy with tasks that take long."
                                + " Others may take them",
                        runner.name(),
                        tasks,
                        threads);
    }

    /** Tells when everything begins, or ceases, to fail. */
    void breaker(boolean open) {
        if (broken.compareAndSet(!open, open)) {
            log.warn(
                    open
                            ? "Runner {}: all tasks fail; it tries single ones, less and less often, until one succeeds"
                            : "Runner {}: tasks succeed again",
                    runner.name());
        }
    }

    void queueFailed(List<ClaimedTask<T>> tasks, Throwable failure) {
        boolean isNew = isNew("queue", failure);
        if (queueBroken.compareAndSet(false, true) || isNew) {
            log.warn(
                    "Runner {}: its queue could not be used, and is tried again. Tasks concerned: {}",
                    runner.name(),
                    firstIds(tasks.stream().map(ClaimedTask::id).toList()),
                    failure);
        } else {
            log.debug("Runner {}: its queue still cannot be used", runner.name(), failure);
        }
        tell(told -> told.onError(runner, ClaimedTask.tasksOf(tasks), failure));
    }

    void queueWorks() {
        if (queueBroken.get() && queueBroken.compareAndSet(true, false)) {
            log.info("Runner {}: its queue can be used again", runner.name());
        }
    }

    /** Messages may differ each time, by an id for instance; so the kind is where a failure came from. */
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
            if (kinds.size() == MOST_KINDS) {
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
            complain(failure);
        }
    }

    private void complain(Throwable failure) {
        if (listenerFailed.compareAndSet(false, true)) {
            log.warn(
                    "Runner {}: its listener has failed, which changes nothing; its failures are logged as debug from now on",
                    runner.name(),
                    failure);
        } else {
            log.debug("Runner {}: its listener has failed again", runner.name(), failure);
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
                complain(failure);
            }
        }
    }
}
