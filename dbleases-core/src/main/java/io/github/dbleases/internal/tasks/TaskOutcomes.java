package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskFailure;
import io.github.dbleases.spi.tasks.ClaimedTask;
import java.util.ArrayList;
import java.util.List;

/** The outcomes of tasks that have left the runner, for the counters, the log and the listener. */
final class TaskOutcomes<T> {

    private int completed;
    private final List<TaskFailure<T>> failed = new ArrayList<>();
    private final List<TaskFailure<T>> givenUp = new ArrayList<>();
    private final List<ClaimedTask<T>> lost = new ArrayList<>();

    void addCompleted(int tasks) {
        completed += tasks;
    }

    void addFailed(TaskFailure<T> failure) {
        failed.add(failure);
    }

    void addGivenUp(TaskFailure<T> failure) {
        givenUp.add(failure);
    }

    void addLost(ClaimedTask<T> task) {
        lost.add(task);
    }

    int completed() {
        return completed;
    }

    /** Returns the tasks that are back in the queue for another attempt, including postponed ones. */
    List<TaskFailure<T>> failed() {
        return failed;
    }

    List<TaskFailure<T>> givenUp() {
        return givenUp;
    }

    List<ClaimedTask<T>> lost() {
        return lost;
    }
}
