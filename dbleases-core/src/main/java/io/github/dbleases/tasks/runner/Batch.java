package io.github.dbleases.tasks.runner;

import io.github.dbleases.tasks.ClaimedTask;
import java.util.List;

/** Tasks that are handed to the tasker at once, and the session under which they were claimed. */
record Batch<T>(long session, List<ClaimedTask<T>> tasks) {

    int size() {
        return tasks.size();
    }

    Batch<T> firstHalf() {
        return new Batch<>(session, tasks.subList(0, size() / 2));
    }

    Batch<T> secondHalf() {
        return new Batch<>(session, tasks.subList(size() / 2, size()));
    }
}
