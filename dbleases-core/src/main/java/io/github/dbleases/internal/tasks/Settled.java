package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskFailure;
import io.github.dbleases.spi.tasks.ClaimedTask;
import java.util.ArrayList;
import java.util.List;

/** Tasks that have left the runner, for whoever counts and reports them. */
final class Settled<T> {

    private int completed;
    private final List<TaskFailure<T>> failed = new ArrayList<>();
    private final List<TaskFailure<T>> givenUp = new ArrayList<>();
    private final List<ClaimedTask<T>> lost = new ArrayList<>();

    void complete(int tasks) {
        completed += tasks;
    }

    void fail(TaskFailure<T> failure) {
        failed.add(failure);
    }

    void giveUp(TaskFailure<T> failure) {
        givenUp.add(failure);
    }

    void lose(ClaimedTask<T> task) {
        lost.add(task);
    }

    int completed() {
        return completed;
    }

    /** Tasks that are in the queue again, to be tried later, postponed ones included. */
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
