package io.github.dbleases;

import java.time.Duration;

/**
 * What a runner has done since it was created, in this instance.
 *
 * @param sessions the number of live sessions that share the tasks, 0 if the runner does not run
 * @param running the number of tasks in progress
 * @param held the number of tasks that the runner holds: in progress, waiting for a thread, and done or failed without a
 *     confirmation of the queue yet
 * @param completed the number of tasks that were finished
 * @param failed the number of attempts that failed
 * @param retried the number of attempts at tasks that had failed before
 * @param givenUp the number of tasks that were given up, after their last attempt or by a {@link TaskGivenUpException}
 * @param lost the number of tasks that were done or failed here after another session had taken them
 * @param oldestAge how long the oldest task has been due that is waiting for a thread or in progress here, or that the last
 *     claim returned; zero if there is none, or if the queue does not know
 */
public record TaskRunnerStatus(
        int sessions,
        int running,
        int held,
        long completed,
        long failed,
        long retried,
        long givenUp,
        long lost,
        Duration oldestAge) {

    /** The status of a runner that has never run. */
    public static final TaskRunnerStatus IDLE = new TaskRunnerStatus(0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO);
}
