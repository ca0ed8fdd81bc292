package io.github.dbleases;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link Tasker} that knows which tasks of its batch are done and which have failed, so that nothing has to be
 * repeated:
 *
 * <pre>{@code
 * throw new BatchFailedException(accomplished).failed(task, cause);
 * }</pre>
 *
 * <p>The other tasks of the batch count as not begun: they are handed out again, and no failure is counted. In a transactional
 * runner, the transaction is rolled back, and all tasks except for the failed ones are handed out again.
 */
public final class BatchFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<Object> accomplished;
    private final transient IdentityHashMap<Object, Throwable> failures = new IdentityHashMap<>();

    /**
     * Creates an exception.
     *
     * @param accomplished the tasks that are done; may be empty
     */
    public BatchFailedException(Collection<?> accomplished) {
        super("Some tasks of the batch have failed");
        this.accomplished = List.copyOf(accomplished);
    }

    /**
     * Adds a task that has failed.
     *
     * @param cause why it failed. A {@link TaskPostponedException} postpones the task and counts no failure, and a
     *     {@link TaskGivenUpException} gives it up
     */
    public BatchFailedException failed(Object task, Throwable cause) {
        failures.put(task, cause);
        if (getCause() == null) {
            initCause(cause);
        }
        return this;
    }

    /** Returns the tasks that are done. */
    public List<Object> accomplished() {
        return accomplished;
    }

    /** Returns the tasks that have failed. */
    public List<Object> failed() {
        return new ArrayList<>(failures.keySet());
    }

    /** Returns why a task has failed, or null if it has not. The task must be the same object. */
    public @Nullable Throwable causeOf(Object task) {
        return failures.get(task);
    }
}
