package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.TaskRunnerListener.Activity;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.FailedTask;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts, logs and tells the listener what a runner does. Nothing that a listener throws gets out of it, checked or not. */
final class Reports<T> {

    private static final Logger log = LoggerFactory.getLogger(TaskRunner.class);

    /** So many tasks that are not accomplished, and none in between that is, are a trouble of the tasker. */
    private static final int MANY = 10;

    private final TaskRunner runner;
    private final TaskRunnerListener listener;
    private final Troubles queueTroubles = new Troubles();
    private final Troubles taskerTroubles = new Troubles();
    private final AtomicBoolean listenerFailed = new AtomicBoolean();
    private final AtomicInteger inVain = new AtomicInteger();
    private final LongAdder completed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder lost = new LongAdder();

    Reports(TaskRunner runner, TaskRunnerListener listener) {
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

    void settled(Settled<T> settled) {
        completed.add(settled.completed());
        if (!settled.lost().isEmpty()) {
            lost.add(settled.lost().size());
            log.warn(
                    "Runner {} has lost {} tasks, which were taken by another session before they could be finished: {}",
                    runner.name(),
                    settled.lost().size(),
                    idsOf(settled.lost()));
            tell(told -> told.onLost(runner, ClaimedTask.tasksOf(settled.lost())));
        }
        if (!settled.putAside().isEmpty()) {
            failed.add(settled.putAside().size());
            tell(told -> told.onFailed(runner, ClaimedTask.tasksOf(settled.putAside())));
        }
    }

    /** Tells why tasks were put aside. */
    void putAside(List<FailedTask<T>> tasks) {
        tasks.forEach(task -> log.warn(
                "Runner {} has put task {} aside after its last attempt: {}",
                runner.name(),
                task.claimed().id(),
                task.failure().toString()));
    }

    void taskerFailed(Throwable failure) {
        if (taskerTroubles.isNews(failure)) {
            log.warn("Runner {}: its tasker has failed; the tasks are tried again", runner.name(), failure);
        } else {
            log.debug("Runner {}: its tasker has failed again", runner.name(), failure);
        }
        tell(told -> told.onError(runner, failure));
    }

    /** Takes note that nothing of a batch was accomplished: now and then that is normal, over and over it is not. */
    void accomplishedNone(int tasks) {
        int all = inVain.addAndGet(tasks);
        if (all >= MANY) {
            taskerFailed(new NotAccomplishedException(
                    "The tasker has accomplished none of its last %d tasks.".formatted(all)));
        }
    }

    void taskerWorks() {
        inVain.set(0);
        taskerTroubles.over();
    }

    void queueFailed(Throwable failure) {
        if (queueTroubles.isNews(failure)) {
            log.warn("Runner {}: its queue could not be used; it goes on trying", runner.name(), failure);
        } else {
            log.debug("Runner {}: its queue still cannot be used", runner.name(), failure);
        }
        tell(told -> told.onError(runner, failure));
    }

    void queueWorks() {
        if (queueTroubles.over()) {
            log.info("Runner {}: its queue can be used again", runner.name());
        }
    }

    long completed() {
        return completed.sum();
    }

    long failed() {
        return failed.sum();
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
                    "Runner {}: its listener has failed, which changes nothing; it is told on, and its failures are logged as"
                            + " debug from now on",
                    runner.name(),
                    failure);
        } else {
            log.debug("Runner {}: its listener has failed again", runner.name(), failure);
        }
    }

    private static <T> List<Object> idsOf(List<ClaimedTask<T>> claimed) {
        return claimed.stream().<Object>map(ClaimedTask::id).limit(20).toList();
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
