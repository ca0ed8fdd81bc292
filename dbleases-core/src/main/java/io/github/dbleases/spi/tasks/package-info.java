/**
 * The interface between a task runner and its queue. A runner calls a {@code TaskChannel}, which reports outcomes and claims
 * tasks in one round trip ({@code TaskRequest}, {@code TaskReply}). {@code postgres.tasks} has the channel to a task table;
 * another channel adapts a {@link io.github.dbleases.TaskQueue} of the application. The package doc of {@code internal.tasks}
 * describes the runner.
 *
 * <p><b>Authority.</b> A task belongs to the session whose id is in its row, for as long as that session is live. A claim takes
 * only tasks that no live session holds, and a finish takes effect only if the session still holds the task. So a task is never
 * finished twice, whatever clocks, pauses and networks do, and work that commits together with the finish is done exactly once.
 */
@NullMarked
package io.github.dbleases.spi.tasks;

import org.jspecify.annotations.NullMarked;
