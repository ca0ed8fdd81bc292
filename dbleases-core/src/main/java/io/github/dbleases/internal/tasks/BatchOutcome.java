package io.github.dbleases.internal.tasks;

import io.github.dbleases.spi.tasks.ClaimedTask;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a batch, task by task.
 *
 * @param accomplished tasks that succeeded
 * @param committed whether these are finished already, in the transaction of the tasker
 * @param failed tasks that failed, each with its own cause
 * @param again tasks to hand out again: they did not begin, or were rolled back for the sake of others
 * @param alone tasks to hand out again one by one, because one of them made the tasker throw
 * @param lost tasks that the session no longer held when they were to be finished
 * @param maybeFinished tasks that may be finished, because their transaction threw when it was committed
 * @param thrown what the tasker threw for the batch as a whole, or null
 */
record BatchOutcome<T>(
        List<ClaimedTask<T>> accomplished,
        boolean committed,
        List<Failed<T>> failed,
        List<ClaimedTask<T>> again,
        List<ClaimedTask<T>> alone,
        List<ClaimedTask<T>> lost,
        List<ClaimedTask<T>> maybeFinished,
        @Nullable Throwable thrown) {

    /** A task that failed. */
    record Failed<T>(ClaimedTask<T> task, Throwable cause) {}

    static <T> BatchOutcome<T> returned(
            List<ClaimedTask<T>> accomplished, boolean committed, List<Failed<T>> failed, List<ClaimedTask<T>> again) {
        return new BatchOutcome<>(accomplished, committed, failed, again, List.of(), List.of(), List.of(), null);
    }

    /** The tasker threw. A single task has failed; of several tasks, it is unknown which ones. */
    static <T> BatchOutcome<T> thrown(Batch<T> batch, Throwable cause, boolean maybeFinished) {
        List<ClaimedTask<T>> tasks = batch.tasks();
        boolean single = tasks.size() == 1;
        return new BatchOutcome<>(
                List.of(),
                false,
                single ? List.of(new Failed<>(tasks.get(0), cause)) : List.of(),
                List.of(),
                single ? List.of() : tasks,
                List.of(),
                maybeFinished ? tasks : List.of(),
                cause);
    }

    static <T> BatchOutcome<T> lost(List<ClaimedTask<T>> lost, List<ClaimedTask<T>> again) {
        return new BatchOutcome<>(List.of(), false, List.of(), again, List.of(), lost, List.of(), null);
    }
}
