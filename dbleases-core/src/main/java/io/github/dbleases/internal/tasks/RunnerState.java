package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskFailure.Verdict;
import io.github.dbleases.TaskGivenUpException;
import io.github.dbleases.TaskPostponedException;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskTimeoutException;
import io.github.dbleases.internal.Backoff;
import io.github.dbleases.internal.tasks.PendingReports.OutgoingRequest;
import io.github.dbleases.spi.tasks.ClaimPlan;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskReply.Unmapped;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a runner holds, and what comes next. Pure: it has no threads and no clock, and its caller makes sure that no two
 * calls overlap. The package doc describes the life of a task.
 *
 * <pre>
 *   ready      claimed, not begun ({@link ReadyTasks})
 *   in flight  handed to the tasker
 *   pending    accomplished, failed or released, and not confirmed by the queue ({@link PendingReports})
 * </pre>
 */
final class RunnerState<T> {

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final TaskRunnerConfig config;
    private final ClaimSchedule schedule;
    private final Backoff retryDelay;
    private final Backoff queueDelay;
    private final CircuitBreaker finishing;
    private final FailureMemory memory = new FailureMemory();
    private final boolean remembers;

    private OptionalLong session = OptionalLong.empty();
    private boolean trusted;
    private boolean drained;
    private boolean closing;
    private boolean followsAnother;

    private final ReadyTasks<T> ready;
    private final Set<Batch<T>> inFlight = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Object> maybeFinished = new HashSet<>();
    private final PendingReports<T> pending;
    private final UnansweredClaims unansweredClaims = new UnansweredClaims();

    private int pauses;
    private long pauseUntil;
    private long sentAt;
    private Duration oldestClaimed = Duration.ZERO;

    /**
     * Creates an empty state.
     *
     * @param batchSize the maximum number of tasks for one call of the tasker
     * @param remembers whether to remember failures, because the queue does not record them
     */
    RunnerState(TaskRunnerConfig config, int batchSize, boolean remembers, DoubleSupplier random, long now) {
        this.config = config;
        this.ready = new ReadyTasks<>(batchSize);
        this.remembers = remembers;
        this.schedule = new ClaimSchedule(config, batchSize, random, now);
        this.retryDelay = Backoff.around(config.retryDelay(), config.maxRetryDelay(), random);
        this.pending = new PendingReports<>(retryDelay);
        Duration interval = config.interval().compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : config.interval();
        this.queueDelay = Backoff.around(interval, LONGEST_PAUSE, random);
        this.finishing = new CircuitBreaker(1, Duration.ZERO, retryDelay);
        this.pauseUntil = now;
    }

    // ---- The session

    /**
     * Records the session under which tasks may be held now. If it differs from the last one, tasks that have not begun are
     * dropped: other sessions may have taken them. Tasks in flight are finished under the session that claimed them.
     *
     * @param standBy whether the client is drained, so that no task may begin: those that have not begun are released
     */
    void observe(OptionalLong now, boolean standBy, long nanos) {
        drained = standBy;
        trusted = now.isPresent();
        if (trusted && !now.equals(session)) {
            session = now;
            ready.clear();
            maybeFinished.clear();
            unansweredClaims.clear();
            if (followsAnother) {
                unansweredClaims.add();
            }
            schedule.wake(nanos);
        }
        if (drained) {
            releaseReady(nanos);
        }
    }

    /** An earlier run may have left tasks behind that the session still holds. */
    void follow() {
        followsAnother = true;
    }

    private boolean isPresent(long id) {
        return session.isPresent() && session.getAsLong() == id;
    }

    // ---- Work

    /** Takes a batch of ready tasks, or returns null if there is none. */
    @Nullable
    Batch<T> take(long now) {
        if (!trusted || beginsNothing()) {
            return null;
        }
        Batch<T> batch = null;
        if (ready.hasRetries() && (!ready.hasFresh() || schedule.mayRetry())) {
            batch = ready.takeRetries(session.getAsLong(), now);
        } else if (ready.hasFresh()) {
            batch = ready.takeFresh(session.getAsLong(), now);
        }
        if (batch != null) {
            inFlight.add(batch);
            schedule.began(batch.size());
        }
        return batch;
    }

    /** Takes back a batch that was not begun because its session is not trusted at the moment. */
    void putBack(Batch<T> batch, long now) {
        inFlight.remove(batch);
        makeReady(batch.session(), batch.tasks(), false, now);
    }

    /** Returns whether the runner begins no tasks: it is closing, or its client stands by. */
    private boolean beginsNothing() {
        return closing || drained;
    }

