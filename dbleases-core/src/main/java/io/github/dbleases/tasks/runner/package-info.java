/**
 * The runner: what claims tasks, has them worked on and tells the queue what has become of them. This page is its design.
 *
 * <p><b>Threads.</b> A start begins a shift ({@code Shift}) with one clerk and up to as many workers as are configured. They
 * share one desk ({@code SharedDesk}), which says where each task is, behind a lock that is never held during a call to the
 * queue, the tasker or a listener.
 *
 * <pre>
 *   clerk (Clerk)      finishes, fails, releases and claims: all that is due in one round trip, one at a time
 *        |
 *   desk (Desk)        has no threads and no clock: tests drive it step by step. Bench: what is worked on;
 *        |             Outboxes: what the queue is to be told; Claims, Sweeps: when to claim and to give back
 *        |
 *   workers (Worker)   take batches and hand them to the tasker (Performer), in a transaction or not
 * </pre>
 *
 * <p>While a round trip is under way, the workers go on; what they finish meanwhile goes with the next one. So the number of
 * round trips does not grow with the number of threads, nor with smaller batches.
 *
 * <p><b>States.</b> Where a task is, from its claim to its end:
 *
 * <pre>
 *             claim           take            accomplished               answer
 *   (queue) --------&gt; fresh --------&gt; at work -------------&gt; to finish --------&gt; completed, or lost
 *                              ^   ^      |
 *                              |   |      +--- a batch threw --&gt; again, in halves ---+
 *                              |   +-------------------------------------------------+
 *                              |          |
 *                              |          +--- a single task failed --&gt; to fail -----&gt; put aside after its last attempt
 *                              |                                           |
 *                              +---------------- waits (Retries) &lt;---------+ otherwise
 * </pre>
 *
 * <p>At the stop, what has not begun is released. When another session takes the place of the one under which tasks were
 * claimed, what has not begun is dropped, as others may have taken it; what is at work is finished under the session under
 * which it was claimed.
 *
 * <p><b>Failure.</b> A request without an answer may have been done. What it was to finish is finished again; what it may
 * have claimed is given back ({@link io.github.dbleases.tasks.TaskLine#releaseAllBut}) before anything else is claimed, and
 * again later, as its statement may have hung ({@code Sweeps}). A request that fails again though others are answered
 * goes in ever smaller parts and with longer pauses, so that a task that cannot be finished stops no others.
 *
 * <p><b>Starting again.</b> A shift begins by giving back what the one before it could not. Tasks that are still at work in
 * a shift that was stopped count as known: they stay with the session.
 */
@NullMarked
package io.github.dbleases.tasks.runner;

import org.jspecify.annotations.NullMarked;
