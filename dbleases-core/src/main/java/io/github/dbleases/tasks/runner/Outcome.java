package io.github.dbleases.tasks.runner;

import io.github.dbleases.tasks.ClaimedTask;
import java.util.List;

/** What has come of the work on a batch. */
sealed interface Outcome<T> {

    /** The tasker has returned. What it accomplished is to be finished. */
    record Returned<T>(List<ClaimedTask<T>> accomplished, List<ClaimedTask<T>> rest) implements Outcome<T> {}

    /** The tasker has returned, and what it accomplished is finished. */
    record Committed<T>(List<ClaimedTask<T>> accomplished, List<ClaimedTask<T>> rest) implements Outcome<T> {}

    /**
     * The tasker or the transaction has thrown.
     *
     * @param doubtful whether the transaction may have been committed all the same
     */
    record Thrown<T>(Throwable failure, boolean doubtful) implements Outcome<T> {}

    /** The transaction was rolled back because the session did not hold these tasks any more. */
    record Lost<T>(List<ClaimedTask<T>> lost) implements Outcome<T> {}
}
