/**
 * The task runner: it claims tasks from a queue, hands them to a tasker, and reports to the queue what became of them. This
 * page describes the whole life of a task.
 *
 * <p><b>Parts.</b>
 *
 * <pre>
 *   Run              one run of a runner, from start to stop: a thread for the queue and the worker threads
 *     QueueLoop      talks to the queue: everything that is due goes into one request, one request at a time
 *     BatchExecutor  calls the tasker, in a transaction or not, and finds out the outcome of each task
 *     RunnerState    what the runner holds, and what it does next; pure: no threads, no clock
 *       ReadyTasks         what is claimed and has not begun, in its order; pure
 *       ClaimSchedule      when to claim, and how much; pure
 *       PendingReports     what the queue has not confirmed; pure
 *       UnansweredClaims   when to release what a claim without a reply may have taken; pure
 *       CircuitBreaker     limits what is tried while everything fails; pure
 *       FailureMemory      failures that the queue does not record; pure
 *     RunnerReporter counters, log, listener
 * </pre>
 *
 * <p>The threads share the {@code RunnerState} behind the lock of {@code SharedState}. The lock is never held during a call to
 * the queue, the tasker or a listener.
 *
 * <p><b>The life of a task.</b>
 *
 * <pre>
 *        (queue)
 *           |
 *           | claim
 *           v
 *         ready  &lt;--------------+
 *           |   |               |
 *           |   | take          | not begun, or its batch threw: then alone
 *           |   v               |
 *  released |  in flight -------+
 *           |   |
 *           |   | outcome
 *           v   v
 *         pending  &lt;------------+
 *           |                   |
 *           | request           | refused, or no reply
 *           v                   |
 *         sent -----------------+
 *           |
 *           | confirmed
 *           v
 *        (settled)
 * </pre>
 *
 * <p>A <em>claim</em> writes the id of the session into the rows of free tasks. The tasks are then <em>ready</em>. A worker
 * thread takes a batch of them, which is then <em>in flight</em> until the tasker returns or throws. The outcome of each task
 * is <em>pending</em> until the next request reports it, and <em>settled</em> when the queue confirms it: the task is
 * completed, failed, postponed or given up, or it was lost because another session had taken it. In a transactional runner the
 * transaction of the tasker finishes the tasks, so that only failures are reported.
 *
 * <p>Ready tasks are <em>released</em>, which makes them pending without an outcome, when they cannot begin soon: all threads
 * are stuck, all tasks fail, or the run is closing.
 *
 * <p><b>Failure.</b> A failed task goes back to the queue. One request records its attempts, its error and when it is due, and
 * frees it, so that any session can retry it. The runner keeps no failed task. If a batch throws and the tasker does not say
 * which task was the cause, each of its tasks is tried once more, alone and at once; a task that fails alone has failed.
 *
 * <p><b>A request without a reply</b> may have taken effect. Its reports are sent again, which has no further effect, and
 * nothing is claimed before they are confirmed. What its claim may have taken is released
 * ({@link io.github.dbleases.spi.tasks.TaskChannel#releaseAllBut}) before the next claim, and twice more later, because the
 * statement of the claim may hang in the database and run after the first release.
 *
 * <p><b>A refused request</b> had no effect. It is sent again in halves until the task is found that the queue refuses. That
 * task stays held and is reported again from time to time. While the queue refuses finishes, single tasks probe whether it
 * still does.
 *
 * <p><b>Sessions.</b> When a new session replaces the one that claimed the tasks, ready tasks are dropped, because other
 * sessions may have taken them. Tasks in flight are still finished under the former session, which takes effect only if no
 * other session has taken them. All runs of an application on one queue share a session ({@code QueueScope}) and don't release
 * each other's tasks.
 *
 * <p><b>The end.</b> A closing run begins no more tasks, releases the ready ones, and waits for those in flight. It ends when
 * the queue has confirmed everything, or when the queue cannot be reached in time.
 */
@NullMarked
package io.github.dbleases.internal.tasks;

import org.jspecify.annotations.NullMarked;
