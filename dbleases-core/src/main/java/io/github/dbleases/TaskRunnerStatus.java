package io.github.dbleases;

/**
 * What a runner has done since it was created, in this instance.
 *
 * @param sessions how many live sessions share the tasks, 0 if the runner does not run
 * @param running how many tasks are being worked on
 * @param held how many tasks the runner holds: those being worked on, those that are about to be, and those whose outcome the
 *     queue has not confirmed yet
 * @param completed how many tasks were finished
 * @param failed how many attempts have failed
 * @param retried how many attempts were made at tasks that had failed before
 * @param givenUp how many tasks were given up, after their last attempt or because the tasker said so
 * @param lost how many tasks were accomplished or failed here after another session had taken them
 */
public record TaskRunnerStatus(
        int sessions, int running, int held, long completed, long failed, long retried, long givenUp, long lost) {

    /** That of a runner that has never run. */
    public static final TaskRunnerStatus IDLE = new TaskRunnerStatus(0, 0, 0, 0, 0, 0, 0, 0);
}
