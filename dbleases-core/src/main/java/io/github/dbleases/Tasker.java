package io.github.dbleases;

import java.util.List;

/**
 * Does the work of tasks.
 *
 * <p>{@link #each} is the simplest form: it handles one task at a time, and an exception affects that task only. A tasker that
 * implements {@link #perform} gets several tasks in one call.
 *
 * <p>Work is done at least once. If an instance crashes, or is cut off from its database for longer than the TTL, it may have
 * done work that it could not record, and another instance does that work again. Make the work idempotent, or do it in the
 * transaction of the runner to get exactly once.
 *
 * @param <T> the type of a task in the application
 */
@FunctionalInterface
public interface Tasker<T> {

    /**
     * Does the work of tasks that this session holds.
     *
     * <p>The returned tasks are finished. A task that isn't returned has failed. If this method throws, it isn't known which
     * tasks are done: each task is tried once more, alone, and fails with its own cause. A tasker that knows which tasks are
     * done can throw a {@link BatchFailedException} instead, and nothing is repeated.
     *
     * <p>For a single task, the cause can also be a {@link TaskPostponedException} or a {@link TaskGivenUpException}.
     *
     * @param tasks at least one task; unmodifiable
     * @return the tasks that are done: the same objects or equal ones
     */
    List<T> perform(List<T> tasks) throws Exception;

    /** Returns whether this tasker gets its tasks one by one, each with its own outcome and timeout. */
    default boolean oneByOne() {
        return false;
    }

    /**
     * Returns a tasker that handles one task at a time. If the work returns, the task is finished. If it throws, the task has
     * failed, and the other tasks are not affected.
     */
    static <T> Tasker<T> each(Work<? super T> work) {
        return new Tasker<>() {
            @Override
            public List<T> perform(List<T> tasks) throws Exception {
                for (T task : tasks) {
                    work.on(task);
                }
                return tasks;
            }

            @Override
            public boolean oneByOne() {
                return true;
            }

            @Override
            public String toString() {
                return "Tasker.each(" + work + ")";
            }
        };
    }

    /**
     * The work on one task.
     *
     * @param <T> the type of a task in the application
     */
    @FunctionalInterface
    interface Work<T> {

        /**
         * Does the work.
         *
         * @throws TaskPostponedException to have the task tried later, without counting a failure
         * @throws TaskGivenUpException if trying again is pointless
         * @throws Exception if the work has failed
         */
        void on(T task) throws Exception;
    }
}
