package io.github.dbleases;

import java.util.List;

/**
 * Does the work that tasks stand for.
 *
 * <p>{@link #each} is the simplest form: it handles one task at a time, and what it throws concerns that task only. A tasker
 * that implements {@link #perform} gets several tasks in one call.
 *
 * <p>Work is done at least once. An instance that crashes, or that is cut off from its database for longer than the TTL, may
 * have done work that it could not report, and another instance does it again. Make the work idempotent, or let it take
 * part in the transaction of the runner, which makes it exactly once.
 *
 * @param <T> the type of a task in the application
 */
@FunctionalInterface
public interface Tasker<T> {

    /**
     * Performs tasks that no other session works on.
     *
     * <p>Returned tasks are finished. A task that isn't returned has failed. When this method throws, it isn't known what was
     * accomplished: each task is tried once more, alone, and what fails then has failed with its own cause. A tasker that
     * knows throws a {@link BatchFailedException}, and nothing is repeated.
     *
     * <p>For a single task, the cause can also be a {@link TaskPostponedException} or a {@link TaskGivenUpException}.
     *
     * @param tasks at least one task; unmodifiable
     * @return the tasks that were accomplished: the same objects or equal ones
     */
    List<T> perform(List<T> tasks) throws Exception;

    /** Whether this tasker wants its tasks one by one, so that each has an outcome and a timeout of its own. */
    default boolean oneByOne() {
        return false;
    }

    /**
     * Makes a tasker of something that handles one task. A task for which it returns is finished; a task for which it throws
     * has failed, and the others are not affected.
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
