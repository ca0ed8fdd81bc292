package io.github.dbleases.spring.tasks;

import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several listeners as one. A listener that fails does not affect the others. */
final class RunnerListeners implements TaskRunnerListener {

    private static final Logger log = LoggerFactory.getLogger(RunnerListeners.class);

    private final List<TaskRunnerListener> listeners;

    /** Calls listeners in their order. The activities that they begin end in the opposite order. */
    RunnerListeners(List<TaskRunnerListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public Activity onClaim(TaskRunner runner, long session) {
        return begin(listener -> listener.onClaim(runner, session));
    }

    @Override
    public Activity onBatch(TaskRunner runner, long session, List<?> tasks) {
        return begin(listener -> listener.onBatch(runner, session, tasks));
    }

    private Activity begin(Function<TaskRunnerListener, Activity> call) {
        List<Activity> begun = new ArrayList<>();
        each(listeners, listener -> begun.add(call.apply(listener)));
        Collections.reverse(begun);
        return new Activities(begun);
    }

    @Override
    public void onBegin(TaskRunner runner, List<Duration> waits) {
        each(listeners, listener -> listener.onBegin(runner, waits));
    }

    @Override
    public void onError(TaskRunner runner, List<?> tasks, Throwable failure) {
        each(listeners, listener -> listener.onError(runner, tasks, failure));
    }

    @Override
    public void onFailed(TaskRunner runner, List<TaskFailure<?>> failures) {
        each(listeners, listener -> listener.onFailed(runner, failures));
    }

    @Override
    public void onGivenUp(TaskRunner runner, List<TaskFailure<?>> failures) {
        each(listeners, listener -> listener.onGivenUp(runner, failures));
    }

    @Override
    public void onLost(TaskRunner runner, List<?> tasks) {
        each(listeners, listener -> listener.onLost(runner, tasks));
    }

    private static <L> void each(List<L> told, Consumer<L> call) {
        for (L one : told) {
            try {
                call.accept(one);
            } catch (RuntimeException failure) {
                log.warn("A listener of task runners has failed: {}", one, failure);
            }
        }
    }

    private record Activities(List<Activity> all) implements Activity {

        @Override
        public void succeeded(int tasks) {
            each(all, activity -> activity.succeeded(tasks));
        }

        @Override
        public void failed(Throwable failure) {
            each(all, activity -> activity.failed(failure));
        }

        @Override
        public void close() {
            each(all, Activity::close);
        }
    }
}
