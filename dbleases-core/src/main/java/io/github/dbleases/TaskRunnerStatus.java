package io.github.dbleases;

/**
 * What a runner has done since it was created, in this instance.
 *
 * @param sessions how many live sessions share the tasks, 0 if the runner does not run
 * @param running how many tasks are being worked on
 * @param held how many tasks the runner holds, those at work included
 * @param completed how many tasks were finished
 * @param failed how many tasks were put aside after their last attempt
 * @param lost how many tasks were accomplished here after another session had taken them
 */
public record TaskRunnerStatus(int sessions, int running, int held, long completed, long failed, long lost) {}
