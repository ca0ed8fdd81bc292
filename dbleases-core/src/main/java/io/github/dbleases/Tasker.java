package io.github.dbleases;

import java.util.List;

/**
 * Does the work that tasks stand for.
 *
 * @param <T> what a task is for the application
 */
@FunctionalInterface
public interface Tasker<T> {

    /**
     * Works on tasks that nobody else works on.
     *
     * <p>Tasks that are returned are finished. Those that are not returned are tried again after a while. If this method
     * throws, none is finished: the batch is tried again in halves, down to single tasks, so that a task that fails cannot
     * stop the others.
     *
     * <p>Work is done at least once: an instance that dies, or is cut off from its database for longer than the TTL, may
     * have done it without being able to say so, and another one does it again. Make it idempotent, or let it take part in
     * the transaction of the runner, which makes it exactly once.
     *
     * @param tasks one task at least; unmodifiable
     * @return those of the tasks that were accomplished: the same objects or equal ones
     */
    List<T> perform(List<T> tasks) throws Exception;
}
