package io.github.dbleases;

import java.time.Duration;
import java.util.Optional;

/**
 * Claims tasks from a queue and has a {@link Tasker} perform them, together with the runners of the same name in the other
 * instances. All methods may be called from any thread.
 *
 * <p>A runner never stops by itself: whatever its tasker throws and whatever happens to its queue is reported, and the
 * runner continues.
 */
public interface TaskRunner {

    /** Returns the name under which the runners of all instances share the tasks. */
    String name();

    /**
     * Starts to claim and to work. Starting a runner that runs does nothing.
     *
     * @throws InvalidTaskTableException if the queue answers that it cannot be used as it is
     */
    void start();

    /**
     * Stops claiming, waits for the batches at work up to the drain timeout, finishes what they accomplish and gives back the
     * rest. Batches still at work then are interrupted and not waited for any longer: their tasks are free when the session
     * ends. Stopping a runner that does not run does nothing; a tasker that stops its own runner does not wait.
     */
    void stop();

    /** Looks for tasks now instead of at the end of the interval. */
    void wake();

    /**
     * Waits until no task can be claimed and this runner holds none: for tests and for jobs that work through what is there.
     * Tasks that are due later, and tasks that other instances hold, are not waited for.
     *
     * @return whether that was so in time; false at once if the runner does not run
     */
    boolean drain(Duration atMost) throws InterruptedException;

    /** Returns whether the runner was started and not stopped. */
    boolean isRunning();

    /** Returns what this runner has done and does; a local check that is answered without the queue. */
    TaskRunnerStatus status();

    /**
     * Asks the queue for how long the oldest task that is due has been waiting, empty if there is none or this is not known.
     *
     * @throws TaskQueueException if the queue cannot be asked
     */
    Optional<Duration> oldestPending();
}
