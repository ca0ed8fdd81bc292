/**
 * The runner: claims tasks, has them worked on, and tells the queue what has become of them. This page tells the whole life
 * of a task.
 *
 * <p><b>Parts.</b>
 *
 * <pre>
 *   Run              from a start to a stop: one thread for the queue, up to so many as are configured for the work
 *     QueueLoop      talks to the queue: reports and claims, all that is due in one request, one request at a time
 *     BatchExecutor  calls the tasker, in a transaction or not, and finds out the outcome of each task
 *     RunnerState    what is held, and what comes next; pure: no thread, no clock
 *       ClaimSchedule    when to claim, and how much; pure
 *       CircuitBreaker   limits what is tried while everything fails; pure
 *       FailureMemory    what the queue does not know about failures; pure
 *     RunnerReporter counters, log, listener
 * </pre>
 *
 * <p>The threads share the state behind the lock of {@code SharedState}, which is never held during a call to the queue, the
 * tasker or a listener.
 *
 * <p><b>The life of a task.</b>
 *
 * <pre>
 *                claim            take              accomplished           confirmed
 *   (queue) -----------&gt; ready -----------&gt; at work -----------&gt; reported -----------&gt; (finished, or lost)
 *      ^                  ^ |                  |                    ^   |
 *      |                  | | released         | a batch threw      |   | refused or unanswered:
 *      |                  | +----------------+ +-&gt; ready, alone     |   v reported again
 *      |                  |   not begun      | |                  unconfirmed
 *      |                  +------------------|-+
 *      |                                     v | failed, postponed, given up
 *      +----------------------------------- reported
 *         free again, due later, or given up
 * </pre>
 *
 * <p><b>Failure.</b> A failed task goes back to the queue, with its attempts, its error and when it is due, in one request
 * that frees it. Nothing that has failed stays here. Only a task of a batch that threw is tried here once more, alone and at
 * once, because it is not known whether it was the one.
 *
 * <p><b>Requests without a reply.</b> A request that was not answered may have been done. What it reported is reported
 * again, which has no further effect; nothing is claimed until that is answered. What it may have claimed is given back
 * ({@link io.github.dbleases.spi.tasks.TaskChannel#releaseAllBut}) before anything else is claimed, and again later, as its
 * statement may have hung. A request that was refused did nothing: it is repeated in halves, until the single task is known
 * that is refused. That one is kept, counts as held, and is reported again from time to time.
 *
 * <p><b>Sessions.</b> When another session takes the place of the one under which tasks were claimed, what has not begun is
 * dropped, as others may have taken it; what is at work is finished under the session under which it was claimed, which has
 * an effect only where nobody has taken it. All runs of this application on one queue ({@code QueueScope}) share a session,
 * and do not give back each other's tasks.
 *
 * <p><b>The end.</b> A run that is closed begins nothing, gives back what has not begun, waits for what is at work, and ends
 * when the queue knows everything, or cannot be told in time.
 */
@NullMarked
package io.github.dbleases.internal.tasks;

import org.jspecify.annotations.NullMarked;