    /** Makes tasks ready that were handed out before, in front of all others, or releases them if none may begin. */
    private void makeReady(long id, List<ClaimedTask<T>> tasks, boolean again, long now) {
        if (!isPresent(id)) {
            return;
        }
        if (beginsNothing()) {
            pending.released(id, tasks);
            return;
        }
        for (int i = tasks.size() - 1; i >= 0; i--) {
            ClaimedTask<T> task = tasks.get(i);
            ready.putBack(task, isRetry(task), again, now);
        }
    }

    private boolean isRetry(ClaimedTask<T> task) {
        return task.attempts() > 0 || memory.failures(task.id()) > 0;
    }

    /** Records the outcome of a batch, and returns the outcomes of tasks that leave the runner now. */
    TaskOutcomes<T> done(Batch<T> batch, BatchOutcome<T> outcome, long now) {
        inFlight.remove(batch);
        schedule.ended(now - batch.begunAt(), batch.isRetries());
        TaskOutcomes<T> outcomes = new TaskOutcomes<>();
        long id = batch.session();
        boolean present = isPresent(id);
        if (present) {
            outcome.maybeFinished().forEach(task -> maybeFinished.add(task.id()));
        }
        for (ClaimedTask<T> task : outcome.accomplished()) {
            schedule.succeeded(isRetry(task), now);
            maybeFinished.remove(task.id());
        }
        if (outcome.committed()) {
            outcomes.addCompleted(outcome.accomplished().size());
            outcome.accomplished().forEach(task -> memory.forget(task.id()));
        } else {
            pending.finished(id, outcome.accomplished());
        }
        for (BatchOutcome.Failed<T> failed : outcome.failed()) {
            fail(batch, failed.task(), failed.cause(), now);
        }
        makeReady(id, outcome.again(), true, now);
        if (beginsNothing()) {
            makeReady(id, outcome.alone(), true, now);
        } else if (present) {
            outcome.alone().forEach(task -> ready.addAlone(task, now));
        }
        for (ClaimedTask<T> task : outcome.lost()) {
            // The transaction that threw was committed after all: no other session could take the task in between.
            if (maybeFinished.remove(task.id()) && trusted && present) {
                outcomes.addCompleted(1);
            } else {
                outcomes.addLost(task);
            }
        }
        return outcomes;
    }

    private void fail(Batch<T> batch, ClaimedTask<T> task, Throwable thrown, long now) {
        if (!isPresent(batch.session())) {
            return;
        }
        if (closing && isInterrupt(thrown)) {
            pending.released(batch.session(), List.of(task));
            return;
        }
        Throwable cause = batch.isOverdue() ? new TaskTimeoutException(config.taskTimeout(), thrown) : thrown;
        fail(batch.session(), task, cause, now);
    }

    /** Returns a task to the queue that failed, or that the tasker postponed or gave up. */
    private void fail(long id, ClaimedTask<T> task, Throwable cause, long now) {
        int failures = Math.max(task.attempts(), memory.failures(task.id()));
        Verdict verdict;
        long delay;
        if (cause instanceof TaskPostponedException postponed) {
            verdict = Verdict.POSTPONE;
            delay = postponed.delay().toNanos();
        } else if (cause instanceof TaskGivenUpException) {
            verdict = Verdict.GIVE_UP;
            failures++;
            delay = retryDelay.nanos(failures);
        } else {
            verdict = Verdict.RETRY;
            boolean opened = schedule.failed(failures > 0, now);
            failures++;
            delay = retryDelay.nanos(failures);
            if (opened) {
                releaseReady(now);
            }
        }
        if (remembers) {
            memory.remember(task.id(), failures, now + delay);
        }
        TaskFailure<T> failure = new TaskFailure<>(task.id(), task.task(), cause, verdict, Duration.ofNanos(delay));
        pending.failed(id, new TaskRequest.Failed<>(task, failure));
    }

