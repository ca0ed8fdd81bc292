package io.github.dbleases.internal.tasks;

import io.github.dbleases.spi.tasks.ClaimedTask;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * The tasks that a runner has claimed and not begun, in the order in which they begin: fresh tasks, retries, and tasks of a
 * batch that threw, which are tried one by one. Pure, and not thread-safe.
 */
final class ReadyTasks<T> {

    /** The longest time that a task stays ready while all threads are busy: another instance may have an idle thread. */
    private static final long LONGEST_READY = Duration.ofSeconds(10).toNanos();

    private final int batchSize;
    private final Deque<Ready<T>> fresh = new ArrayDeque<>();
    private final Deque<Ready<T>> retries = new ArrayDeque<>();
    private final Deque<Ready<T>> alone = new ArrayDeque<>();

    /**
     * Creates an empty collection.
     *
     * @param batchSize the maximum number of tasks in a batch
     */
    ReadyTasks(int batchSize) {
        this.batchSize = batchSize;
    }

    /**
     * A task that is about to begin.
     *
     * @param again whether it has begun before, as part of a batch that threw
     */
    private record Ready<T>(ClaimedTask<T> task, long since, boolean again) {

        /** Returns the task with how long it has been due at a time. */
        ClaimedTask<T> at(long now) {
            Duration waited = task.waited();
            return waited == null
                    ? task
                    : new ClaimedTask<>(task.id(), task.task(), task.attempts(), waited.plusNanos(now - since));
        }
    }

    /** Adds a task that was claimed. */
    void add(ClaimedTask<T> task, boolean retry, long now) {
        (retry ? retries : fresh).add(new Ready<>(task, now, false));
    }

    /** Adds a task that was in a batch, in front of all others. */
    void putBack(ClaimedTask<T> task, boolean retry, boolean again, long now) {
        (retry ? retries : fresh).addFirst(new Ready<>(task, now, again));
    }

    /** Adds a task whose batch threw. It becomes a batch of its own. */
    void addAlone(ClaimedTask<T> task, long now) {
        alone.add(new Ready<>(task, now, true));
    }

    boolean hasFresh() {
        return !fresh.isEmpty();
    }

    /** Returns whether there are tasks that have failed before, or whose batch has. */
    boolean hasRetries() {
        return !alone.isEmpty() || !retries.isEmpty();
    }

    Batch<T> takeFresh(long session, long now) {
        return take(fresh, batchSize, session, false, now);
    }

    /** Takes a task that is tried alone, or a batch of retries. */
    Batch<T> takeRetries(long session, long now) {
        return alone.isEmpty() ? take(retries, batchSize, session, true, now) : take(alone, 1, session, true, now);
    }

    private Batch<T> take(Deque<Ready<T>> from, int atMost, long session, boolean retry, long now) {
        List<ClaimedTask<T>> tasks = new ArrayList<>(Math.min(atMost, from.size()));
        List<Duration> waits = new ArrayList<>();
        while (tasks.size() < atMost && !from.isEmpty()) {
            Ready<T> ready = from.remove();
            ClaimedTask<T> task = ready.at(now);
            tasks.add(task);
            if (task.waited() != null && !ready.again()) {
                waits.add(task.waited());
            }
        }
        return new Batch<>(session, tasks, waits, retry, now);
    }

    void clear() {
        fresh.clear();
        retries.clear();
        alone.clear();
    }

    /** Returns all tasks, with how long they have been due at a time. */
    List<ClaimedTask<T>> all(long now) {
        List<ClaimedTask<T>> all = new ArrayList<>(size());
        for (Deque<Ready<T>> tasks : List.of(fresh, retries, alone)) {
            tasks.forEach(ready -> all.add(ready.at(now)));
        }
        return all;
    }

    /** Adds the ids of all tasks to a collection. */
    void addIds(Collection<Object> ids) {
        for (Deque<Ready<T>> tasks : List.of(fresh, retries, alone)) {
            tasks.forEach(ready -> ids.add(ready.task().id()));
        }
    }

    int size() {
        return fresh.size() + retries.size() + alone.size();
    }

    /** Returns how many batches the tasks make. */
    int batches() {
        return alone.size() + (retries.size() + batchSize - 1) / batchSize + (fresh.size() + batchSize - 1) / batchSize;
    }

    /** Returns whether tasks have waited for a thread for too long. */
    boolean areStale(long now) {
        return isStale(fresh, now) || isStale(retries, now);
    }

    private static <T> boolean isStale(Deque<Ready<T>> tasks, long now) {
        return !tasks.isEmpty() && now - tasks.getFirst().since() > LONGEST_READY;
    }
}
