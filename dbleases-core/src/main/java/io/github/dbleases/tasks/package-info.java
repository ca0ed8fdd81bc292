/**
 * Task runners: what claims tasks, hands them to a tasker and finishes what it accomplishes. This page is their design.
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
 *   runner ---- clerk      one thread: finishes, fails, releases and claims, all in one round trip
 *        |        |
 *        |     TaskLine    the queue: a table, or a user's own
 *        |
 *        +---- workers     hand batches to the Tasker
 * </pre>
 *
 * <p>While a round trip is under way, the workers go on; what they finish meanwhile goes with the next one. So the number of
 * round trips does not grow with the number of threads, nor with smaller batches.
 *
 * <p><b>Failure.</b> A request without an answer may have been done. What it was to finish is finished again; what it may
 * have claimed is given back ({@link io.github.dbleases.tasks.TaskLine#releaseAllBut}) before anything else is claimed.
 * A request that fails again though others are answered goes in ever smaller parts and with longer pauses, so that a task
 * that cannot be finished stops no others.
 */
@NullMarked
package io.github.dbleases.tasks;

import org.jspecify.annotations.NullMarked;