    /** Code that does I/O often wraps the interrupt in an exception of its own. */
    private static boolean isInterrupt(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof InterruptedException
                    || cause instanceof InterruptedIOException
                    || cause instanceof ClosedByInterruptException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Releases the tasks that have not begun: other instances may be able to work on them. */
    private void releaseReady(long now) {
        if (session.isPresent()) {
            pending.released(session.getAsLong(), ready.all(now));
            ready.clear();
        }
    }

    /** Records that the tasker begins the next task of a batch. */
    void beginNext(Batch<T> batch, long now) {
        batch.beginNext(now);
    }

    /** Returns the batches that have exceeded the task timeout since the last call. */
    List<Batch<T>> newlyOverdue(long now) {
        if (config.taskTimeout().isZero()) {
            return List.of();
        }
        List<Batch<T>> overdue = new ArrayList<>();
        for (Batch<T> batch : inFlight) {
            if (!batch.isOverdue() && nanosUntilOverdue(batch, now) <= 0) {
                batch.markOverdue();
                overdue.add(batch);
            }
        }
        return overdue;
    }

    private long nanosUntilOverdue(Batch<T> batch, long now) {
        return batch.begunAt() + config.taskTimeout().toNanos() - now;
    }

    /**
     * Releases the ready tasks if they cannot begin soon: no thread has taken them for long, or all batches in flight are
     * overdue.
     *
     * @return the number of released tasks
     */
    int releaseStuck(long now) {
        int stuck = ready.size();
        if (stuck == 0 || idleThreads() > 0) {
            return 0;
        }
        boolean overdue = inFlight.stream().allMatch(Batch::isOverdue);
        if (!overdue && !ready.areStale(now)) {
            return 0;
        }
        releaseReady(now);
        return stuck;
    }

    // ---- Requests to the queue

    /** Makes a claim due now, even if one is being answered. */
    void wake(long now) {
        schedule.wake(now);
    }

    /**
     * Returns the next request for the queue, or null if there is nothing to ask. The caller waits for the reply before it
     * asks for another one.
     */
    @Nullable
    OutgoingRequest<T> next(Place place, long now) {
        if (pauseUntil - now > 0) {
            return null;
        }
        sentAt = now;
        OutgoingRequest<T> next = pending.nextWithoutClaim(session, now);
        return next != null || session.isEmpty() ? next : pending.next(session.getAsLong(), claim(place, now), now);
    }

    private @Nullable ClaimPlan claim(Place place, long now) {
        return mayClaim() && !unansweredClaims.isReleaseDue() && nanosUntilClaim(now) <= 0
                ? schedule.next(session.getAsLong(), place, load(), memory, now)
                : null;
    }

    /**
     * Nothing is claimed while the outcome of an earlier request is unknown: if a repeated report of a failure met a new claim
     * of the same task, it would end that claim.
     */
    private boolean mayClaim() {
        return !drained && mayHold();
    }

    private boolean mayHold() {
        return trusted && !closing && !pending.hasUnanswered(session.getAsLong());
    }

    private ClaimSchedule.Load load() {
        // While the queue refuses finishes, single tasks probe whether it still does.
        int limit = finishing.isOpen() ? 1 : config.tasksPerSession();
        return new ClaimSchedule.Load(
                ready.size(), tasksInFlightOfSession(), pending.unacknowledgedTasks(), idleThreads(), limit);
    }

    private long nanosUntilClaim(long now) {
        long wait = schedule.nanosUntilDue(load(), now);
        return finishing.isOpen() && (ready.size() > 0 || !inFlight.isEmpty())
                ? Long.MAX_VALUE
                : Math.max(wait, finishing.nanosUntilAllowed(now));
    }

    /** Records the reply to a request, and returns the outcomes of tasks that leave the runner now. */
    TaskOutcomes<T> answered(OutgoingRequest<T> sent, TaskReply<T> reply, long now) {
        pending.confirmed();
        pauses = 0;
        pauseUntil = now;
        schedule.tookRoundTrip(now - sentAt);
        TaskRequest<T> request = sent.request();
        TaskOutcomes<T> outcomes = new TaskOutcomes<>();
        settleFinished(sent, reply, outcomes, now);
        settleFailed(sent, reply, outcomes);
        if (isPresent(request.session())
                && !(reply.claimed().isEmpty() && reply.unmapped().isEmpty())) {
            receive(request.session(), reply, now);
        }
        if (request.claim() != null) {
            oldestClaimed = oldest(reply.claimed());
            int claimedRetries =
                    (int) reply.claimed().stream().filter(this::isRetry).count();
            int claimedFresh =
                    reply.claimed().size() - claimedRetries + reply.unmapped().size();
            schedule.answered(request.claim(), claimedFresh, claimedRetries, reply.more(), now);
            if (claimedFresh + claimedRetries > 0) {
                finishing.probed(now);
            }
        }
        return outcomes;
    }

    private void settleFinished(OutgoingRequest<T> sent, TaskReply<T> reply, TaskOutcomes<T> outcomes, long now) {
        TaskRequest<T> request = sent.request();
        int finished = request.finished().size() - reply.lost().size();
        outcomes.addCompleted(finished);
        if (finished > 0) {
            finishing.succeeded(now);
        }
        request.finished().forEach(task -> memory.forget(task.id()));
        if (wasDoneBefore(sent)) {
            outcomes.addCompleted(reply.lost().size());
        } else {
            reply.lost().forEach(outcomes::addLost);
        }
    }

    /**
     * Returns whether tasks that a repeated request did not find were settled by an earlier attempt: as long as the session is
     * trusted, no other session can have taken them.
     */
    private boolean wasDoneBefore(OutgoingRequest<T> sent) {
        return sent.maybeDone() && trusted && isPresent(sent.request().session());
    }

    private void settleFailed(OutgoingRequest<T> sent, TaskReply<T> reply, TaskOutcomes<T> outcomes) {
        Set<Object> givenUp = idsOf(reply.givenUp());
        Set<Object> unheld = idsOf(reply.unheld());
        for (TaskRequest.Failed<T> failed : sent.request().failed()) {
            Object id = failed.claimed().id();
            boolean wasMaybeFinished = maybeFinished.remove(id);
            if (givenUp.contains(id)) {
                memory.forget(id);
                outcomes.addGivenUp(failed.failure());
            } else if (!unheld.contains(id)) {
                outcomes.addFailed(failed.failure());
            } else if (wasMaybeFinished
                    && !sent.maybeDone()
                    && trusted
                    && isPresent(sent.request().session())) {
                outcomes.addCompleted(1);
            } else if (wasDoneBefore(sent)) {
                outcomes.addFailed(failed.failure());
            } else {
                outcomes.addLost(failed.claimed());
            }
        }
    }

    private static <T> Set<Object> idsOf(List<ClaimedTask<T>> tasks) {
        if (tasks.isEmpty()) {
            return Set.of();
        }
        Set<Object> ids = new HashSet<>();
        tasks.forEach(task -> ids.add(task.id()));
        return ids;
    }

    private void receive(long id, TaskReply<T> reply, long now) {
        pending.claimedAgain(idsOf(reply.claimed()));
        for (ClaimedTask<T> task : reply.claimed()) {
            if (beginsNothing()) {
                pending.released(id, List.of(task));
            } else {
                ready.add(task, isRetry(task), now);
            }
        }
        for (Unmapped<T> unmapped : reply.unmapped()) {
            fail(id, unmapped.claimed(), unmapped.failure(), now);
        }
    }

    /**
     * Records that the queue has answered a request with an error.
     *
     * @param nothingDone whether the request is known to have had no effect
     */
    void refused(OutgoingRequest<T> sent, boolean nothingDone, long now) {
        TaskRequest<T> request = sent.request();
        if (request.claim() != null && !nothingDone) {
            doubtClaim(request.session());
        }
        boolean isSingleFinish = request.claim() == null
                && request.size() == 1
                && !request.finished().isEmpty();
        if (isSingleFinish && sent.attempts() <= 1) {
            finishing.failed(now);
        }
        if (pending.refused(sent, nothingDone, now)) {
            pause(now);
        }
    }

    /** Records that a request had no reply: it may have taken effect, or may still do so. */
    void unanswered(OutgoingRequest<T> sent, long now) {
        if (sent.request().claim() != null) {
            doubtClaim(sent.request().session());
        }
        pending.unanswered(sent, now);
        pause(now);
    }

    private void doubtClaim(long id) {
        if (isPresent(id)) {
            unansweredClaims.add();
        }
    }

    /** Sends nothing to the queue for a while, because it could not be used. */
    void pause(long now) {
        pauses++;
        long delay = queueDelay.nanos(pauses);
        pauseUntil = now + (closing ? Math.min(PendingReports.HURRIED_DELAY, delay) : delay);
    }

    long pauseLeft(long now) {
        return Math.max(0, pauseUntil - now);
    }

    // ---- Tasks of claims without a reply

    /** Returns the session whose unknown tasks must be released now, empty if there is none. */
    OptionalLong sessionToSweep(long now) {
        if (pauseLeft(now) > 0) {
            return OptionalLong.empty();
        }
        boolean due = unansweredClaims.isReleaseDue()
                ? (mayClaim() && nanosUntilClaim(now) <= 0) || mustSweep()
                : mayHold() && unansweredClaims.nanosUntilRepeat(now) <= 0;
        return due ? session : OptionalLong.empty();
    }

    /**
     * Returns whether the unknown tasks must be released although nothing will be claimed: the session outlives the runner,
     * or stands by, so that no other session would release them.
     */
    private boolean mustSweep() {
        return beginsNothing() && trusted && unansweredClaims.isReleaseDue();
    }

    /** Records that the unknown tasks of a session were released. */
    void swept(long id, long now) {
        pauses = 0;
        pauseUntil = now;
        if (isPresent(id)) {
            unansweredClaims.released(now);
        }
    }

    /** Returns the ids of all tasks that a session is known to hold. */
    Collection<Object> known(long id) {
        Set<Object> known = new HashSet<>();
        if (isPresent(id)) {
            ready.addIds(known);
        }
        for (Batch<T> batch : inFlight) {
            if (batch.session() == id) {
                batch.tasks().forEach(task -> known.add(task.id()));
            }
        }
        pending.addIds(id, known);
        return known;
    }

    // ---- The end

    /** Begins no more tasks, and releases those that have not begun. */
    void close(long now) {
        closing = true;
        pauseUntil = now;
        pending.hurry(now);
        releaseReady(now);
    }

    boolean isClosing() {
        return closing;
    }

    /** Returns whether nothing is in flight and the queue has confirmed everything. */
    boolean isEmpty() {
        return inFlight.isEmpty() && pending.isEmpty() && !mustSweep();
    }

    /** Forgets what could not be reported, if it cannot be reported now. Returns the number of tasks that this concerns. */
    int abandonIfStuck(long now) {
        boolean stuck = !pending.isSending()
                && ((!pending.isEmpty() && nanosUntilReport(now) > 0) || (mustSweep() && pauseLeft(now) > 0));
        if (!stuck) {
            return 0;
        }
        unansweredClaims.abandon();
        return pending.abandon();
    }

    // ---- What comes next

    private long nanosUntilReport(long now) {
        long wait = pending.nanosUntilDue(now);
        return wait == Long.MAX_VALUE ? wait : Math.max(wait, pauseLeft(now));
    }

    /** Returns how long until the queue loop has something to do. */
    long nanosUntilDue(long now) {
        long wait = nanosUntilReport(now);
        if (mayHold()) {
            long untilNext = Math.min(mayClaim() ? nanosUntilClaim(now) : wait, unansweredClaims.nanosUntilRepeat(now));
            wait = Math.min(wait, Math.max(pauseLeft(now), untilNext));
        }
        if (mustSweep()) {
            wait = Math.min(wait, pauseLeft(now));
        }
        if (!config.taskTimeout().isZero()) {
            for (Batch<T> batch : inFlight) {
                wait = batch.isOverdue() ? wait : Math.min(wait, nanosUntilOverdue(batch, now));
            }
        }
        return wait;
    }

    /** Returns how many batches the ready tasks make. */
    int readyBatches() {
        if (!trusted || beginsNothing()) {
            return 0;
        }
        return ready.batches();
    }

    int batchesInFlight() {
        return inFlight.size();
    }

    private int idleThreads() {
        return Math.max(0, config.threads() - inFlight.size());
    }

    int tasksInFlight() {
        int tasks = 0;
        for (Batch<T> batch : inFlight) {
            tasks += batch.size();
        }
        return tasks;
    }

    private int tasksInFlightOfSession() {
        int tasks = 0;
        for (Batch<T> batch : inFlight) {
            tasks += isPresent(batch.session()) ? batch.size() : 0;
        }
        return tasks;
    }

    /** Returns how many tasks the runner holds. */
    int held() {
        return ready.size() + tasksInFlight() + pending.size();
    }

    /**
     * Returns how long the oldest task has been due that is ready or in flight, or that the last claim returned. Zero if there
     * is none, or if this is unknown.
     */
    Duration oldestAge(long now) {
        Duration oldest = older(oldest(ready.all(now)), trusted && !beginsNothing() ? oldestClaimed : null);
        for (Batch<T> batch : inFlight) {
            oldest = older(oldest, oldest(batch.tasks()).plusNanos(now - batch.begunAt()));
        }
        return oldest;
    }

    private static <T> Duration oldest(List<ClaimedTask<T>> tasks) {
        Duration oldest = Duration.ZERO;
        for (ClaimedTask<T> task : tasks) {
            oldest = older(oldest, task.waited());
        }
        return oldest;
    }

    private static Duration older(Duration one, @Nullable Duration other) {
        return other != null && other.compareTo(one) > 0 ? other : one;
    }

    /** Returns whether all fresh tasks or all retries fail, so that only single ones are tried. */
    boolean isBroken() {
        return schedule.isBroken();
    }

    /** Makes a claim due, and returns a mark for {@link #isDrained}. */
    long mark(long now) {
        schedule.wake(now);
        return schedule.foundNothing() + (pending.isSending() ? 1 : 0);
    }

    /** Returns whether a claim that was sent after the mark has found nothing, and the runner holds nothing. */
    boolean isDrained(long mark) {
        return schedule.foundNothing() > mark && held() == 0;
    }
}
