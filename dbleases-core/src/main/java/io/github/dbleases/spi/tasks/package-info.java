/**
 * Task runners and their queues. This page tells whose a task is and which parts there are; how a runner goes from state to
 * state, and its threads, is told in {@code tasks.runner}.
 *
 * <p><b>Authority.</b> A row belongs to the session whose id is in it for as long as that session is live. Claiming takes
 * rows that no live session holds; finishing takes effect only where the row is still the session's own. So no task is
 * finished twice, whatever clocks, pauses and networks do, and work that commits together with the finish is done exactly
 * once.
 *
 * <p><b>Parts.</b>
 *
 * <pre>
 *   TaskSession (client)   under which session tasks may be held, how many sessions share them
 *        |
 *   tasks.runner           claims, hands batches to the Tasker, reports their outcome
 *        |
 *   TaskChannel               what passes between a runner and its queue, in one round trip: TaskRequest, TaskReply
 *        |
 *   tasks.jdbc             the queue in a user's table; a user's own TaskQueue takes its place
 * </pre>
 *
 * <p>This package holds only what a runner and a queue know of each other; neither of their packages knows the other.
 */
@NullMarked
package io.github.dbleases.spi.tasks;

import org.jspecify.annotations.NullMarked;
