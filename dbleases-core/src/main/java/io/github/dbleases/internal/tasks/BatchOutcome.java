package io.github.dbleases.internal.tasks;

import io.github.dbleases.spi.tasks.ClaimedTask;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of the work on a batch, task by task.
 *
 * @param accomplished tasks to be finished
 * @param committed whether these are finished already, in the transaction of the tasker
 * @param failed tasks that have failed, each with its own cause
 * @param again tasks that must be handed out again, as nothing is known against them
 * @param alone tasks that must be handed out again one by one, as one of them made the tasker throw
 * @param lost tasks that the session did not hold any more when they were to be finished
 * @param doubtful tasks that may have been finished by a transaction that threw when it was committed
 * @param thrown what the tasker has thrown for the batch as a whole, or null
 */
record BatchOutcome<T>(
        List<ClaimedTask<T>> accomplished,
        boolean committed,
        List<Failed<T>> failed,
        List<ClaimedTask<T>> again,
        List<ClaimedTask<T>> alone,
        List<ClaimedTask<T>> lost,
        List<ClaimedTask<T>> doubtful,
        @Nullable Throwable thrown) {

    /** A task that has failed. */
    record Failed<T>(ClaimedTask<T> task, Throwable cause) {}

    static <T> BatchOutcome<T> returned(
            List<ClaimedTask<T>> accomplished, boolean committed, List<Failed<T>> failed, List<ClaimedTask<T>> again) {
        return new BatchOutcome<>(accomplished, committed, failed, again, List.of(), List.of(), List.of(), null);
    }

    /** The tasker has thrown: a single task has failed, of several ones each must show for itself. */
    static <T> BatchOutcome<T> thrown(Batch<T> batch, Throwable cause, boolean doubtful) {
        List<ClaimedTask<T>> tasks = batch.tasks();
        boolean single = tasks.size() == 1;
        return new BatchOutcome<>(
                List.of(),
                false,
                single ? List.of(new Failed<>(tasks.get(0), cause)) : List.of(),
                List.of(),
                single ? List.of() : tasks,
                List.of(),
                doubtful ? tasks : List.of(),
                cause);
    }

    static <T> BatchOutcome<T> lost(List<ClaimedTask<T>> lost, List<ClaimedTask<T>> again) {
        return new BatchOutcome<>(List.of(), false, List.of(), again, List.of(), lost, List.of(), null);
    }
}
