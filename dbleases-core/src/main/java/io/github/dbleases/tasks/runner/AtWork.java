package io.github.dbleases.tasks.runner;

import io.github.dbleases.tasks.ClaimedTask;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** The batches on which work is under way, those of former sessions included, and what is in doubt because of one. */
final class AtWork<T> {

    private final Set<Batch<T>> batches = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<ClaimedTask<T>> doubtful = Collections.newSetFromMap(new IdentityHashMap<>());

    void begin(Batch<T> batch) {
        batches.add(batch);
    }

    void end(Batch<T> batch) {
        batches.remove(batch);
    }

    /** Takes note that a transaction with these tasks may have been committed though it threw. */
    void doubt(List<ClaimedTask<T>> tasks) {
        doubtful.addAll(tasks);
    }

    /** Ends the doubt about a task, and returns whether there was any. */
    boolean endDoubt(ClaimedTask<T> task) {
        return doubtful.remove(task);
    }

    void endDoubts(List<ClaimedTask<T>> tasks) {
        if (!doubtful.isEmpty()) {
            tasks.forEach(doubtful::remove);
        }
    }

    /** Ends all doubts, as the session is over to which they belong. */
    void endDoubts() {
        doubtful.clear();
    }

    int batches() {
        return batches.size();
    }

    /** Returns how many tasks are at work. There are no more batches than workers, so that counting is quick. */
    int size() {
        int size = 0;
        for (Batch<T> batch : batches) {
            size += batch.size();
        }
        return size;
    }

    /** Returns how many of the tasks at work were claimed under a session. */
    int size(long session) {
        int size = 0;
        for (Batch<T> batch : batches) {
            size += batch.session() == session ? batch.size() : 0;
        }
        return size;
    }

    /** Returns the tasks at work that were claimed under a session. */
    List<ClaimedTask<T>> tasks(long session) {
        List<ClaimedTask<T>> tasks = new ArrayList<>();
        batches.stream().filter(batch -> batch.session() == session).forEach(batch -> tasks.addAll(batch.tasks()));
        return tasks;
    }
}
