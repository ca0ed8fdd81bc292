package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records its calls. */
final class RecordingListener implements TaskRunnerListener {

    final List<Throwable> errors = new CopyOnWriteArrayList<>();
    final List<Object> concerned = new CopyOnWriteArrayList<>();
    final List<TaskFailure<?>> failed = new CopyOnWriteArrayList<>();
    final List<Object> givenUp = new CopyOnWriteArrayList<>();
    final List<Object> lost = new CopyOnWriteArrayList<>();
    final List<Duration> waits = new CopyOnWriteArrayList<>();
    final List<String> activities = new CopyOnWriteArrayList<>();

    @Override
    public Activity onClaim(TaskRunner runner, long session) {
        return activity("claim");
    }

    @Override
    public Activity onBatch(TaskRunner runner, long session, List<?> tasks) {
        return activity("batch of " + tasks.size());
    }

    private Activity activity(String what) {
        Thread opened = Thread.currentThread();
        return new Activity() {
            @Override
            public void succeeded(int tasks) {
                activities.add(what + " succeeded for " + tasks);
            }

            @Override
            public void failed(Throwable failure) {
                activities.add(what + " failed");
            }

            @Override
            public void close() {
                activities.add(what + " closed by " + (Thread.currentThread() == opened ? "the same" : "another"));
            }
        };
    }

    @Override
    public void onBegin(TaskRunner runner, List<Duration> waited) {
        waits.addAll(waited);
    }

    @Override
    public void onError(TaskRunner runner, List<?> tasks, Throwable failure) {
        errors.add(failure);
        concerned.addAll(tasks);
    }

    @Override
    public void onFailed(TaskRunner runner, List<TaskFailure<?>> failures) {
        failed.addAll(failures);
    }

    @Override
    public void onGivenUp(TaskRunner runner, List<TaskFailure<?>> failures) {
        failures.forEach(failure -> givenUp.add(failure.task()));
    }

    @Override
    public void onLost(TaskRunner runner, List<?> tasks) {
        lost.addAll(tasks);
    }

    /** Returns the cause of each failure. */
    List<Throwable> causes() {
        return failed.stream().<Throwable>map(TaskFailure::cause).toList();
    }
}
